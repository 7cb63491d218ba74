import Foundation
import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

@Suite("PNGs with a wrong checksum")
struct PNGChecksumTests {
  private let pixels = (0..<12).map { row in (0..<36).map { UInt8(row * 20 + $0) } }

  private func file(_ chunks: [(String, [UInt8])]) -> [UInt8] {
    HandmadePNG.file(width: 12, bits: 8, kind: 2, rows: pixels, before: chunks)
  }

  /// The file with the last bit of a chunk's checksum changed.
  private func damaging(_ name: String, in file: [UInt8]) throws -> [UInt8] {
    var file = file
    let start = try #require(file.firstRange(of: Array(name.utf8))).lowerBound
    let length = file[start - 4..<start].reduce(0) { $0 << 8 | Int($1) }
    file[start + 4 + length + 3] ^= 1
    return file
  }

  @Test(
    "a chunk that the picture does not need is left out, with a warning",
    arguments: [
      "tEXt", "zTXt", "iTXt", "tIME", "eXIf", "iCCP", "gAMA", "cHRM", "sRGB", "cICP", "pHYs", "bKGD", "sBIT",
      "caBX", "acTL", "prVt",
    ], [false, true])
  func leftOut(name: String, isDecoded: Bool) throws {
    // The chunk would matter if it were read: an orientation, a gamma of 1.
    let payload = name == "eXIf" ? Embedded.exif(orientation: 6) : [0, 1, 0x86, 0xA0] + Array("CANARY".utf8)
    let file = try damaging(name, in: file([(name, payload)]))
    let result = try prepare(file) { if isDecoded { $0.format = .webp } }
    #expect(result.isPassthrough == !isDecoded)
    #expect(result.size == PixelSize(width: 12, height: 12))
    #expect(result.warnings.contains(.dataDamaged))
    #expect(result.warnings.contains(.profileIgnored) == (name == "iCCP"))
    guard !isDecoded else { return }
    #expect(result.bytes.array == self.file([]))
  }

  @Test("a chunk that the picture needs is an error", arguments: ["IHDR", "PLTE", "IDAT", "tRNS"])
  func needed(name: String) throws {
    let chunks = [("PLTE", [UInt8](repeating: 9, count: 12)), ("tRNS", [0, 1, 0, 2, 0, 3])]
    let file = try damaging(name, in: file(chunks))
    guard
      case .picture(.damaged(let why))? = #expect(
        throws: PreparationError.self, performing: { try prepare(file) })
    else {
      Issue.record("expected `damaged`")
      return
    }
    #expect(why.contains(name))
  }
}

@Suite("EXIF in the text chunks of a PNG")
struct PNGRawProfileTests {
  private static let rows = (0..<12).map { row in (0..<60).map { UInt8(row * 9 + $0) } }
  private static let size = PixelSize(width: 20, height: 12)

  private func file(_ chunks: [(String, [UInt8])]) -> [UInt8] {
    HandmadePNG.file(width: 20, bits: 8, kind: 2, rows: Self.rows, before: chunks)
  }

  /// Hexadecimal text as ImageMagick writes it: 36 bytes per line.
  private func digits(_ block: [UInt8], name: String = "exif") -> [UInt8] {
    let lines = stride(from: 0, to: block.count, by: 36).map { start in
      block[start..<min(start + 36, block.count)].map { String(format: "%02x", $0) }.joined()
    }
    return Array("\n\(name)\n\(String(format: "%8d", block.count))\n\(lines.joined(separator: "\n"))\n".utf8)
  }

  private func chunk(
    _ name: String, _ keyword: String = "exif", orientation: Int = 6, hasHead: Bool = true,
    bigEndian: Bool = false
  ) -> (String, [UInt8]) {
    let exif = Embedded.exif(orientation: orientation, bigEndian: bigEndian)
    let text = digits((hasHead ? Array("Exif\0\0".utf8) : []) + exif, name: keyword)
    let head = Array("Raw profile type \(keyword)\0".utf8)
    return switch name {
    case "zTXt": ("zTXt", head + [0] + HandmadePNG.deflated(text))
    case "iTXt": ("iTXt", head + [0, 0, 0, 0] + text)
    case "compressed iTXt": ("iTXt", head + [1, 0] + Array("en\0Profil\0".utf8) + HandmadePNG.deflated(text))
    default: (name, head + text)
    }
  }

  @Test(
    "the orientation is applied", arguments: ["zTXt", "tEXt", "iTXt", "compressed iTXt"], ["exif", "APP1"])
  func applied(name: String, keyword: String) throws {
    for (hasHead, bigEndian) in [(true, false), (false, true)] {
      let file = file([chunk(name, keyword, hasHead: hasHead, bigEndian: bigEndian)])
      let result = try prepare(file)
      #expect(result.size == Self.size.transposed)
      #expect(result.geometry.orientation == 6)
      // The stored column 0 is the upright top row, from right to left.
      let (pixels, _, _) = try decodedPixels(result.bytes.array)
      #expect(Array(pixels[..<3]) == Array(Self.rows[11][..<3]))
    }
  }

  @Test("an eXIf chunk takes precedence, whichever comes first", arguments: [true, false])
  func precedence(isFirst: Bool) throws {
    let own = ("eXIf", Embedded.exif(orientation: 1))
    let text = chunk("zTXt")
    #expect(try prepare(file(isFirst ? [own, text] : [text, own])).size == Self.size)
  }

