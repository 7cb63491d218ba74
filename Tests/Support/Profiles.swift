import Foundation

/// A profile made of primaries and one curve (ICC.1, version 2), for color spaces of which no free file
/// exists.
package enum Profiles {
  /// SMPTE EG 432-1 primaries with D65, adapted to D50, and sRGB's curve as a table.
  package static let displayP3: [UInt8] = {
    let primaries = [[0.5151, 0.2412, -0.0011], [0.2920, 0.6922, 0.0419], [0.1571, 0.0666, 0.7841]]
    let curve = (0..<1_024).flatMap { step -> [UInt8] in
      let value = Double(step) / 1_023
      let light = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      return big(Int((light * 65_535).rounded()), 2)
    }
    let trc = Array("curv".utf8) + big(0, 4) + big(1_024, 4) + curve
    return file(
      "RGB ",
      zip(["rXYZ", "gXYZ", "bXYZ"], primaries).map { ($0, xyz($1)) }
        + ["rTRC", "gTRC", "bTRC"].map { ($0, trc) })
  }()

  package static func gray(gamma: Double) -> [UInt8] {
    let exponent = big(Int((gamma * 256).rounded()), 2)
    return file("GRAY", [("kTRC", Array("curv".utf8) + big(0, 4) + big(1, 4) + exponent)])
  }

  private static func file(_ model: String, _ own: [(String, [UInt8])]) -> [UInt8] {
    let name =
      Array("desc".utf8) + big(0, 4) + big(5, 4) + Array("test\0".utf8) + [UInt8](repeating: 0, count: 79)
    let tags =
      own + [
        ("wtpt", xyz([0.9642, 1, 0.8249])), ("desc", name),
        ("cprt", Array("text".utf8) + big(0, 4) + Array("none\0".utf8)),
      ]
    var (table, data) = (big(tags.count, 4), [UInt8]())
    for (name, bytes) in tags {
      table += Array(name.utf8) + big(132 + 12 * tags.count + data.count, 4) + big(bytes.count, 4)
      data += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
    let head =
      big(128 + table.count + data.count, 4) + big(0, 4) + [2, 0x20, 0, 0] + Array("mntr\(model)XYZ ".utf8)
      + [UInt8](repeating: 0, count: 12) + Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
      + xyz([0.9642, 1, 0.8249]).dropFirst(8) + [UInt8](repeating: 0, count: 48)
    return head + table + data
  }

  private static func xyz(_ values: [Double]) -> [UInt8] {
    Array("XYZ ".utf8) + big(0, 4) + values.flatMap { big(Int(($0 * 65_536).rounded()), 4) }
  }

  private static func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
