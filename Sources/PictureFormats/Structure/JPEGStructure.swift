import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Walks a JPEG's markers from start to end (ITU-T T.81, annex B).
extension PictureStructure {
  static func readJPEG(
    _ bytes: PictureWindow, _ tolerance: DecodingTolerance
  ) throws(ImagingError) -> PictureStructure {
    var walk = JPEGWalk(structure: PictureStructure(format: .jpeg))
    do throws(ImagingError) {
      try walk.run(bytes)
    } catch {
      if let whole = walk.withEnd(bytes) { return whole }
      guard case .truncated = error, tolerance == .lenient, walk.acceptEarlyEnd() else { throw error }
    }
    return walk.structure
  }
}

struct JPEGWalk {
  package var structure: PictureStructure
  var sawFrame = false
  var sawScan = false
  var scans = 0
  /// Parts of the ICC profile by number: a profile over 64 KB is split over several APP2 segments.
  var profileParts: [Int: [UInt8]] = [:]
  /// The scan script, once there is a frame, and the current Huffman tables and restart interval.
  package var script: JPEGScript?
  var tables: [UInt8: HuffmanTable] = [:]
  var restartInterval = 0
  /// The scan that completes the picture.
  package var last: LastScan?
  /// The range of the data of the scan that was read last.
  package var data = 0..<0
  /// The offset and the value of the color transform in Adobe's marker.
  var colorTransform: (place: Int, value: UInt8)?
  var strayBytes = 0

  /// A camera writes a few dozen segments, and a progressive file some more. Far more is a denial-of-service
  /// attack.
  private static let maximumSegments = 10_000
  /// With every scan, the decoder processes the whole picture again. Encoders write about ten, and tools that
  /// search for the smallest file up to about sixty.
  private static let maximumScans = 100
  /// The maximum number of bytes between segments, in total. Decoders skip any number.
  static let maximumStrayBytes = 1 << 20

  init(structure: PictureStructure) {
    self.structure = structure
  }

  package mutating func run(_ bytes: PictureWindow) throws(ImagingError) {
    structure.keep(0..<2)
    var at = 2
    var segments = 0
    while true {
      try skipStrayBytes(bytes, &at)
      let start = at
      guard let marker = nextMarker(bytes, &at) else {
        throw .truncated("no end marker within \(bytes.byteCount.grouped) bytes")
      }
      if marker == 0xD9 {
        try finish(bytes, last: start..<at)
        return
      }
      segments += 1
      guard segments <= Self.maximumSegments else {
        last = nil
        throw .damaged("more than \(Self.maximumSegments.grouped) JPEG segments")
      }
      if marker == 0 {
        structure.repaired(.strayBytes)
        continue
      }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) {
        structure.keep(start..<at)
        continue
      }
      guard let length = bytes.bigEndian16(at), at + length <= bytes.byteCount else {
        throw .truncated("a JPEG segment at byte \(at) extends past the end of the file")
      }
      guard length >= 2 else { throw .damaged("a JPEG segment at byte \(at) has length \(length)") }
      let payload = at + 2..<at + length
      let segment = start..<payload.upperBound
      if try keeps(marker, bytes, payload: payload, segment: segment) { structure.keep(segment) }
      at += length
      if marker == 0xDA {
        sawScan = true
        scans += 1
        guard scans <= Self.maximumScans else {
          last = nil
          throw .damaged("more than \(Self.maximumScans) JPEG scans")
        }
        beginScan(bytes, payload)
        data = at..<at
        at = try endOfScan(bytes, from: at)
        data = data.lowerBound..<at
        structure.keep(data)
      }
    }
  }

  /// Accepts a file that ends too early, as far as it goes. `false` if it ends before any part of the
  /// picture.
  mutating func acceptEarlyEnd() -> Bool {
    guard sawFrame, sawScan else { return false }
    settle()
    return true
  }

  /// Moves past fill bytes to the byte after the marker. `nil` at the end of the file.
  private func nextMarker(_ bytes: PictureWindow, _ at: inout Int) -> UInt8? {
    guard bytes.byte(at) == 0xFF else { return nil }
    var marker: UInt8?
    var next = at + 1
    bytes.visit(next..<max(next, bytes.byteCount)) { part in
      let fill = part.prefix { $0 == 0xFF }.count
      marker = fill < part.count ? part[fill] : nil
      next += fill
      return marker == nil
    }
    if marker != nil { at = next + 1 }
    return marker
  }

  /// The offset of the next marker that is neither a stuffed zero nor a restart marker. Restart markers are
  /// numbered modulo eight. One out of sequence means that part of the picture is missing.
  private func endOfScan(_ bytes: PictureWindow, from start: Int) throws(ImagingError) -> Int {
    var at = start
    var restart: UInt8 = 0xD0
    while at < bytes.byteCount - 1 {
      let memory = bytes.bytes(at: at, atLeast: 2)
      guard memory.count > 1, let base = memory.baseAddress else { break }
      var looked = 0
      while looked < memory.count - 1, let hit = memchr(base + looked, 0xFF, memory.count - 1 - looked) {
        let position = UnsafeRawPointer(hit) - base
        let next = memory[position + 1]
        if (0xD0...0xD7).contains(next) {
          guard next == restart else {
            throw .damaged("the JPEG restart marker at byte \(at + position) is out of sequence")
          }
          restart = restart == 0xD7 ? 0xD0 : restart + 1
        } else if next != 0, next != 0xFF {
          return at + position
        }
        looked = position + (next == 0xFF ? 1 : 2)
      }
      // A marker may start with the last available byte.
      at += max(looked, memory.count - 1)
    }
    return bytes.byteCount
  }

  private mutating func finish(_ bytes: PictureWindow, last mark: Range<Int>) throws(ImagingError) {
    guard sawFrame, sawScan else { throw .damaged("the JPEG contains no picture") }
    dropPadding(bytes, before: mark.lowerBound)
    structure.keep(mark)
    structure.isComplete = true
    if mark.upperBound < bytes.byteCount { structure.found(.trailing) }
    settle()
  }
}
