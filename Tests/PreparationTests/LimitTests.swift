import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite struct `Byte limits` {
  @Test(arguments: [10_000_000, 60_000, 25_000, 9_000, 3_000, 1_000], [MediaType.jpeg, .png, .webp])
  func `the result never exceeds the limit`(limit: Int, format: MediaType) throws {
    for size in [PixelSize(width: 500, height: 300), PixelSize(width: 40, height: 700)] {
      let file = try Synthetic.png(size)
      let result = try prepare(file) {
        $0.maximumBytes = ByteCount(limit)
        $0.format = format
      }
      #expect(result.bytes.count <= limit)
      #expect(try PictureStructure.read(result.bytes).size == result.size)
      // No quality is wasted: a result far under the limit has the best settings.
      if result.bytes.count < limit / 2 { #expect(result.size == size) }
    }
  }

  @Test func `a JPEG that is only too large loses quality before pixels`() throws {
    let size = PixelSize(width: 600, height: 400)
    let file = try Synthetic.jpeg(size, quality: 98)
    let result = try prepare(file) { $0.maximumBytes = ByteCount(file.count * 3 / 4) }
    #expect(result.size == size)
    #expect(result.bytes.count > file.count / 2)
    #expect(result.steps.map(\.kind) == [.quality])
  }

  @Test func `an opaque PNG that is too large becomes a JPEG`() throws {
    let size = PixelSize(width: 400, height: 300)
    let file = try Synthetic.png(size)
    let result = try prepare(file) { $0.maximumBytes = ByteCount(100_000) }
    #expect(result.mediaType == .jpeg)
    #expect(result.size == size)
    #expect(result.steps.map(\.kind).contains(.format))
  }

  @Test func `a transparent picture keeps its pixels in WebP where PNG would lose them`() throws {
    let size = PixelSize(width: 300, height: 200)
    let opaque = try decodedPixels(Synthetic.png(size)).pixels
    var pixels: [UInt8] = []
    for position in 0..<size.pixelCount {
      pixels += opaque[3 * position..<3 * position + 3]
      pixels.append(UInt8(position % 300 / 2))
    }
    let file = try Image.fromPixels(pixels, size: size, bands: 4).encoded(as: .png).array
    let limit = ByteCount(file.count / 4)
    let result = try prepare(file) { $0.maximumBytes = limit }
    #expect(result.mediaType == .webp)
    #expect(result.size == size)
    #expect(result.bytes.byteCount <= limit)
    #expect(try decodedPixels(result.bytes.array).bands == 4)
    // If the gateway does not accept WebP, pixels are reduced instead.
    let png = try prepare(file) {
      $0.maximumBytes = limit
      $0.acceptedFormats = [.jpeg, .png]
    }
    #expect(png.mediaType == .png)
    #expect(png.size.width < size.width)
  }

  @Test func `kept names count in the smallest size, too`() throws {
    let name = String(repeating: "n", count: 900)
    let exif =
      Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x3B, 1, 2, 0, 0x85, 3, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]
      + Array(name.utf8) + [0]
    let file = Embedded.segment(0xE1, exif, in: try Synthetic.jpeg(PixelSize(width: 64, height: 64)))
    let error = #expect(throws: PreparationError.self) {
      try prepare(file) {
        $0.keepsCopyright = true
        $0.maximumBytes = ByteCount(1_000)
      }
    }
    guard case .capNotReachable(let smallest, let limit)? = error else {
      Issue.record("expected `capNotReachable`, got \(String(describing: error))")
      return
    }
    #expect(smallest > limit)
  }

  @Test func `a limit that cannot be reached is an error with the smallest size`() throws {
    // 16×16 is the smallest size, and 1,024 random bytes do not compress.
    let size = PixelSize(width: 16, height: 16)
    var random = SystemRandomNumberGenerator()
    let pixels = (0..<1_024).map { _ in UInt8.random(in: 0...255, using: &random) }
    let file = try Image.fromPixels(pixels, size: size, bands: 4).encoded(as: .png).array
    let error = #expect(throws: PreparationError.self) {
      try prepare(file) {
        $0.maximumBytes = ByteCount(1_000)
        $0.format = .png
      }
    }
    guard case .capNotReachable(let smallest, let limit)? = error else {
      Issue.record("expected `capNotReachable`, got \(String(describing: error))")
      return
    }
    #expect(limit == ByteCount(1_000))
    #expect(smallest > limit)
  }
}

