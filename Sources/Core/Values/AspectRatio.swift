#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A picture's shape as the APIs name it: two small whole numbers, as in `16:9`.
public struct AspectRatio: Hashable, Sendable, Codable {
  public let width: Int
  public let height: Int

  package init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `W:H`, two whole numbers from 1 to 10,000. `nil` for anything else.
  public init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...10_000).contains(width), (1...10_000).contains(height)
    else { return nil }
    self.init(width, height)
  }

  /// How far this shape is from a picture's, as the absolute logarithm of their quotient: 0 is the same shape, and
  /// twice as wide is as far as half as wide.
  package func distance(to size: PixelSize) -> Double {
    abs(log(Double(width) / Double(height)) - log(Double(size.width) / Double(size.height)))
  }

  /// How far apart two shapes are, by the same measure.
  package func distance(to other: AspectRatio) -> Double {
    abs(log(Double(width) / Double(height)) - log(Double(other.width) / Double(other.height)))
  }
}

extension Sequence<AspectRatio> {
  /// The one nearest to a picture's shape; `nil` when there is none.
  package func nearest(to size: PixelSize) -> AspectRatio? {
    self.min { $0.distance(to: size) < $1.distance(to: size) }
  }
}

extension AspectRatio: CustomStringConvertible {
  public var description: String { "\(width):\(height)" }
}
