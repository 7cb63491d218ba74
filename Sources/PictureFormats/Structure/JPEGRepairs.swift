import Core

/// Repairs in the cleaned file for flaws about which libjpeg would warn although the picture is complete. No
/// decoder sees the flaws.
extension JPEGWalk {
  /// Adds the end marker if it is missing or if something else is in its position. `nil` unless all pixels
  /// are there.
  mutating func withEnd(_ bytes: PictureWindow) -> PictureStructure? {
    guard let script, let last, let end = JPEGEntropy.end(of: script, in: bytes) else { return nil }
    cut(last, at: end)
    structure.cleaned.append(.bytes([0xFF, 0xD9]))
    // Half an end marker does not count as data.
    if end + 1 < bytes.byteCount { structure.found(.trailing) }
    structure.repaired(.end)
    structure.isComplete = true
    settle()
    return structure
  }

  /// Settles what depends on all segments.
  package mutating func settle() {
    if scans > 1 { structure.isProgressive = true }
    settleColorTransform()
    if !profileParts.isEmpty {
      structure.profile = profileParts.sorted { $0.key < $1.key }.flatMap(\.value)
      structure.dropUnusableProfile()
    }
    structure.applyEXIFColors()
  }

  /// Replaces an unknown color transform with the usual one. Decoders assume that, too, but warn.
  mutating func settleColorTransform() {
    guard let (place, value) = colorTransform else { return }
    let usual: (known: [UInt8], guess: UInt8)? =
      switch structure.color {
      case .rgb: ([0, 1], 1)
      case .cmyk: ([0, 2], 2)
      default: nil
      }
    guard let usual, !usual.known.contains(value) else { return }
    structure.overwrite(place, with: [usual.guess])
    structure.repaired(.colorTransform)
  }

  mutating func beginScan(_ bytes: PictureWindow, _ payload: Range<Int>) {
    repairScanHeader(bytes, payload)
    guard script?.isWhole == false else { return }
    let data = payload.upperBound
    script?.begin(bytes.array(payload), tables: tables, restartInterval: restartInterval, data: data)
    guard script?.isWhole == true else { return }
    last = LastScan(
      structure: structure, profileParts: profileParts, colorTransform: colorTransform, data: data)
  }

  /// The state before the data of a scan.
  struct LastScan {
    package let structure: PictureStructure
    let profileParts: [Int: [UInt8]]
    let colorTransform: (place: Int, value: UInt8)?
    package let data: Int
  }

  /// Discards everything after the pixels.
  package mutating func cut(_ last: LastScan, at end: Int) {
    (structure, profileParts, colorTransform) = (last.structure, last.profileParts, last.colorTransform)
    structure.keep(last.data..<end)
  }

  /// Only progressive files use spectral bands and single bits. Phones write zeros in these fields of other
  /// files' scan headers, and libjpeg warns.
  mutating func repairScanHeader(_ bytes: PictureWindow, _ payload: Range<Int>) {
    guard script?.isProgressive == false, let count = bytes.byte(payload.lowerBound),
      payload.count == 4 + 2 * Int(count)
    else { return }
    let numbers = payload.upperBound - 3
    guard bytes.array(numbers..<payload.upperBound) != [0, 63, 0] else { return }
    structure.overwrite(numbers, with: [0, 63, 0])
    structure.repaired(.scanHeader)
  }

  /// Skips bytes that do not start a marker, as decoders do.
  mutating func skipStrayBytes(_ bytes: PictureWindow, _ at: inout Int) throws(ImagingError) {
    let start = at
    while let byte = bytes.byte(at), byte != 0xFF || bytes.byte(at + 1) == 0 {
      at += byte == 0xFF ? 2 : 1
      strayBytes += byte == 0xFF ? 2 : 1
      guard strayBytes <= Self.maximumStrayBytes else {
        throw .damaged("more than \(Self.maximumStrayBytes.grouped) bytes between JPEG segments")
      }
    }
    if at > start { structure.repaired(.strayBytes) }
  }

  /// Drops zeros or a line break between the pixels and the end marker. Decoders of progressive files warn
  /// about them.
  mutating func dropPadding(_ bytes: PictureWindow, before mark: Int) {
    guard let script, let last, [0, 0x0A, 0x0D, 0x20].contains(bytes.byte(mark - 1) ?? 1),
      data == last.data..<mark, let end = JPEGEntropy.end(of: script, in: bytes, before: mark), end < mark,
      mark - end <= Self.maximumPadding || isZero(bytes, end..<mark)
    else { return }
    cut(last, at: end)
    structure.repaired(.padding)
  }

  private static let maximumPadding = 16

  func isZero(_ bytes: PictureWindow, _ range: Range<Int>) -> Bool {
    var isZero = true
    bytes.visit(range) { part in
      isZero = part.allSatisfy { $0 == 0 }
      return isZero
    }
    return isZero
  }
}