@Suite struct `Truncated pictures that are allowed` {
  @Test(arguments: [MediaType.jpeg, .png])
  func `the available part is used, encoded again, and marked`(format: MediaType) throws {
    let size = PixelSize(width: 300, height: 200)
    let whole = format == .jpeg ? try Synthetic.jpeg(size) : try Synthetic.png(size)
    for share in [0.5, 0.9, 1] {
      // Some pixels are missing: a picture without its end alone is whole.
      let cut = Array(whole.prefix(min(whole.count - 40, Int(Double(whole.count) * share))))
      #expect(throws: PreparationError.self) { try prepare(cut) }
      let result = try prepare(cut) { $0.allowsTruncated = true }
      #expect(result.size == size)
      #expect(result.warnings == [.truncated])
      #expect(!result.isPassthrough)
      #expect(result.steps.contains { $0.reason.contains("truncated") })
      #expect(try PictureStructure.read(result.bytes).isComplete)
      // The upper rows are there.
      let (before, after) = (try decodedPixels(whole).pixels, try decodedPixels(result.bytes.array).pixels)
      let rows = size.width * 3 * 40
      let difference = zip(before[..<rows], after[..<rows]).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Double(difference) / Double(rows) < 8)
    }
  }

  @Test func `a file without any pixels is still an error`() throws {
    let whole = try Synthetic.jpeg(PixelSize(width: 300, height: 200))
    for length in [2, 100, 300] {
      #expect(throws: PreparationError.self) {
        try prepare(Array(whole.prefix(length))) { $0.allowsTruncated = true }
      }
    }
  }
}

@Suite struct `Refused pictures and options` {
  @Test func `a picture over the pixel limit is refused before it is decoded`() throws {
    var bomb = try Synthetic.png(PixelSize(width: 8, height: 8))
    // 60,000 × 60,000 in the header, with a matching checksum.
    let header: [UInt8] = Array("IHDR".utf8) + [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0]
    bomb.replaceSubrange(12..<33, with: header + CRC.of(header))
    guard
      case .picture(.tooManyPixels(let size, let limit))? = #expect(
        throws: PreparationError.self, performing: { try prepare(bomb) })
    else {
      Issue.record("expected `tooManyPixels`")
      return
    }
    #expect(size == PixelSize(width: 60_000, height: 60_000))
    #expect(limit == 100_000_000)
  }

  @Test func `a picture at exactly the pixel limit passes, and one above it does not`() throws {
    let file = try Synthetic.jpeg(PixelSize(width: 30, height: 20))
    #expect(try prepare(file) { $0.maximumPixels = 600 }.isPassthrough)
    #expect(throws: PreparationError.self) { try prepare(file) { $0.maximumPixels = 599 } }
  }

  @Test func `an option out of range is refused with its value and the expected range`() throws {
    let file = try Synthetic.jpeg(PixelSize(width: 30, height: 20))
    let changes: [(inout PreparationOptions) -> Void] = [
      { $0.quality = 140 }, { $0.quality = 0 }, { $0.maximumEdge = 3 }, { $0.maximumBytes = ByteCount(999) },
      { $0.maximumBytes = ByteCount(10_000_001) }, { $0.maximumPixels = 0 },
      { $0.format = MediaType("image/gif") },
    ]
    for change in changes {
      guard
        case .invalidOption(let text)? = #expect(
          throws: PreparationError.self, performing: { try prepare(file, change) })
      else {
        Issue.record("expected `invalidOption`")
        continue
      }
      #expect(text.hasPrefix("expected "))
      #expect(text.contains("received "))
    }
  }
}
