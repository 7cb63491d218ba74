/// A rectangle of whole pixels: its corner at (`left`, `top`), from the picture's upper left corner.
public struct PixelArea: Hashable, Sendable, Codable {
  public let left: Int
  public let top: Int
  public let size: PixelSize

  public init(left: Int, top: Int, size: PixelSize) {
    self.left = left
    self.top = top
    self.size = size
  }

  /// All of a picture.
  public init(_ size: PixelSize) {
    self.init(left: 0, top: 0, size: size)
  }

  /// Reads `X,Y,W,H` as whole numbers, W and H at least 1. `nil` for anything else.
  public init?(parsing text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard parts.count == 4, numbers.count == 4, numbers[2] >= 1, numbers[3] >= 1,
      numbers.allSatisfy({ abs($0) <= 1_000_000_000 })
    else { return nil }
    self.init(left: numbers[0], top: numbers[1], size: PixelSize(width: numbers[2], height: numbers[3]))
  }

  public var right: Int { left + size.width }
  public var bottom: Int { top + size.height }

  package func isInside(_ other: PixelArea) -> Bool {
    left >= other.left && top >= other.top && right <= other.right && bottom <= other.bottom
  }

  package func isInside(_ size: PixelSize) -> Bool { isInside(PixelArea(size)) }

  /// What it shares with another; `nil` when that is nothing.
  package func intersection(_ other: PixelArea) -> PixelArea? {
    let (left, top) = (max(left, other.left), max(top, other.top))
    let (right, bottom) = (min(right, other.right), min(bottom, other.bottom))
    guard right > left, bottom > top else { return nil }
    return PixelArea(left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
  }

  /// With so many pixels more on every side.
  package func grown(by count: Int) -> PixelArea {
    PixelArea(
      left: left - count, top: top - count,
      size: PixelSize(width: size.width + 2 * count, height: size.height + 2 * count))
  }

  package func moved(x: Int, y: Int) -> PixelArea { PixelArea(left: left + x, top: top + y, size: size) }
}

extension PixelArea: CustomStringConvertible {
  /// As `X,Y,W,H`.
  public var description: String { "\(left),\(top),\(size.width),\(size.height)" }
}
