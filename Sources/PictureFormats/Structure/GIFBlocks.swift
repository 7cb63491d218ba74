import Core

/// The frames of a GIF, up to its end or to the point where it is cut or damaged.
struct GIFBlocks {
  /// The logical screen, in pixels; either dimension may be 0.
  let screen: (width: Int, height: Int)
  /// The offset after the header and the global color table.
  package let start: Int
  /// The frames that a page number can select.
  private(set) var frames: [GIFFrame] = []
  /// The number of all frames.
  private(set) var count = 0
  private(set) var hasComment = false
  /// The offset of the trailer.
  private(set) var end: Int?
  /// Why the trailer was not reached. All frames before that point are complete.
  private(set) var failure: ImagingError?

  static let trailer: UInt8 = 0x3B
  /// The highest page number.
  private static let maximumFrames = 10_000

  init(_ bytes: RawSpan) throws(ImagingError) {
    guard let width = bytes.unsigned(at: 6, count: 2, bigEndian: false),
      let height = bytes.unsigned(at: 8, count: 2, bigEndian: false), let flags = bytes.byte(10),
      bytes.byteCount >= 13
    else { throw .truncated("the GIF header has \(bytes.byteCount) bytes instead of 13") }
    screen = (width, height)
    start = 13 + Self.tableLength(flags)
    do throws(ImagingError) { try walk(bytes) } catch {
      failure = error
      // The byte that ended a block may belong to another file.
      frames = Array(frames.prefix { $0.isWhole(bytes) })
      count = frames.count
    }
  }

  private mutating func walk(_ bytes: RawSpan) throws(ImagingError) {
    var at = start
    var control: Range<Int>?
    while let kind = bytes.byte(at) {
      switch kind {
      case Self.trailer:
        end = at
        return
      case 0x21:
        let label = bytes.byte(at + 1)
        let end = try Self.endOfSubBlocks(bytes, from: at + 2)
        if label == 0xF9 { control = at..<end }
        if label == 0xFE { hasComment = true }
        at = end
      case 0x2C:
        let frame = try GIFFrame(bytes, at: at, control)
        count += 1
        if frames.count < Self.maximumFrames { frames.append(frame) }
        guard frame.cutBlock == nil else {
          throw .truncated("the GIF blocks at byte \(frame.data) extend past the end of the file")
        }
        control = nil
        at = frame.end
      default: throw .damaged("the GIF has an unknown block at byte \(at)")
      }
    }
    throw .truncated("no end marker within \(bytes.byteCount.grouped) bytes")
  }

  /// The length of a color table in bytes: three for each of 2^(n + 1) colors.
  static func tableLength(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  private static func endOfSubBlocks(_ bytes: RawSpan, from start: Int) throws(ImagingError) -> Int {
    var at = start
    while let length = bytes.byte(at) {
      at += 1 + Int(length)
      if length == 0 { return at }
    }
    throw .truncated("the GIF blocks at byte \(start) extend past the end of the file")
  }
}

/// One frame of a GIF.
struct GIFFrame {
  /// Its graphic control extension.
  package let control: Range<Int>?
  /// The offset of its image descriptor.
  package let start: Int
  /// The offset of its compressed pixels, which start with the code size in bits.
  package let data: Int
  /// The offset after its last block.
  private(set) var end: Int
  /// The offset of its last block, if the file ends within that block or before the block of length 0.
  private(set) var cutBlock: Int?
  /// Its area on the screen; `nil` if it has no pixels.
  package let area: PixelArea?
  package let isInterlaced: Bool
  let hasTransparency: Bool
  private let disposal: Int

  init(_ bytes: RawSpan, at start: Int, _ control: Range<Int>?) throws(ImagingError) {
    guard let flags = bytes.byte(start + 9) else { throw .truncated("the GIF frame header at byte \(start)") }
    let numbers = (0..<4).map { bytes.unsigned(at: start + 1 + 2 * $0, count: 2, bigEndian: false) ?? 0 }
    area =
      numbers[2] == 0 || numbers[3] == 0
      ? nil
      : PixelArea(
        left: numbers[0], top: numbers[1], size: PixelSize(width: numbers[2], height: numbers[3]))
    let options = control.flatMap { bytes.byte($0.lowerBound + 3) } ?? 0
    isInterlaced = flags & 0x40 != 0
    hasTransparency = options & 1 == 1
    disposal = Int(options >> 2 & 7)
    (self.start, self.control) = (start, control)
    data = start + 10 + GIFBlocks.tableLength(flags)
    end = data + 1
    while true {
      guard let length = bytes.byte(end), end + 1 + Int(length) <= bytes.byteCount else {
        (cutBlock, end) = (min(end, bytes.byteCount), bytes.byteCount)
        return
      }
      end += 1 + Int(length)
      if length == 0 { return }
    }
  }

  /// The area is restored before the next frame is drawn. Some writers use 4 instead of 3.
  var isRemoved: Bool { (2...4).contains(disposal) }
  /// libnsgif then fills the area with the background color, where browsers clear it.
  var isPaintedOver: Bool { disposal == 2 && !hasTransparency }
}
