/// The facts that are read from an EXIF block: which way is up, whether a place is recorded, and whose picture it is.
///
/// Source: CIPA DC-008 (EXIF 2.32), TIFF 6.0 for the directory layout.
struct EXIF: Equatable {
  /// 1…8; nonsense and absence are 1, upright.
  var orientation = 1
  var hasLocation = false
  var attribution = Attribution()

  /// An IFD that claims more entries than this is nonsense: cameras write a few dozen.
  private static let mostEntries = 1_000

  /// Reads the first directory of the TIFF structure at `start`.
  ///
  /// - Parameter known: what other blocks of the same file have said.
  init(_ bytes: RawSpan, at start: Int, end: Int, known: Attribution = Attribution()) {
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
    guard let first = number(start + 4, 4), let count = number(start + first, 2) else { return }
    for entry in 0..<min(count, Self.mostEntries) {
      let at = start + first + 2 + entry * 12
      guard let tag = number(at, 2), let type = number(at + 2, 2) else { return }
      switch tag {
      case 0x0112:
        // One SHORT by the standard; some writers use LONG.
        if type == 3 || type == 4, number(at + 4, 4) == 1, let value = number(at + 8, type == 4 ? 4 : 2),
          (1...8).contains(value)
        {
          orientation = value
        }
      case 0x8825: hasLocation = true
      case 0x013B, 0x8298:
        guard type == 2, let length = number(at + 4, 4) else { break }
        let place = length <= 4 ? at + 8 : (number(at + 8, 4) ?? 0) + start
        guard place >= start, length <= end - place else { break }
        attribution.take(tag == 0x013B ? \.creator : \.copyright, bytes, place..<place + length)
      default: break
      }
    }
  }
}