  @Test("invalid data in a text with EXIF is ignored")
  func nonsense() throws {
    let head = Array("Raw profile type exif\0".utf8)
    let xmp = digits(Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8))
    for text in [
      [], [0], [0, 0x78], Array("\nexif\n".utf8), Array("\nexif\n 4\n4".utf8), Array("\n\n\n\nzz".utf8), xmp,
    ] {
      for name in ["tEXt", "zTXt", "iTXt"] {
        #expect(try prepare(file([(name, head + text)])).isPassthrough)
      }
    }
  }

  @Test("only a limited number of texts with EXIF is read")
  func many() throws {
    let broken = ("zTXt", Array("Raw profile type exif\0\0".utf8) + HandmadePNG.deflated([1, 2, 3]))
    let chunks = [(String, [UInt8])](repeating: broken, count: 4) + [chunk("zTXt")]
    #expect(try prepare(file(chunks)).size == Self.size)
  }
}

@Suite("PNGs without their end")
struct PNGEndTests {
  private static let size = PixelSize(width: 200, height: 120)

  private func kinds() throws -> [[UInt8]] {
    let plain = try Synthetic.png(Self.size)
    return try [plain, Self.splitting(plain)]
      + ["interlaced-33x17", "soft", "palette"].map { try Samples.fixture("\($0).png") }
  }

  /// The file with its pixel data in several chunks.
  private static func splitting(_ png: [UInt8]) -> [UInt8] {
    var (file, at) = (Array(png[..<8]), 8)
    while at + 12 <= png.count {
      let length = png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let isData = png[at + 4..<at + 8].elementsEqual("IDAT".utf8)
      let payload = Array(png[at + 8..<at + 8 + length])
      let parts = isData ? [Array(payload[..<(length / 3)]), Array(payload[(length / 3)...])] : [payload]
      for part in parts {
        file +=
          [24, 16, 8, 0].map { UInt8(part.count >> $0 & 255) } + png[at + 4..<at + 8] + part + [0, 0, 0, 0]
      }
      at += 12 + length
    }
    return HandmadePNG.repairingChecksums(file)
  }

  @Test("a PNG with all of its pixels gets an end", arguments: [false, true])
  func ended(isDecoded: Bool) throws {
    for whole in try kinds() {
      let expected = try prepare(whole) { if isDecoded { $0.maximumEdge = 16 } }
      for missing in 1...16 {
        let part = try prepare(Array(whole.dropLast(missing))) { if isDecoded { $0.maximumEdge = 16 } }
        #expect(part.warnings == [.endMissing], "\(missing) bytes missing")
        #expect(part.steps.contains { $0.kind == .repair })
        #expect(part.isPassthrough == !isDecoded)
        #expect(part.bytes.array == expected.bytes.array, "\(missing) bytes missing")
      }
    }
  }

  @Test("chunks after the pixels may be truncated, too, and the end may be damaged")
  func behind() throws {
    let whole = try Synthetic.png(Self.size)
    let body = Array(whole.dropLast(12))
    let text = Array(Embedded.chunk("tEXt", Array("Comment\0CANARY".utf8), in: whole)[33..<59])
    var wrong = whole
    wrong[whole.count - 1] ^= 1
    let files: [[UInt8]] = [
      body + text, body + text.dropLast(3), body + text.prefix(9), body + [UInt8](repeating: 0, count: 20),
      body + whole, wrong, wrong + [1, 2, 3],
    ]
    for file in files {
      let result = try prepare(file)
      #expect(result.warnings == [.endMissing])
      #expect(result.bytes.array == whole)
    }
  }

  @Test("a PNG in a file gets an end, too")
  func inFile() throws {
    let folder = try TemporaryFolder()
    let whole = try Synthetic.png(Self.size)
    try Data(whole.dropLast(14)).write(to: URL(filePath: folder.file("a.png")))
    let content = PictureContent(try PictureFile.open(folder.file("a.png")))
    let result = try prepareReference(content, options: PreparationOptions())
    #expect(try result.content.read().array == whole)
    var options = PreparationOptions()
    options.maximumEdge = 50
    #expect(try prepareReference(content, options: options).size == PixelSize(width: 50, height: 30))
  }

  @Test("a PNG that lacks a pixel, or the checksum of its data, is refused")
  func cut() throws {
    let plain = try Synthetic.png(Self.size)
    for whole in [plain, Self.splitting(plain)] {
      for missing in 17...80 {
        let part = Array(whole.dropLast(missing))
        guard
          case .picture(.truncated)? = #expect(
            throws: PreparationError.self, performing: { try prepare(part) })
        else {
          Issue.record("expected `truncated` with \(missing) bytes missing")
          continue
        }
      }
    }
    let row = [UInt8](repeating: 90, count: 60)
    let short = HandmadePNG.file(
      width: 20, bits: 8, kind: 2, rows: [[UInt8]](repeating: row, count: 10), height: 20)
    for missing in [1, 12] {
      #expect(throws: PreparationError.self) { try prepare(Array(short.dropLast(missing))) }
      let taken = try prepare(Array(short.dropLast(missing))) { $0.allowsTruncated = true }
      #expect(taken.warnings == [.truncated])
    }
  }

  @Test("a header of any size does no harm")
  func hugeHeader() {
    for (width, bits) in [(0x7FFF_FFFF, UInt8(16)), (20, 8)] {
      let file = HandmadePNG.file(
        width: width, bits: bits, kind: 6, rows: [[UInt8](repeating: 0, count: 400)], height: 0x7FFF_FFFF)
      #expect(throws: PreparationError.self) { try prepare(Array(file.dropLast(12))) }
    }
  }
}
