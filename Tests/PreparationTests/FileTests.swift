import Foundation
import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

/// Compares pictures read from an open file, which are never in memory as a whole, with the same pictures in
/// memory.
@Suite struct `Pictures read from files` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// How much of a file is in memory at a time.
  private static let window = PictureContent.usualPortion

  private func file(_ bytes: [UInt8], as name: String = "picture") throws -> PictureContent {
    PictureContent(try PictureFile.open(try folder.write(bytes, as: name)))
  }

  /// All findings, or the error's message, and the bytes of the result.
  private struct Outcome: Equatable {
    let text: String
    var bytes: [UInt8] = []
  }

  private func found(in content: PictureContent, _ tolerance: DecodingTolerance = .strict) -> Outcome {
    do {
      let structure = try PictureStructure.read(content, tolerance: tolerance)
      return Outcome(text: "\(structure)", bytes: try structure.cleaned(content).read().array)
    } catch {
      return Outcome(text: "\(error)")
    }
  }

  private func expectTheSame(_ bytes: [UInt8], _ tolerance: DecodingTolerance = .strict) throws {
    let inFile = found(in: try file(bytes), tolerance)
    #expect(inFile == found(in: PictureContent(PictureBytes(bytes)), tolerance))
  }

  @Test func `a picture in a file gives the same result as in memory`() throws {
    var names = try Samples.fixtureNames().map { ($0, try Samples.fixture($0)) }
    names += try [Samples.portrait, Samples.rocket, Samples.coffee].map { ($0, try Samples.bytes($0)) }
    #expect(names.count > 20)
    for (name, bytes) in names {
      for change in Self.changes {
        var options = PreparationOptions()
        change(&options)
        let inFile = prepared(try file(bytes), options)
        #expect(inFile == prepared(PictureContent(PictureBytes(bytes)), options), "\(name)")
      }
    }
  }

  private static let changes: [@Sendable (inout PreparationOptions) -> Void] = [
    { _ in }, { $0.maximumEdge = 40 }, { $0.keepsCopyright = true }, { $0.allowsTruncated = true },
  ]

  private func prepared(_ source: PictureContent, _ options: PreparationOptions) -> Outcome {
    do {
      let result = try prepareReference(source, options: options)
      return Outcome(
        text: "\(result.steps) \(result.warnings)", bytes: try result.content.read().array)
    } catch {
      return Outcome(text: "\(error)")
    }
  }

  @Test func `the end of a JPEG may cross the border of what is in memory`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 160, height: 120))
    var padded = plain
    for _ in 0..<4 { padded = Embedded.segment(0xFE, [UInt8](repeating: 0, count: 60_000), in: padded) }
    for beyond in -20...20 {
      let rest = Self.window + beyond - padded.count - 4
      let file = Embedded.segment(0xFE, [UInt8](repeating: 0, count: rest), in: padded)
      #expect(file.count == Self.window + beyond)
      #expect(found(in: try self.file(file)).bytes == plain)
      try expectTheSame(file)
    }
  }

  /// A JPEG's head, then data that no decoder would accept, with every kind of marker that may occur in it.
  private func jpegOfMarkers(_ count: Int, seed: Int = 0, breaking broken: Int? = nil) throws -> [UInt8] {
    let plain = try Synthetic.jpeg(PixelSize(width: 64, height: 64))
    let scan = try #require(plain.firstRange(of: [0xFF, 0xDA]))
    let head = plain[..<(scan.upperBound + Int(plain[scan.upperBound + 1]))]
    var bytes = Array(head)
    for number in 0..<count {
      // In a pattern with a different alignment each time.
      bytes += [UInt8](repeating: 0x55, count: (number * number / 7 + seed) % 4)
      bytes += (number / 3 + seed) % 2 == 0 ? [0xFF, 0x00] : [0xFF]
      bytes += [0xFF, 0xD0 + UInt8((number == broken ? number + 1 : number) % 8)]
    }
    return bytes + [0xFF, 0xD9]
  }

  @Test func `a file is read the same however little of it is in memory`() throws {
    var files = try Samples.fixtureNames().map { try Samples.fixture($0) }
    files += try [Samples.portrait, Samples.rocket, Samples.coffee].map { try Samples.bytes($0) }
    for bytes in files {
      for end in Set([bytes.count, bytes.count - 1, bytes.count / 2, 700, 100, 1]) where end <= bytes.count {
        let part = Array(bytes[..<end])
        let whole = read(PictureContent(PictureBytes(part)), portion: .max)
        let (head, tail) = (PictureBytes(Array(part[..<(end / 3)])), PictureBytes(Array(part[(end / 3)...])))
        for portion in [1, 7, 64] {
          #expect(read(PictureContent([.memory(head), .memory(tail)]), portion: portion) == whole)
        }
      }
    }
  }

  private func read(_ content: PictureContent, portion: Int) -> String {
    do {
      return "\(try PictureStructure.read(content, tolerance: .lenient, portion: portion))"
    } catch {
      return "\(error)"
    }
  }

  @Test func `any number of fill bytes may precede a marker, but the number of markers is limited`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 20, height: 20))
    let filled = Array(plain[..<2]) + [UInt8](repeating: 0xFF, count: 600_000) + plain[2...]
    #expect(found(in: try file(filled)).text.contains("isComplete: true"))
    try expectTheSame(filled)
    let restarts = Array(plain[..<2]) + (0..<20_000).flatMap { _ in [0xFF, 0xD0] as [UInt8] } + plain[2...]
    #expect(found(in: try file(restarts)).text.contains("more than 10,000 JPEG segments"))
  }

  @Test func `restarts and fill bytes are followed through the whole file`() throws {
    for seed in 0..<8 {
      let file = try jpegOfMarkers(200_000, seed: seed)
      #expect(found(in: try self.file(file)).text.contains("isComplete: true"))
      try expectTheSame(file)
    }
    let broken = try jpegOfMarkers(200_000, breaking: 199_990)
    #expect(found(in: try file(broken)).text.contains("out of sequence"))
    try expectTheSame(broken)
  }

  @Test func `a file that ends anywhere near the border is truncated`() throws {
    let whole = try jpegOfMarkers(100_000)
    for end in Self.window - 20..<Self.window + 20 {
      try expectTheSame(Array(whole[..<end]))
      try expectTheSame(Array(whole[..<end]), .lenient)
    }
    let png = try Synthetic.png(PixelSize(width: 500, height: 300))
    #expect(png.count > Self.window + 20)
    for end in Self.window - 20..<Self.window + 20 {
      try expectTheSame(Array(png[..<end]))
      try expectTheSame(Array(png[..<end]), .lenient)
    }
  }

  @Test func `the creator is found across the border, in a PNG and in a JPEG`() throws {
    let text = Array("Author\0somebody".utf8)
    let png = Embedded.chunk("tEXt", text, in: try Synthetic.png(PixelSize(width: 20, height: 20)))
    for shift in 0..<40 {
      let rest = Self.window - 60 + shift
      let file = Embedded.chunk("tIME", [UInt8](repeating: 0, count: rest), in: png)
      #expect(found(in: try self.file(file)).text.contains("somebody"))
      try expectTheSame(file)
    }
    let jpeg = try Embedded.segment(
      0xED, [0x1C, 2, 80, 0, 8] + Array("somebody".utf8), in: Synthetic.jpeg(PixelSize(width: 20, height: 20))
    )
    var padded = jpeg
    for _ in 0..<4 { padded = Embedded.segment(0xFE, [UInt8](repeating: 0, count: 60_000), in: padded) }
    for shift in 0..<40 {
      let rest = Self.window - padded.count + jpeg.count - 40 + shift
      let file = Embedded.segment(0xFE, [UInt8](repeating: 0, count: rest), in: padded)
      #expect(found(in: try self.file(file)).text.contains("somebody"))
      try expectTheSame(file)
    }
  }

  @Test func `a chunk larger than any that is read is removed like others`() throws {
    let plain = try Synthetic.png(PixelSize(width: 20, height: 20))
    let large = Embedded.chunk(
      "iTXt", Array("XML:com.adobe.xmp\0".utf8) + [UInt8](repeating: 0x20, count: 17 << 20), in: plain)
    let content = try file(large)
    #expect(try PictureStructure.read(content).cleaned(content).read().array == plain)
  }

  @Test(arguments: ["jpg", "png"])
  func `a file that changes after inspection is refused`(kind: String) throws {
    let sizes = [PixelSize(width: 900, height: 900), PixelSize(width: 1_000, height: 800)]
    let (bytes, other) =
      kind == "png"
      ? (try Synthetic.png(sizes[0]), try Synthetic.png(sizes[1]))
      : (try Synthetic.jpeg(sizes[0]), try Synthetic.jpeg(sizes[1]))
    for edge in [nil, 100] {
      var options = PreparationOptions()
      options.maximumEdge = edge
      // Only the modification time changes; the second half is removed; or the file gets another picture.
      for change in ["time", "end", "all"] {
        let source = try file(bytes, as: "changing")
        let inspection = try inspectPicture(source, options: options)
        switch change {
        case "end": truncate(folder.file("changing"), off_t(bytes.count / 2))
        case "all": try folder.write(other, as: "changing")
        default: break
        }
        var times = [timeval(), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
        utimes(folder.file("changing"), &times)
        let error = #expect(throws: (any Error).self) {
          _ = try prepareReference(inspection).content.read()
        }
        #expect(
          "\(try #require(error))".contains("has changed"), "\(kind) \(String(describing: edge)) \(change)")
      }
    }
  }
}
