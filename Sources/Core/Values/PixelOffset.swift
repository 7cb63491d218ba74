/// A position or a shift in pixels. x counts to the right and y down; both may be negative.
public struct PixelOffset: Hashable, Sendable, Codable {
  /// Pixels to the right.
  public let x: Int
  /// Pixels down.
  public let y: Int

  /// Creates an offset.
  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}
