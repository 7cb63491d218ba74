/// The creator and the copyright notice of a picture: the two fields that may be kept when all other metadata
/// is removed.
package struct Attribution: Equatable, Sendable {
  package var creator: String?
  package var copyright: String?
  /// How many texts were examined. A file may refer to the same bytes again and again, and no picture has as
  /// many authors as the limit.
  private var examined = 0
  private static let maximumExamined = 64
  private static let longestField = 4_096

  package init(creator: String? = nil, copyright: String? = nil) {
    self.creator = creator
    self.copyright = copyright
  }

  package var isEmpty: Bool { creator == nil && copyright == nil }

  /// Longer texts are not names or notices, but may hide other data.
  private static let longest = 1_000

  package static func == (left: Attribution, right: Attribution) -> Bool {
    (left.creator, left.copyright) == (right.creator, right.copyright)
  }

  /// Sets a field from a text, unless it is already set. Control characters are removed and the length is
  /// limited.
  package mutating func take(
    _ field: WritableKeyPath<Attribution, String?>, _ bytes: RawSpan, _ range: Range<Int>
  ) {
    guard self[keyPath: field] == nil, examined < Self.maximumExamined else { return }
    examined += 1
    take(field, bytes.array(range.prefix(Self.longestField)))
  }

  private mutating func take(_ field: WritableKeyPath<Attribution, String?>, _ text: [UInt8]) {
    let raw = Array(text.prefix { $0 != 0 })
    let text =
      String(validating: raw, as: UTF8.self)
      ?? String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) }))
    let clean = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    let trimmed = String(String.UnicodeScalarView(clean.prefix(Self.longest))).drop { $0 == " " }
    if !trimmed.isEmpty { self[keyPath: field] = String(trimmed) }
  }

  /// Fills in the fields that are still missing.
  package mutating func take(_ other: Attribution) {
    examined += other.examined
    creator = creator ?? other.creator
    copyright = copyright ?? other.copyright
  }
}

extension Attribution {
  /// Reads an IPTC block (IIM 4, record 2: dataset 80 is the by-line, 116 the copyright notice), wherever the
  /// datasets are in it.
  mutating func readIPTC(_ bytes: RawSpan, _ range: Range<Int>) {
    var at = range.lowerBound
    while at + 5 <= range.upperBound {
      guard bytes.has([0x1C, 0x02], at: at), let dataset = bytes.byte(at + 2),
        let length = bytes.bigEndian16(at + 3), at + 5 + length <= range.upperBound
      else {
        at += 1
        continue
      }
      if dataset == 80 { take(\.creator, bytes, at + 5..<at + 5 + length) }
      if dataset == 116 { take(\.copyright, bytes, at + 5..<at + 5 + length) }
      at += 5 + length
    }
  }

  /// Reads an XMP packet: the first item of `dc:creator` and of `dc:rights` (XMP part 1, 8.4).
  mutating func readXMP(_ bytes: RawSpan, _ range: Range<Int>) {
    guard creator == nil || copyright == nil, examined < Self.maximumExamined else { return }
    examined += Self.maximumExamined / 4
    let packet = bytes.array(range.lowerBound..<min(range.upperBound, range.lowerBound + 1 << 20))
    if creator == nil, let text = Self.item(of: "dc:creator", in: packet) { take(\.creator, text) }
    if copyright == nil, let text = Self.item(of: "dc:rights", in: packet) { take(\.copyright, text) }
  }

  private static func item(of property: String, in packet: [UInt8]) -> [UInt8]? {
    guard let element = packet.firstRange(of: Array("<\(property)".utf8)),
      let item = packet[element.upperBound...].firstRange(of: Array("<rdf:li".utf8)),
      let start = packet[item.upperBound...].firstIndex(of: UInt8(ascii: ">")),
      let end = packet[start...].firstIndex(of: UInt8(ascii: "<")),
      !packet[element.upperBound..<start].contains(Array("</\(property)".utf8))
    else { return nil }
    var text = String(decoding: packet[(start + 1)..<end].prefix(longestField), as: UTF8.self)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      text = text.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
    }
    return Array(text.utf8)
  }

  /// Reads a PNG text chunk with one of the standard's keywords.
  mutating func readPNGText(_ bytes: RawSpan, _ payload: Range<Int>) {
    if bytes.has("Author\0", at: payload.lowerBound) {
      take(\.creator, bytes, payload.lowerBound + 7..<payload.upperBound)
    } else if bytes.has("Copyright\0", at: payload.lowerBound) {
      take(\.copyright, bytes, payload.lowerBound + 10..<payload.upperBound)
    }
  }
}
