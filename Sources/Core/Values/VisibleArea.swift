/// What one picture shows of another: a rectangle in the other's pixels, which may lie between them and reach beyond it.
public struct VisibleArea: Hashable, Sendable, Codable {
  public let left: Double
  public let top: Double
  public let width: Double
  public let height: Double

  public init(left: Double, top: Double, width: Double, height: Double) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  public init(_ area: PixelArea) {
    self.init(
      left: Double(area.left), top: Double(area.top), width: Double(area.size.width),
      height: Double(area.size.height))
  }

  package func moved(x: Int, y: Int) -> VisibleArea {
    VisibleArea(left: left + Double(x), top: top + Double(y), width: width, height: height)
  }

  /// Reads `X,Y,W,H`, W and H above 0. `nil` for anything else.
  public init?(parsing text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard parts.count == 4, numbers.count == 4, numbers[2] > 0, numbers[3] > 0,
      numbers.allSatisfy({ abs($0) <= 1e9 })
    else { return nil }
    self.init(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
  }
}
