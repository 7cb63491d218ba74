/// A width and height in pixels, each at least 1.
public struct PixelSize: Hashable, Sendable, Codable {
  /// The width in pixels.
  public let width: Int
  /// The height in pixels.
  public let height: Int

  /// Creates a size. Values below 1 become 1.
  public init(width: Int, height: Int) {
    self.width = max(1, width)
    self.height = max(1, height)
  }

  /// The larger of width and height.
  public var longestEdge: Int { max(width, height) }

  /// Width × height. It saturates instead of overflowing, so that it can be compared with any limit.
  public var pixelCount: Int {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? Int.max : product
  }

  /// The size with width and height exchanged.
  public var transposed: PixelSize { PixelSize(width: height, height: width) }

  /// The size scaled so that the longest edge has `edge` pixels; each side is rounded and at least 1.
  package func scaled(toLongestEdge edge: Int) -> PixelSize {
    scaled(by: Double(edge) / Double(longestEdge))
  }

  /// Each side multiplied by `factor`, rounded, at least 1.
  package func scaled(by factor: Double) -> PixelSize {
    PixelSize(
      width: Int((Double(width) * factor).rounded()), height: Int((Double(height) * factor).rounded()))
  }
}

extension PixelSize: CustomStringConvertible {
  /// The size as `W×H`.
  public var description: String { "\(width)×\(height)" }
}
