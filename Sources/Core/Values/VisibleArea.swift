/// The part of another picture that a picture shows: a rectangle in the other's pixels. Its edges may lie
/// between pixels and outside the other picture.
public struct VisibleArea: Hashable, Sendable, Codable {
  /// The x coordinate of the left edge.
  public let left: Double
  /// The y coordinate of the top edge.
  public let top: Double
  /// The width.
  public let width: Double
  /// The height.
  public let height: Double

  /// Creates a rectangle from its corner and size.
  public init(left: Double, top: Double, width: Double, height: Double) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  /// Creates a rectangle of whole pixels.
  public init(_ area: PixelArea) {
    self.init(
      left: Double(area.left), top: Double(area.top), width: Double(area.size.width),
      height: Double(area.size.height))
  }

  package func moved(x: Int, y: Int) -> VisibleArea {
    VisibleArea(left: left + Double(x), top: top + Double(y), width: width, height: height)
  }

  /// Parses `X,Y,W,H`, of magnitude up to 1,000,000,000, W and H above 0. Returns `nil` for anything else.
  package init?(parsing text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard parts.count == 4, numbers.count == 4, numbers[2] > 0, numbers[3] > 0,
      numbers.allSatisfy({ abs($0) <= 1e9 })
    else { return nil }
    self.init(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
  }
}
