/// A rectangle in a picture. Each of its numbers is in pixels or in percent of the picture's width or height.
public struct Region: Hashable, Sendable {
  /// A length along an edge of the picture.
  public enum Length: Hashable, Sendable {
    /// A number of pixels.
    case pixels(Int)
    /// A percentage of the edge; 100 is the whole edge.
    case percent(Double)
  }

  /// The distance from the picture's left edge.
  public let left: Length
  /// The distance from the picture's top edge.
  public let top: Length
  /// The width.
  public let width: Length
  /// The height.
  public let height: Length

  /// Creates a region from its corner and size.
  public init(left: Length, top: Length, width: Length, height: Length) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  /// Creates a region in pixels.
  public init(_ area: PixelArea) {
    self.init(
      left: .pixels(area.left), top: .pixels(area.top), width: .pixels(area.size.width),
      height: .pixels(area.size.height))
  }

  /// Parses `X,Y,W,H` or `WxH+X+Y`. Each number is a whole number of pixels or a percentage such as `12.5%`,
  /// and W and H are above 0. Returns `nil` for anything else.
  package init?(parsing text: String) {
    let text = text.filter { !$0.isWhitespace }
    let parts =
      text.contains("+")
      ? Self.partsOfGeometry(text) : text.split(separator: ",", omittingEmptySubsequences: false)
    let lengths = parts.compactMap(Length.init(parsing:))
    guard parts.count == 4, lengths.count == 4, lengths[2].isPositive, lengths[3].isPositive else {
      return nil
    }
    self.init(left: lengths[0], top: lengths[1], width: lengths[2], height: lengths[3])
  }

  /// Splits `WxH+X+Y` into the order X, Y, W, H. Returns an empty array for anything else.
  private static func partsOfGeometry(_ text: String) -> [Substring] {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    let size = parts[0].split(omittingEmptySubsequences: false) { "xX×".contains($0) }
    return parts.count == 3 && size.count == 2 ? [parts[1], parts[2]] + size : []
  }

  /// The rectangle in pixels; `nil` if any of its numbers is a percentage.
  public var pixels: PixelArea? {
    guard case .pixels(let left) = left, case .pixels(let top) = top, case .pixels(let width) = width,
      case .pixels(let height) = height
    else { return nil }
    return PixelArea(left: left, top: top, size: PixelSize(width: width, height: height))
  }

  /// The rectangle in the pixels of a picture of this size. Its edges are rounded to whole pixels, at least
  /// one pixel apart, and may lie outside the picture.
  package func area(in size: PixelSize) -> PixelArea {
    let (left, width) = Self.span(left, width, of: size.width)
    let (top, height) = Self.span(top, height, of: size.height)
    return PixelArea(left: left, top: top, size: PixelSize(width: width, height: height))
  }

  private static func span(_ start: Length, _ length: Length, of edge: Int) -> (start: Int, length: Int) {
    let first = start.value(of: edge)
    let end = (first + length.value(of: edge)).rounded()
    // A percentage of less than a pixel at the far end must still be inside the picture.
    let isWithin = length.isShare && first >= 0 && end <= Double(edge)
    let begin = isWithin ? min(first.rounded(), max(0, end - 1)) : first.rounded()
    return (Int(begin), max(1, Int(end - begin)))
  }
}

extension Region.Length {
  /// The largest number that is accepted, far beyond any picture.
  private static let maximum = 1e9

  fileprivate init?(parsing text: Substring) {
    guard text.hasSuffix("%") else {
      guard let number = Int(text), abs(Double(number)) <= Self.maximum else { return nil }
      self = .pixels(number)
      return
    }
    let number = text.dropLast()
    guard number.allSatisfy({ $0.isASCII && ($0.isNumber || "-.".contains($0)) }), let share = Double(number),
      abs(share) <= Self.maximum
    else { return nil }
    self = .percent(share)
  }

  fileprivate var isPositive: Bool { value(of: 100) > 0 }
  fileprivate var isShare: Bool { if case .percent = self { true } else { false } }

  /// The length in pixels on an edge of this length.
  fileprivate func value(of edge: Int) -> Double {
    switch self {
    case .pixels(let count): Double(count)
    case .percent(let share): share / 100 * Double(edge)
    }
  }
}

extension Region.Length: CustomStringConvertible {
  /// The length as a number of pixels, or as a percentage with `%`.
  public var description: String {
    switch self {
    case .pixels(let count): "\(count)"
    case .percent(let share): (Int(exactly: share).map { "\($0)" } ?? "\(share)") + "%"
    }
  }
}

extension Region: CustomStringConvertible {
  /// The region as `X,Y,W,H`.
  public var description: String { "\(left),\(top),\(width),\(height)" }
}
