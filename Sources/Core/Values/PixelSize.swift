/// Width and height in pixels, each at least 1.
public struct PixelSize: Hashable, Sendable, Codable {
  public let width: Int
  public let height: Int

  /// Values below 1 become 1.
  public init(width: Int, height: Int) {
    self.width = max(1, width)
    self.height = max(1, height)
  }

  public var longestEdge: Int { max(width, height) }

  /// Width × height. Saturates instead of overflowing, so that it can be compared with any limit.
  public var pixelCount: Int {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? Int.max : product
  }

  public var transposed: PixelSize { PixelSize(width: height, height: width) }

  /// The same shape with its longest edge at `edge` pixels, rounded, each side at least 1.
  package func scaled(toLongestEdge edge: Int) -> PixelSize {
    scaled(by: Double(edge) / Double(longestEdge))
  }

  /// Each side times `factor`, rounded, at least 1.
  package func scaled(by factor: Double) -> PixelSize {
    PixelSize(
      width: Int((Double(width) * factor).rounded()), height: Int((Double(height) * factor).rounded()))
  }
}

extension PixelSize: CustomStringConvertible {
  public var description: String { "\(width)×\(height)" }
}
