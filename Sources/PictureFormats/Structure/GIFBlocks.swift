import Core

/// The frames of a GIF, up to its end or to where it is cut or damaged.
struct GIFBlocks {
  /// The logical screen, in pixels; either may be 0.
  let screen: (width: Int, height: Int)
  /// Behind the header and the global color table.
  package let start: Int
  /// Those that a page number can name.
  private(set) var frames: [GIFFrame] = []
  /// Of all frames.
  private(set) var count = 0
  private(set) var hasComment = false
  /// Where its end mark is.
  private(set) var end: Int?
  /// Why that was not reached. All frames before it are whole.
  private(set) var failure: ImagingError?

  static let trailer: UInt8 = 0x3B
  /// Page numbers end here.
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
      // What ended a block may be another file's byte.
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
          throw .truncated("the GIF blocks at byte \(frame.data) go past the end")
        }
        control = nil
        at = frame.end
      default: throw .damaged("the GIF has an unknown block at byte \(at)")
      }
    }
    throw .truncated("no end mark within \(bytes.byteCount.grouped) bytes")
  }

  /// The bytes of a color table: three for each of 2^(n + 1) colors.
  static func tableLength(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  private static func endOfSubBlocks(_ bytes: RawSpan, from start: Int) throws(ImagingError) -> Int {
    var at = start
    while let length = bytes.byte(at) {
      at += 1 + Int(length)
      if length == 0 { return at }
    }
    throw .truncated("the GIF blocks at byte \(start) go past the end")
  }
}

/// One picture of a GIF.
struct GIFFrame {
  /// Its graphic control extension.
  package let control: Range<Int>?
  /// Of its descriptor.
  package let start: Int
  /// Where its compressed pixels begin, with the width of a pixel in bits.
  package let data: Int
  /// Behind its last block.
  private(set) var end: Int
  /// Its last block, where the file ends within it or before the block of length 0.
  private(set) var cutBlock: Int?
  /// Where it lies on the screen; `nil` when it has no pixels.
  package let area: PixelArea?
  package let isInterlaced: Bool
  let hasTransparency: Bool
  private let disposal: Int

  init(_ bytes: RawSpan, at start: Int, _ control: Range<Int>?) throws(ImagingError) {
    guard let flags = bytes.byte(start + 9) else { throw .truncated("the GIF picture at byte \(start)") }
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

  /// What is under it comes back before the next one is drawn; 4 is written by some for 3.
  var isRemoved: Bool { (2...4).contains(disposal) }
  /// libnsgif fills its area with the background color then, where browsers clear it.
  var isPaintedOver: Bool { disposal == 2 && !hasTransparency }
}
