import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

private typealias Frame = HandmadeGIF.Frame

@Suite("GIFs as browsers show them")
struct GIFTests {
  private static let red = HandmadeGIF.palette[1]

  /// The color and alpha at a point; alpha is 255 in a picture without an alpha channel.
  private func pixel(_ file: PreparedReference, _ x: Int, _ y: Int) throws -> [Int] {
    let (pixels, size, bands) = try decodedPixels(file.bytes.array)
    let at = (y * size.width + x) * bands
    return pixels[at..<at + 3].map(Int.init) + [bands == 4 ? Int(pixels[at + 3]) : 255]
  }

  private func requireRed(_ file: [UInt8], size: PixelSize, at points: [(Int, Int)]) throws {
    let result = try prepare(file)
    #expect(result.size == size)
    for (x, y) in points { #expect(try pixel(result, x, y) == Self.red + [255], "at \(x), \(y)") }
  }

  @Test(
    "a first frame larger than the screen enlarges the canvas to its size",
    arguments: [
      (40, 30), (80, 30), (40, 60), (79, 60), (80, 59), (1, 1), (0, 0), (0, 60), (80, 0), (100, 10),
      (10, 100),
    ], [(0, 0), (3, 5)])
  func largerFirstFrame(screen: (Int, Int), corner: (Int, Int)) throws {
    let frame = Frame(80, 60, at: corner.0, corner.1)
    try requireRed(
      HandmadeGIF.file(screen, [frame]), size: PixelSize(width: 80, height: 60),
      at: [(0, 0), (79, 0), (0, 59), (79, 59)])
  }

  @Test("a first frame outside sets the canvas size, too", arguments: [(80, 0), (0, 60), (80, 60), (300, 2)])
  func outsideFirstFrame(corner: (Int, Int)) throws {
    let file = HandmadeGIF.file((80, 60), [Frame(40, 30, at: corner.0, corner.1)])
    try requireRed(file, size: PixelSize(width: 40, height: 30), at: [(0, 0), (39, 29)])
  }

  @Test(
    "a first frame partly outside shows the part within the screen",
    arguments: [1, 20, 40, 79].flatMap { x in [1, 15, 30, 59].map { (x, $0) } } + [
      (0, 1), (0, 59), (1, 0), (79, 0),
    ])
  func partlyOutside(corner: (Int, Int)) throws {
    let file = HandmadeGIF.file((80, 60), [Frame(80, 60, at: corner.0, corner.1)])
    try requireRed(file, size: PixelSize(width: 80, height: 60), at: [corner, (79, 59)])
    #expect(try pixel(prepare(file), 0, 0)[3] == 0)
  }

  @Test(
    "pixels that no frame covers are transparent, whatever the screen size",
    arguments: [(80, 60), (640, 480), (640, 512), (800, 600), (1_024, 768), (2_100, 40), (65, 2_049)])
  func smallerFirstFrame(screen: (Int, Int)) throws {
    let file = HandmadeGIF.file(screen, [Frame(40, 30, at: 20, 5)])
    let result = try prepare(file)
    #expect(result.size == PixelSize(width: screen.0, height: screen.1))
    #expect(try pixel(result, 0, 0)[3] == 0)
    #expect(try pixel(result, 20, 5) == Self.red + [255])
    #expect(try pixel(result, 59, 34) == Self.red + [255])
    let flat = try prepare(file) {
      ($0.format, $0.background) = (.jpeg, RGBColor(red: 0, green: 0, blue: 255))
    }
    #expect(isClose(try color(flat.bytes.array, x: 0, y: 0), [0, 0, 255], within: 4))
  }

  @Test("a first frame that fills the screen has no alpha channel")
  func filled() throws {
    let (_, _, bands) = try decodedPixels(prepare(HandmadeGIF.file((80, 60), [Frame(80, 60)])).bytes.array)
    #expect(bands == 3)
  }

  @Test(
    "a later frame is clipped to the canvas",
    arguments: [-1, 0, 30, 79, 80, 200].flatMap { x in [0, 10, 59, 300].map { (x, $0) } })
  func laterFrame(corner: (Int, Int)) throws {
    let (x, y) = (max(0, corner.0), corner.1)
    let later = corner.0 < 0 ? Frame(200, 100, at: 0, y, color: 2) : Frame(70, 50, at: x, y, color: 2)
    let file = HandmadeGIF.file((80, 60), [Frame(80, 60), later])
    let result = try prepare(file) { $0.page = 2 }
    #expect(result.size == PixelSize(width: 80, height: 60))
    if x < 80, y < 60 { #expect(try pixel(result, x, y) == HandmadeGIF.palette[2] + [255]) }
    if x > 0 || y > 0 { #expect(try pixel(result, 0, 0) == Self.red + [255]) }
  }

  @Test(
    "an interlaced frame that is clipped has its rows in order",
    arguments: [1, 2], [(0, 31), (20, 1), (79, 59)])
  func interlaced(page: Int, corner: (Int, Int)) throws {
    var frame = Frame(80, 60, at: corner.0, corner.1)
    frame.isInterlaced = true
    let file = HandmadeGIF.file((80, 60), (page == 1 ? [] : [Frame(80, 60, color: 0)]) + [frame])
    let result = try prepare(file) { $0.page = page }
    #expect(result.size == PixelSize(width: 80, height: 60))
    for row in corner.1..<60 {
      let color = HandmadeGIF.palette[(row - corner.1) % 2 == 0 ? 1 : 2]
      #expect(try pixel(result, 79, row) == color + [255], "row \(row)")
    }
  }

  @Test("a disposed frame is cleared to transparent, not painted over", arguments: [2, 3, 4])
  func removal(disposal: Int) throws {
    var first = Frame(80, 60)
    first.disposal = disposal
    let file = HandmadeGIF.file(
      (80, 60), [first, Frame(40, 30, color: 2), Frame(8, 6, at: 72, 54, color: 3)])
    let second = try prepare(file) { $0.page = 2 }
    #expect(try pixel(second, 0, 0) == HandmadeGIF.palette[2] + [255])
    #expect(try pixel(second, 79, 59)[3] == 0)
    let third = try prepare(file) { $0.page = 3 }
    #expect(try pixel(third, 0, 0) == HandmadeGIF.palette[2] + [255])
    #expect(try pixel(third, 79, 59) == HandmadeGIF.palette[3] + [255])
    #expect(try pixel(third, 79, 0)[3] == 0)
  }
}

@Suite("Truncated or damaged GIFs")
struct BrokenGIFTests {
  private static let screen = (width: 40, height: 30)
  private static let start = HandmadeGIF.head(screen) + HandmadeGIF.block(Frame(40, 30))
  private static let second = HandmadeGIF.block(Frame(40, 30, color: 2))
  private static let whole = start + second + [HandmadeGIF.trailer]

  private func requireFirst(_ file: [UInt8], _ what: String) throws {
    let result = try prepare(file)
    #expect(result.warnings.contains(.endMissing), "\(what)")
    #expect(result.steps.contains { $0.kind == .repair }, "\(what)")
    let expected = [UInt8](repeating: 0, count: 40 * 30 * 3).enumerated().map { $0.offset % 3 == 0 ? 255 : 0 }
    #expect(try decodedPixels(result.bytes.array).pixels == expected.map(UInt8.init), "\(what)")
  }

  @Test("a GIF truncated after its first frame is that frame")
  func cutBehind() throws {
    for length in Self.start.count..<Self.whole.count {
      try requireFirst(Array(Self.whole[..<length]), "cut at \(length) of \(Self.whole.count)")
    }
  }

  @Test("a GIF with all pixels of its first frame is that frame", arguments: [1, 2])
  func cutEnd(count: Int) throws {
    try requireFirst(Array(Self.start.dropLast(count)), "\(count) bytes before the frame's end")
  }

  @Test("a GIF truncated within its first frame is refused, whatever follows")
  func cutWithin() {
    // The last bytes have hardly any pixels, only the codes that end them.
    for length in 6..<Self.start.count - 8 {
      let part = Array(Self.start[..<length])
      for file in [part, part + [0, 0, 0], part + Array("another file".utf8) + [0, 1]] {
        let result = try? prepare(file)
        #expect(result == nil, "cut at \(length), \(result?.warnings ?? [])")
      }
    }
  }

  /// Bytes that may follow the first frame.
  private static let damage: [[UInt8]] = {
    var state: UInt64 = 5
    let noise = (0..<12).map { _ in
      (0..<40).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 40) | 0x80
      }
    }
    var lacking = Frame(40, 30, color: 2)
    lacking.pixelCount = 500
    return noise + [
      whole, Array(whole.dropLast(9)), Array(whole.prefix(5)), [0], [0, 0, 0], [0x2C], [0x21], [0x21, 0xF9],
      [0x21, 0xF9, 4, 0, 0], [0x21, 0xFE, 200, 1], Array("text".utf8), [0xFF, 0xD8, 0xFF],
      HandmadeGIF.block(lacking) + [7], second.map { $0 ^ 0x55 }, [0x2C, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
  }()

  @Test("a GIF damaged after its first frame is that frame", arguments: damage.indices)
  func damagedBehind(row: Int) throws {
    try requireFirst(Self.start + Self.damage[row], "damage \(row)")
  }

  @Test("an incomplete frame before damage does not count")
  func pages() throws {
    var lacking = Frame(40, 30, color: 2)
    lacking.pixelCount = 500
    let file = Self.start + Self.second + HandmadeGIF.block(lacking) + [7]
    let result = try prepare(file) { $0.page = 2 }
    #expect(Array(try decodedPixels(result.bytes.array).pixels.prefix(3)) == [0, 160, 0])
    #expect(throws: PreparationError.self) { try prepare(file) { $0.page = 3 } }
  }

  @Test(
    "real GIFs without their last byte give the same picture",
    arguments: [
      "fields.gif", "animated.gif", "transparent.gif",
    ])
  func fixtures(name: String) throws {
    let file = try Samples.fixture(name)
    let (whole, part) = try (prepare(file), prepare(Array(file.dropLast())))
    #expect(try decodedPixels(part.bytes.array).pixels == decodedPixels(whole.bytes.array).pixels)
    #expect(part.warnings == whole.warnings + [.endMissing])
  }
}
