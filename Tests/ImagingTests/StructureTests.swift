import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

private func structure(_ bytes: [UInt8]) throws -> PictureStructure {
  try PictureStructure.read(PictureBytes(bytes))
}

@Suite struct `What a file's structure says` {
  @Test func `the sample photographs are read`() throws {
    let portrait = try structure(Samples.bytes(Samples.portrait))
    #expect(portrait.format == .jpeg)
    #expect(portrait.size == PixelSize(width: 512, height: 384))
    #expect(portrait.uprightSize == PixelSize(width: 384, height: 512))
    #expect(portrait.orientation == 6)
    #expect(portrait.metadata == [.exif, .gps])
    #expect(portrait.hasReducedChroma)

    let rocket = try structure(Samples.bytes(Samples.rocket))
    #expect(rocket.metadata == [.comment])
    let profile = ICCProfile(try #require(rocket.profile))
    #expect(profile.name == "Adobe RGB (1998)")
    #expect(!profile.isSRGB)

    let coffee = try structure(Samples.bytes(Samples.coffee))
    #expect(coffee.format == .png)
    #expect(coffee.metadata == [.time])
  }

  @Test(arguments: 1...8)
  func `the orientation is read in either byte order`(orientation: Int) throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 20, height: 10))
    for bigEndian in [true, false] {
      let file = Embedded.oriented(orientation, jpeg: jpeg, bigEndian: bigEndian)
      #expect(try structure(file).orientation == orientation)
    }
  }

  @Test(arguments: [0, 9, 255])
  func `an invalid orientation counts as upright`(orientation: Int) throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 20, height: 10))
    #expect(try structure(Embedded.oriented(orientation, jpeg: jpeg)).orientation == 1)
  }

  @Test func `metadata is removed and the compressed pixels stay`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 40, height: 30))
    var file = Embedded.segment(0xFE, Array("a secret comment".utf8), in: plain)
    file = Embedded.segment(0xED, Array("Photoshop 3.0\0 secret caption".utf8), in: file)
    file = Embedded.segment(0xEB, Array("JP secret credentials".utf8), in: file)
    file = Embedded.oriented(1, jpeg: file) + Array("secret trailer".utf8)
    let read = try structure(file)
    #expect(read.metadata == [.exif, .c2pa, .iptc, .comment, .trailing])
    #expect(read.cleaned(PictureBytes(file)).array == plain)
  }

  @Test func `PNG chunks that are not part of the picture are removed`() throws {
    let plain = try Synthetic.png(PixelSize(width: 40, height: 30))
    var file = Embedded.chunk("tEXt", Array("Author\0secret".utf8), in: plain)
    file = Embedded.chunk("eXIf", Embedded.exif(orientation: 3), in: file)
    file = Embedded.chunk("acTL", [0, 0, 0, 1, 0, 0, 0, 0], in: file)
    let read = try structure(file)
    #expect(read.metadata == [.animation, .exif, .text])
    #expect(read.orientation == 3)
    #expect(read.cleaned(PictureBytes(file)).array == plain)
  }

  @Test func `a file without private blocks is returned without a copy`() throws {
    let bytes = PictureBytes(try Synthetic.jpeg(PixelSize(width: 40, height: 30)))
    #expect(try PictureStructure.read(bytes).cleaned(bytes) === bytes)
  }

  @Test func `WebP loses its EXIF chunk and the flag that announces it`() throws {
    let plain = try Synthetic.webp(PixelSize(width: 40, height: 30))
    let extended = WebPFile.extended(plain, exif: Embedded.exif(orientation: 6), width: 40, height: 30)
    let read = try structure(extended)
    #expect(read.orientation == 6)
    #expect(read.metadata == [.exif])
    let cleaned = read.cleaned(PictureBytes(extended)).array
    let again = try structure(cleaned)
    #expect(again.metadata.isEmpty)
    #expect(again.size == PixelSize(width: 40, height: 30))
    #expect(cleaned[20] & 0x0C == 0)
    #expect(try decodedPixels(cleaned).pixels == decodedPixels(plain).pixels)
  }
}

