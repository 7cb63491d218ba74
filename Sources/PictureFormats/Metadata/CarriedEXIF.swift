package import Core

extension EXIFBlock {
  /// Creates the EXIF block for a picture made from another one, with the fields that carry over: camera,
  /// lens, exposure, the time it was taken, creator and copyright, and the location only on request. Maker
  /// notes, names of other persons, serial numbers, comments and previews are left out. The orientation is
  /// upright.
  ///
  /// - Parameter keepsPlace: whether the GPS fields are included.
  package init(carriedFrom file: PictureBytes, _ structure: PictureStructure, keepsPlace: Bool) {
    self = file.withSpan { bytes in
      structure.exif.flatMap { EXIFBlock(bytes, $0, keepsPlace: keepsPlace) } ?? EXIFBlock()
    }
    take(structure.attribution)
    if !isEmpty { complete() }
  }

  /// Adds the fields that the standard requires (tables 17 and 18), with values for the new picture.
  private mutating func complete() {
    set(short(0x0112, 1), in: \.picture)
    set(short(0x0213, 1), in: \.picture)
    if !picture.contains(where: { $0.tag == 0x011A }) {
      for tag in [0x011A, 0x011B] { set(rational(tag, 72), in: \.picture) }
      set(short(0x0128, 2), in: \.picture)
    }
    if !place.isEmpty, !place.contains(where: { $0.tag == 0 }) {
      set(Field(tag: 0, type: 1, count: 4, value: [2, 3, 0, 0]), in: \.place)
    }
    guard !photograph.isEmpty else { return }
    set(undefined(0x9101, [1, 2, 3, 0]), in: \.photograph)
    set(undefined(0xA000, Array("0100".utf8)), in: \.photograph)
    if !photograph.contains(where: { $0.tag == 0x9000 }) {
      set(undefined(0x9000, Array("0232".utf8)), in: \.photograph)
    }
  }

  /// `Make`, `Model` and the print resolution.
  private static let pictureTags: Set<Int> = [0x010F, 0x0110, 0x011A, 0x011B, 0x0128]
  /// Exposure, lens and times (CIPA DC-008, tables 4 to 8).
  private static let photographTags: Set<Int> = [
    0x829A, 0x829D, 0x8822, 0x8827, 0x8830, 0x8831, 0x8832, 0x8833, 0x9000, 0x9003, 0x9004, 0x9010, 0x9011,
    0x9012, 0x9201, 0x9202, 0x9203, 0x9204, 0x9205, 0x9206, 0x9207, 0x9208, 0x9209, 0x920A, 0x9290, 0x9291,
    0x9292, 0xA20E, 0xA20F, 0xA210, 0xA217, 0xA300, 0xA301, 0xA401, 0xA402, 0xA403, 0xA404, 0xA405, 0xA406,
    0xA407, 0xA408, 0xA409, 0xA40A, 0xA40C, 0xA432, 0xA433, 0xA434,
  ]
  private static let placeTags = Set(0x0000...0x001F)

  /// A directory with more entries is considered corrupt.
  private static let maximumEntries = 1_000
  /// In bytes. No field that carries over is longer, and a JPEG segment has room for several tens of them.
  private static let longestValue = 1_024
  private static let maximumBytes = 24_000

  private init?(_ bytes: RawSpan, _ range: Range<Int>, keepsPlace: Bool) {
    let isBigEndian = bytes.has("MM\0*", at: range.lowerBound)
    guard isBigEndian || bytes.has([0x49, 0x49, 0x2A, 0], at: range.lowerBound) else { return nil }
    self.init(isBigEndian: isBigEndian)
    let start = range.lowerBound
    guard let first = number(bytes, start + 4, 4, range) else { return nil }
    picture = read(bytes, at: start + first, range, Self.pictureTags)
    if let next = pointer(bytes, 0x8769, in: start + first, range) {
      photograph = read(bytes, at: start + next, range, Self.photographTags)
    }
    if keepsPlace, let next = pointer(bytes, 0x8825, in: start + first, range) {
      place = read(bytes, at: start + next, range, Self.placeTags)
    }
  }

  private func number(_ bytes: RawSpan, _ offset: Int, _ count: Int, _ range: Range<Int>) -> Int? {
    offset >= range.lowerBound && offset + count <= range.upperBound
      ? bytes.unsigned(at: offset, count: count, bigEndian: isBigEndian) : nil
  }

  /// The offset of another directory, as an entry of this one records it.
  private func pointer(_ bytes: RawSpan, _ wanted: Int, in directory: Int, _ range: Range<Int>) -> Int? {
    guard let count = number(bytes, directory, 2, range) else { return nil }
    for entry in 0..<min(count, Self.maximumEntries) {
      let at = directory + 2 + 12 * entry
      if number(bytes, at, 2, range) == wanted { return number(bytes, at + 8, 4, range) }
    }
    return nil
  }

  private func read(
    _ bytes: RawSpan, at directory: Int, _ range: Range<Int>, _ wanted: Set<Int>
  ) -> [Field] {
    guard let count = number(bytes, directory, 2, range) else { return [] }
    var fields: [Field] = []
    var total = 0
    for entry in 0..<min(count, Self.maximumEntries) {
      let at = directory + 2 + 12 * entry
      guard let tag = number(bytes, at, 2, range), let type = number(bytes, at + 2, 2, range),
        let values = number(bytes, at + 4, 4, range)
      else { break }
      guard wanted.contains(tag), (1...Self.widths.count).contains(type), values > 0,
        values <= Self.longestValue, !fields.contains(where: { $0.tag == tag })
      else { continue }
      let length = values * Self.widths[type - 1]
      guard let place = length <= 4 ? at + 8 : number(bytes, at + 8, 4, range).map({ range.lowerBound + $0 }),
        length <= Self.longestValue, place >= range.lowerBound, place + length <= range.upperBound,
        total + length <= Self.maximumBytes
      else { continue }
      total += length
      fields.append(Field(tag: tag, type: type, count: values, value: bytes.array(place..<place + length)))
    }
    return fields
  }
}
