#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An aspect ratio as the APIs write it: two small whole numbers, as in `16:9`.
public struct AspectRatio: Hashable, Sendable, Codable {
  /// The horizontal part, as 16 in `16:9`.
  public let width: Int
  /// The vertical part, as 9 in `16:9`.
  public let height: Int

  /// Creates the ratio of two whole numbers, which must be from 1 to 10,000.
  public init(_ width: Int, _ height: Int) {
    precondition(
      (1...10_000).contains(width) && (1...10_000).contains(height), "an aspect ratio out of range")
    self.width = width
    self.height = height
  }

  /// Parses `W:H`, two whole numbers from 1 to 10,000. Returns `nil` for anything else.
  package init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...10_000).contains(width), (1...10_000).contains(height)
    else { return nil }
    self.init(width, height)
  }

  /// The distance from a picture's aspect ratio: the absolute logarithm of the quotient. It is 0 for the same
  /// ratio, and twice as wide is as far as half as wide.
  package func distance(to size: PixelSize) -> Double {
    abs(log(Double(width) / Double(height)) - log(Double(size.width) / Double(size.height)))
  }

  /// The distance from another aspect ratio, by the same measure.
  package func distance(to other: AspectRatio) -> Double {
    abs(log(Double(width) / Double(height)) - log(Double(other.width) / Double(other.height)))
  }
}

extension Sequence<AspectRatio> {
  /// The ratio that is nearest to a picture's; `nil` if the sequence is empty.
  package func nearest(to size: PixelSize) -> AspectRatio? {
    self.min { $0.distance(to: size) < $1.distance(to: size) }
  }
}

extension AspectRatio: CustomStringConvertible {
  /// The ratio as `W:H`.
  public var description: String { "\(width):\(height)" }
}
