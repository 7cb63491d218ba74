/// A rectangle of whole pixels. (`left`, `top`) is its upper left corner, counted from the upper left corner
/// of the picture.
public struct PixelArea: Hashable, Sendable, Codable {
  /// The x coordinate of the left edge.
  public let left: Int
  /// The y coordinate of the top edge.
  public let top: Int
  /// The width and height.
  public let size: PixelSize

  /// Creates a rectangle from its corner and size.
  public init(left: Int, top: Int, size: PixelSize) {
    self.left = left
    self.top = top
    self.size = size
  }

  /// The rectangle that covers a whole picture.
  public init(_ size: PixelSize) {
    self.init(left: 0, top: 0, size: size)
  }

  /// Parses `X,Y,W,H` as whole numbers of magnitude up to 1,000,000,000, W and H at least 1. Returns `nil`
  /// for anything else.
  package init?(parsing text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard parts.count == 4, numbers.count == 4, numbers[2] >= 1, numbers[3] >= 1,
      numbers.allSatisfy({ abs($0) <= 1_000_000_000 })
    else { return nil }
    self.init(left: numbers[0], top: numbers[1], size: PixelSize(width: numbers[2], height: numbers[3]))
  }

  /// The x coordinate just past the right edge.
  public var right: Int { left + size.width }
  /// The y coordinate just past the bottom edge.
  public var bottom: Int { top + size.height }

  package func isInside(_ other: PixelArea) -> Bool {
    left >= other.left && top >= other.top && right <= other.right && bottom <= other.bottom
  }

  package func isInside(_ size: PixelSize) -> Bool { isInside(PixelArea(size)) }

  /// The intersection with another rectangle; `nil` if that is empty.
  package func intersection(_ other: PixelArea) -> PixelArea? {
    let (left, top) = (max(left, other.left), max(top, other.top))
    let (right, bottom) = (min(right, other.right), min(bottom, other.bottom))
    guard right > left, bottom > top else { return nil }
    return PixelArea(left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
  }

  /// The rectangle with `count` more pixels on every side.
  package func grown(by count: Int) -> PixelArea {
    PixelArea(
      left: left - count, top: top - count,
      size: PixelSize(width: size.width + 2 * count, height: size.height + 2 * count))
  }

  package func moved(x: Int, y: Int) -> PixelArea { PixelArea(left: left + x, top: top + y, size: size) }
}

extension PixelArea: CustomStringConvertible {
  /// The rectangle as `X,Y,W,H`.
  public var description: String { "\(left),\(top),\(size.width),\(size.height)" }
}
