#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The sRGB transfer function (IEC 61966-2-1).
package enum SRGBCurve {
  /// Converts a level of 0…1 to linear light of 0…1.
  package static func light(of level: Double) -> Double {
    level <= 0.04045 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4)
  }
}