private enum WebPFile {
  /// The same picture with an EXIF chunk and the flag that announces it.
  static func extended(_ file: [UInt8], exif: [UInt8], width: Int, height: Int) -> [UInt8] {
    let isExtended = file[12..<16].elementsEqual("VP8X".utf8)
    let header = chunk("VP8X", [0x08, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
    let body = Array("WEBP".utf8) + header + file[(isExtended ? 30 : 12)...] + chunk("EXIF", exif)
    return Array("RIFF".utf8) + little(body.count, 4) + body
  }

  private static func chunk(_ name: String, _ payload: [UInt8]) -> [UInt8] {
    Array(name.utf8) + little(payload.count, 4) + payload + (payload.count % 2 == 1 ? [0] : [])
  }

  private static func little(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(number >> (8 * $0) & 255) }
  }
}

@Suite struct `Bad files are refused before a decoder sees them` {
  @Test func `every truncation of a small JPEG, PNG, and WebP is refused`() throws {
    let size = PixelSize(width: 24, height: 16)
    // A file with all of its pixels gets its end. In a PNG that is 12 bytes, after the 4 of the pixel chunk's
    // checksum.
    for (file, end) in [
      (try Synthetic.jpeg(size), 2), (try Synthetic.png(size), 16), (try Synthetic.webp(size), 0),
    ] {
      for length in 0..<file.count - end {
        #expect(throws: ImagingError.self, "cut at \(length) of \(file.count)") {
          try structure(Array(file[..<length]))
        }
      }
    }
  }

