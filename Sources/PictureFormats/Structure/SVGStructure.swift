import Core

/// Reads the size that an SVG declares (W3C SVG 2, 8.2): the width and height of its root element, or its
/// view box.
extension PictureStructure {
  /// The root element is near the beginning. Drawings with a longer preamble are not supported.
  private static let longestPreamble = 64_000
  /// The CSS units, in pixels.
  private static let units = [
    "": 1.0, "px": 1, "pt": 4.0 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8,
  ]

  static func readSVG(_ bytes: RawSpan, as format: PictureFormat) throws(ImagingError) -> PictureStructure {
    let text = String(decoding: bytes.array(0..<min(bytes.byteCount, longestPreamble)), as: UTF8.self)
    guard let root = text.firstRange(of: "<svg"), let end = text[root.upperBound...].firstIndex(of: ">")
    else {
      throw .notAPicture("it is XML without an svg element")
    }
    let attributes = text[root.upperBound..<end]
    let box = value(of: "viewBox", in: attributes)?.split { $0.isWhitespace || $0 == "," }
      .compactMap { Double($0) }
    // If one edge is missing, the view box's aspect ratio determines it.
    let shape = box.flatMap { $0.count == 4 && $0[2] > 0 && $0[3] > 0 ? ($0[2], $0[3]) : nil }
    let (across, down) = (
      length(value(of: "width", in: attributes)), length(value(of: "height", in: attributes))
    )
    let width = across ?? shape.map { $0.0 / $0.1 * (down ?? $0.1) }
    let height = down ?? shape.map { $0.1 / $0.0 * (across ?? $0.0) }
    guard let width, let height, width >= 0.5, height >= 0.5, width < 1e9, height < 1e9 else {
      throw .unsupportedVariant(format, "neither width and height in units nor a view box")
    }
    var structure = PictureStructure(format: format)
    structure.size = PixelSize(width: Int(width.rounded()), height: Int(height.rounded()))
    structure.hasAlpha = true
    structure.outsideReferences = SVGReferences(bytes).names
    structure.keep(0..<bytes.byteCount)
    structure.isComplete = true
    return structure
  }

  private static func value(of name: String, in attributes: Substring) -> Substring? {
    var rest = attributes
    while let hit = rest.firstRange(of: name) {
      let before =
        hit.lowerBound == attributes.startIndex ? " " : attributes[attributes.index(before: hit.lowerBound)]
      rest = rest[hit.upperBound...]
      let after = rest.drop(while: \.isWhitespace)
      guard before.isWhitespace, after.first == "=" else { continue }
      let quoted = after.dropFirst().drop(while: \.isWhitespace)
      guard let quote = quoted.first, quote == "\"" || quote == "'" else { continue }
      return quoted.dropFirst().prefix { $0 != quote }
    }
    return nil
  }

  private static func length(_ text: Substring?) -> Double? {
    guard let text else { return nil }
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), let unit = units[text.dropFirst(digits.count).lowercased()] else {
      return nil
    }
    return number * unit
  }
}
