import CZlib
import Core

/// EXIF that ImageMagick, and others after it, write into a text of a PNG: a line of its name, a line of its length, then
/// hexadecimal digits.
extension PictureStructure {
  /// Takes what an EXIF block in the text says, unless there is a chunk for it.
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

  /// One is usual; each is inflated.
  private static let maximumRawProfiles = 4
  /// An EXIF block has at most 64 KB in a JPEG, and two digits to a byte here.
  private static let longestText = 1 << 20

  /// What stands behind the keyword of a text chunk.
  private static func text(_ name: String, _ bytes: PictureWindow, _ rest: Range<Int>) -> [UInt8]? {
    guard rest.count <= longestText else { return nil }
    switch name {
    case "tEXt": return bytes.array(rest)
    // A byte for the method, of which there is one.
    case "zTXt": return inflated(bytes.array(rest.dropFirst()))
    default:
      // Whether it is compressed, the method, then a language and the keyword in it.
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

  /// The bytes that the digits behind the first two lines with content stand for.
  private static func decodedHexadecimal(_ text: [UInt8]) -> [UInt8] {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    guard lines.count == 3 else { return [] }
    let digits = lines[2].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