  @Test(arguments: 0...30)
  func `a color profile segment of any length is accepted`(length: Int) throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 24, height: 16))
    let payload = Array(
      (Array("ICC_PROFILE\0\u{1}\u{1}".utf8) + Array(repeating: 7, count: 30)).prefix(length))
    #expect(try structure(Embedded.segment(0xE2, payload, in: plain)).size.width == 24)
  }

  @Test func `headers that contradict the specification are refused`() {
    let row = [UInt8](repeating: 0, count: 64)
    let profile = [("iCCP", HandmadePNG.profile([1, 2, 3])), ("iCCP", HandmadePNG.profile([1, 2, 3]))]
    let bad = [
      HandmadePNG.file(width: 4, bits: 3, kind: 2, rows: [row]),
      HandmadePNG.file(width: 4, bits: 8, kind: 5, rows: [row]),
      HandmadePNG.file(width: 4, bits: 8, kind: 3, rows: [row]),
      HandmadePNG.file(width: 0, bits: 8, kind: 2, rows: [row]),
      HandmadePNG.file(width: 4, bits: 8, kind: 2, rows: [row], before: profile),
    ]
    for file in bad { #expect(throws: ImagingError.self) { try structure(file) } }
  }

  @Test func `damage in valid chunks never ends the process`() throws {
    var state: UInt64 = 7
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let adobe = try #require(try structure(Samples.bytes(Samples.rocket)).profile)
    let row = [UInt8](repeating: 0, count: 12)
    for _ in 0..<3_000 {
      var (profile, exif) = (adobe, Embedded.exif(orientation: 6, bigEndian: next() % 2 == 0))
      for _ in 0..<4 { profile[next() % 300] = UInt8(next() & 255) }
      for _ in 0..<3 { exif[next() % exif.count] = UInt8(next() & 255) }
      let file = HandmadePNG.file(
        width: 4, bits: 8, kind: 2, rows: [row],
        before: [("iCCP", HandmadePNG.profile(profile)), ("eXIf", exif)])
      let read = try structure(file)
      if let kept = read.profile { _ = (ICCProfile(kept).isSRGB, ICCProfile(kept).name) }
    }
  }

  @Test func `a JFIF thumbnail is removed and the marker stays`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 24, height: 16))
    let head = Array("JFIF\0".utf8) + [1, 2, 1, 0, 72, 0, 72]
    let file = Embedded.segment(0xE0, head + [2, 2] + [UInt8](repeating: 9, count: 12), in: plain)
    let read = try structure(file)
    #expect(read.metadata == [.thumbnail])
    #expect(read.cleaned(PictureBytes(file)).array == Embedded.segment(0xE0, head + [0, 0], in: plain))
  }

  @Test func `fill bytes before a marker stay`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 24, height: 16))
    let filled = PictureBytes(Array(plain[..<2]) + [0xFF, 0xFF, 0xFF] + plain[2...])
    #expect(try PictureStructure.read(filled).cleaned(filled) === filled)
  }

  @Test func `no random damage of a header ends the process`() throws {
    let size = PixelSize(width: 24, height: 16)
    var state: UInt64 = 42
    for file in [try Synthetic.jpeg(size), try Synthetic.png(size), try Synthetic.webp(size)] {
      for _ in 0..<2_000 {
        var damaged = file
        for _ in 0..<3 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          damaged[Int(state >> 33) % min(400, damaged.count)] = UInt8(truncatingIfNeeded: state >> 24)
        }
        if let read = try? structure(damaged) { _ = read.cleaned(PictureBytes(damaged)).count }
      }
    }
  }

  @Test func `a wrong PNG checksum is reported`() throws {
    var file = try Synthetic.png(PixelSize(width: 24, height: 16))
    file[file.count - 20] ^= 1
    guard case .damaged(let why)? = #expect(throws: ImagingError.self, performing: { try structure(file) })
    else {
      Issue.record("expected `damaged`")
      return
    }
    #expect(why.contains("IDAT"))
  }

  @Test func `a PNG chunk that claims a gigabyte is refused`() throws {
    var file = try Synthetic.png(PixelSize(width: 24, height: 16))
    file.replaceSubrange(33..<37, with: [0x40, 0, 0, 0])
    #expect(throws: ImagingError.self) { try structure(file) }
  }

  @Test(arguments: [
    ("<!DOCTYPE html><html>", "HTML"), ("hello world, I am text", "text"), ("\0\0\0\0\0\0\0\0", "zeros"),
  ])
  func `content that is not a picture is named`(content: String, word: String) {
    guard
      case .notAPicture(let what)? = #expect(
        throws: ImagingError.self, performing: { try structure(Array(content.utf8)) })
    else {
      Issue.record("expected `notAPicture`")
      return
    }
    #expect(what.contains(word))
  }

  @Test func `known formats that are not supported are named`() {
    for (start, name) in [("BM..........", "BMP"), ("%PDF-1.7....", "PDF"), ("8BPS........", "Photoshop")] {
      guard
        case .unsupportedFormat(let format)? = #expect(
          throws: ImagingError.self, performing: { try structure(Array(start.utf8)) })
      else {
        Issue.record("expected `unsupportedFormat` for \(name)")
        continue
      }
      #expect(format.name == name)
    }
  }

  @Test func `the decoder refuses damage that the structure does not show`() throws {
    // Every length and checksum is right, but half of the compressed rows are missing.
    let size = PixelSize(width: 200, height: 200)
    let whole = try Synthetic.jpeg(size)
    let scan = try #require(whole.indices.dropLast().last { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA })
    let cut = Array(whole[..<(scan + (whole.count - scan) / 2)]) + [0xFF, 0xD9]
    #expect(try structure(cut).isComplete)
    #expect(throws: ImagingError.self) { try decodedPixels(cut) }
  }
}

@Suite struct `The declared size of a drawing` {
  @Test(arguments: [
    ("width='200' viewBox='0 0 100 50'", 200, 100), ("height='200' viewBox='0 0 100 50'", 400, 200),
    ("viewBox='0,0\n30\t20'", 30, 20), ("width='1in' height='25.4mm'", 96, 96),
    ("width=\"7\" height=\"9px\"", 7, 9), ("stroke-width='3' width='8' height='9'", 8, 9),
  ])
  func `the size comes from the drawing's attributes or its view box`(row: (String, Int, Int)) throws {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' \(row.0)></svg>"
    #expect(try structure(Array(svg.utf8)).size == PixelSize(width: row.1, height: row.2))
  }

  @Test(arguments: ["", "width='100%' height='50%'", "viewBox='0 0 0 0'", "width='-1' height='4'"])
  func `a drawing without a valid size is an error`(attributes: String) {
    let svg = "<svg \(attributes)></svg>"
    #expect(throws: ImagingError.self) { try structure(Array(svg.utf8)) }
  }
}
