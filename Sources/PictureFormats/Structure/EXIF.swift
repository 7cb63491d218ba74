/// The fields that are read from an EXIF block: orientation, whether a location is recorded, creator and
/// copyright, and whether the colors are Adobe RGB.
///
/// Source: CIPA DC-008 (EXIF 2.32) and DC-009 (DCF 2.0), TIFF 6.0 for the directory layout.
package struct EXIF: Equatable {
  /// 1…8; 1 (upright) if invalid or absent.
  package var orientation = 1
  var hasLocation = false
  package var attribution = Attribution()
  /// `ColorSpace` names Adobe RGB, or leaves the color space open and the interoperability index is that of
  /// DCF's optional color space.
  private(set) var isAdobeRGB = false

  /// An IFD with more entries is considered corrupt: cameras write a few dozen.
  private static let maximumEntries = 1_000

  /// Reads the first directory of the TIFF structure at `start`.
  ///
  /// - Parameter known: what other blocks of the same file contain.
  package init(_ bytes: RawSpan, at start: Int, end: Int, known: Attribution = Attribution()) {
    attribution = known
    let bigEndian: Bool
    if bytes.has("MM\0*", at: start) {
      bigEndian = true
    } else if bytes.has([0x49, 0x49, 0x2A, 0], at: start) {
      bigEndian = false
    } else {
      return
    }
    func number(_ offset: Int, _ count: Int) -> Int? {
      offset >= start && offset + count <= end
        ? bytes.unsigned(at: offset, count: count, bigEndian: bigEndian) : nil
    }
    /// The entries of the directory at an offset in the block: their tags and offsets.
    func entries(_ directory: Int?) -> [(tag: Int, at: Int)] {
      guard let directory, let count = number(start + directory, 2) else { return [] }
      return (0..<min(count, Self.maximumEntries)).compactMap { entry in
        let at = start + directory + 2 + entry * 12
        return number(at, 2).map { ($0, at) }
      }
    }
    var photograph: Int?
    for (tag, at) in entries(number(start + 4, 4)) {
      guard let type = number(at + 2, 2) else { return }
      switch tag {
      case 0x0112:
        // The standard requires one SHORT; some writers use LONG.
        if type == 3 || type == 4, number(at + 4, 4) == 1, let value = number(at + 8, type == 4 ? 4 : 2),
          (1...8).contains(value)
        {
          orientation = value
        }
      case 0x8769: photograph = number(at + 8, 4)
      case 0x8825: hasLocation = true
      case 0x013B, 0x8298:
        guard type == 2, let length = number(at + 4, 4) else { break }
        let place = length <= 4 ? at + 8 : (number(at + 8, 4) ?? 0) + start
        guard place >= start, length <= end - place else { break }
        attribution.take(tag == 0x013B ? \.creator : \.copyright, bytes, place..<place + length)
      default: break
      }
    }
    isAdobeRGB = Self.saysAdobeRGB(entries(photograph), entries, number)
  }

  /// - Parameters:
  ///   - photograph: the entries of the Exif directory.
  ///   - entries: returns the entries of the directory at an offset.
  ///   - number: reads a number of 1 to 4 bytes from the block.
  private static func saysAdobeRGB(
    _ photograph: [(tag: Int, at: Int)], _ entries: (Int?) -> [(tag: Int, at: Int)],
    _ number: (Int, Int) -> Int?
  ) -> Bool {
    func value(_ tag: Int) -> Int? {
      photograph.first { $0.tag == tag }.flatMap { number($0.at + 8, number($0.at + 2, 2) == 3 ? 2 : 4) }
    }
    let colorSpace = value(0xA001)
    guard colorSpace == 0xFFFF else { return colorSpace == 2 }
    return entries(value(0xA005)).contains { entry in
      entry.tag == 1 && (0..<3).map { number(entry.at + 8 + $0, 1) } == Array("R03".utf8).map(Int.init)
    }
  }
}
