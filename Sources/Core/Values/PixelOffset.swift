/// A place or a shift in pixels, right and down; may be negative.
public struct PixelOffset: Hashable, Sendable, Codable {
  public let x: Int
  public let y: Int

  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}
