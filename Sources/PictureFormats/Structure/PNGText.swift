import CZlib
import Core

/// EXIF in a PNG text chunk, as ImageMagick and other programs write it: a line with a name, a line with the
/// length, then hexadecimal digits.
extension PictureStructure {
  /// Reads the EXIF block in the text, unless there is an eXIf chunk.
  mutating func readRawProfile(_ name: String, _ bytes: PictureWindow, _ payload: Range<Int>) {
    let keywords: [StaticString] = ["Raw profile type exif\0", "Raw profile type APP1\0"]
    guard exif == nil, rawProfiles < Self.maximumRawProfiles,
      let keyword = keywords.first(where: { bytes.has($0, at: payload.lowerBound) })
    else { return }
    rawProfiles += 1
    let start = payload.lowerBound + keyword.utf8CodeUnitCount
    guard let text = Self.text(name, bytes, start..<payload.upperBound) else { return }
    let block = PictureBytes(Self.decodedHexadecimal(text))
    block.withSpan { span in
      let start = span.has("Exif\0\0", at: 0) ? 6 : 0
      guard span.has("II", at: start) || span.has("MM", at: start) else { return }
      take(EXIF(span, at: start, end: span.byteCount, known: attribution))
    }
  }

  package mutating func take(_ exif: EXIF) {
    found(.exif)
    if exif.hasLocation { found(.gps) }
    attribution = exif.attribution
    orientation = exif.orientation
    isAdobeRGBByEXIF = exif.isAdobeRGB
  }

  /// One is usual. Each is inflated.
  private static let maximumRawProfiles = 4
  /// An EXIF block has at most 64 KB in a JPEG, and takes two digits per byte here.
  private static let longestText = 1 << 20

  /// The text after the keyword of a text chunk.
  private static func text(_ name: String, _ bytes: PictureWindow, _ rest: Range<Int>) -> [UInt8]? {
    guard rest.count <= longestText else { return nil }
    switch name {
    case "tEXt": return bytes.array(rest)
    // A byte for the method, of which one is defined.
    case "zTXt": return inflated(bytes.array(rest.dropFirst()))
    default:
      // The compression flag, the method, the language, then the translated keyword.
      let fields = bytes.array(rest.dropFirst(2)).split(
        separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return bytes.byte(rest.lowerBound) == 0 ? Array(fields[2]) : inflated(Array(fields[2]))
    }
  }

  private static func inflated(_ deflated: [UInt8]) -> [UInt8]? {
    var isWhole = false
    let text = [UInt8](unsafeUninitializedCapacity: longestText) { room, count in
      var written = 0
      isWhole = deflated.withUnsafeBytes {
        czlib_inflate($0.baseAddress, $0.count, room.baseAddress, longestText, &written)
      }
      count = isWhole ? written : 0
    }
    return isWhole ? text : nil
  }

  /// Decodes the hexadecimal digits after the first two lines that are not empty.
  private static func decodedHexadecimal(_ text: [UInt8]) -> [UInt8] {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    guard lines.count == 3 else { return [] }
    let digits = lines[2].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
