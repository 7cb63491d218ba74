import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

/// Faults that libjpeg warns about or fails on, although every viewer shows the whole picture.
@Suite struct `An intact picture in a faulty file` {
  static let jpegs = ["baseline", "progressive", "camera", "sampled410", "sampled411", "sampled440", "ycck"]

  private func fixture(_ name: String) throws -> [UInt8] { try Samples.fixture("\(name).jpg") }

  /// Expects a file to give the same as another one: unchanged, reduced, and encoded again.
  private func expectSame(_ file: [UInt8], as whole: [UInt8], _ name: String = "") throws {
    for change in [{ _ in }, { $0.maximumEdge = 30 }, { $0.format = .png }]
      as [(inout PreparationOptions) -> Void]
    {
      let (found, wanted) = (try prepare(file, change), try prepare(whole, change))
      #expect(found.bytes.array.hashValue == wanted.bytes.array.hashValue, "\(name)")
      #expect(found.isPassthrough == wanted.isPassthrough)
      #expect(found.steps.contains { $0.kind == .repair }, "\(name)")
    }
  }

  /// The offset of the first occurrence of a marker.
  private func place(of marker: UInt8, in file: [UInt8]) throws -> Int {
    try #require(file.firstRange(of: [0xFF, marker])?.lowerBound)
  }

  @Test(
    arguments: [[0, 0, 0], [0, 0, 63], [1, 63, 0], [0, 63, 0x10], [0, 63, 1], [63, 0, 0xFF]] as [[UInt8]])
  func `meaningless values in the scan header are repaired`(numbers: [UInt8]) throws {
    for name in ["baseline", "camera"] {
      let whole = try fixture(name)
      var file = whole
      let scan = try place(of: 0xDA, in: file)
      let end = scan + 2 + Int(file[scan + 2]) << 8 + Int(file[scan + 3])
      file.replaceSubrange(end - 3..<end, with: numbers)
      try expectSame(file, as: whole, name)
      #expect(try prepare(file).warnings.isEmpty)
    }
  }

  @Test(arguments: [[0, 0], [0, 2], [2, 1], [255, 255]] as [[UInt8]])
  func `an invalid JFIF version is repaired`(version: [UInt8]) throws {
    for name in ["baseline", "progressive"] {
      let whole = try fixture(name)
      var file = whole
      file.replaceSubrange(11..<13, with: version)
      try expectSame(file, as: whole, name)
    }
  }

  @Test func `an odd JFIF version beside a thumbnail is repaired`() throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 24, height: 16))
    let head = Array("JFIF\0".utf8) + [0, 2, 1, 0, 72, 0, 72]
    let file = Embedded.segment(0xE0, head + [2, 2] + [UInt8](repeating: 9, count: 12), in: plain)
    let read = try PictureStructure.read(PictureBytes(file))
    var meant = head
    meant.replaceSubrange(5..<7, with: [1, 1])
    #expect(read.cleaned(PictureBytes(file)).array == Embedded.segment(0xE0, meant + [0, 0], in: plain))
  }

  @Test(arguments: [0, 14]) func `an unknown color transform counts as YCbCr`(more: Int) throws {
    let plain = try Synthetic.jpeg(PixelSize(width: 64, height: 48))
    func adobe(_ transform: UInt8) -> [UInt8] {
      let payload = Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, transform]
      return Embedded.segment(0xEE, payload + [UInt8](repeating: 0, count: more), in: plain)
    }
    for transform in [2, 3, 255] as [UInt8] { try expectSame(adobe(transform), as: adobe(1)) }
    var ycck = try fixture("ycck")
    let whole = ycck
    ycck[try #require(ycck.firstRange(of: Array("Adobe".utf8))?.lowerBound) + 11] = 1
    try expectSame(ycck, as: whole)
  }

  @Test(arguments: [
    [0], [0xFF, 0], Array("junk".utf8), [UInt8](repeating: 0, count: 5_000), [0xFF, 0xFF, 0],
  ])
  func `stray bytes between segments are removed`(junk: [UInt8]) throws {
    for name in ["baseline", "progressive"] {
      let whole = try fixture(name)
      for marker in [0xDB, 0xC4, 0xDA] as [UInt8] {
        let at = try place(of: marker, in: whole)
        try expectSame(Array(whole[..<at]) + junk + Array(whole[at...]), as: whole, "\(name) \(marker)")
      }
    }
  }

  @Test func `endless stray bytes are not a picture`() throws {
    let whole = try fixture("baseline")
    let at = try place(of: 0xDB, in: whole)
    let junk = [UInt8](repeating: 7, count: 2_000_000)
    #expect(throws: PreparationError.self) { try prepare(Array(whole[..<at]) + junk + Array(whole[at...])) }
    // A segment with a wrong length hides what follows it.
    let length = whole[at + 3] - 9
    let wrong = Array(whole[..<(at + 3)]) + [length] + Array(whole[(at + 4)...])
    #expect(throws: PreparationError.self) { try prepare(wrong) }
  }

  @Test func `zeros or a line break before the end marker do no harm`() throws {
    for name in ["baseline", "progressive", "sampled440"] {
      let whole = try fixture(name)
      let open = Array(whole.dropLast(2))
      for padding: [UInt8] in [[0], [0x0D, 0x0A], [0x0A]] {
        try expectSame(open + padding + [0xFF, 0xD9], as: whole, "\(name) \(padding)")
      }
      for count in [2, 9, 3_000] {
        try expectSame(open + [UInt8](repeating: 0, count: count) + [0xFF, 0xD9], as: whole, name)
      }
    }
  }

  /// Bytes after the pixels in place of the end marker.
  private static let tails: [[UInt8]] = [
    [], [0xFF], [0xFF, 0xFF, 0xFF], [UInt8](repeating: 0, count: 3_000), [0xFF, 0xD0, 0xFF, 0xD5],
    [0xFF, 0x05, 1],
    [0, 0, 1, 0x0A, 0x0E, 0, 0, 0] + Array("Image_UTC_Data1canary".utf8) + (0...255).map { UInt8($0) },
    Array("SEFHcanary".utf8) + [0xFF, 0xE1, 0, 9] + Array("canary".utf8) + [0xFF, 0xD8, 0xFF, 0xE0],
    [0xFF, 0xE1, 0xFF, 0xFF, 1], [0xFF, 0xC0, 0, 4, 8, 8], [0xFF, 0xDA, 0, 3, 1],
  ]

  @Test(.enabled(if: !isFastRun), arguments: jpegs)
  func `a missing end marker is added, whatever is in its place`(name: String) throws {
    let whole = try fixture(name)
    let cleaned = try PictureStructure.read(PictureBytes(whole)).cleaned(PictureBytes(whole)).array
    for tail in Self.tails {
      let file = Array(whole.dropLast(2)) + tail
      // To the byte: nothing of the tail is left, and nothing of the picture is missing.
      let read = try PictureStructure.read(PictureBytes(file))
      #expect(
        read.cleaned(PictureBytes(file)).array.hashValue == cleaned.hashValue, "\(name) \(tail.prefix(9))")
      try expectSame(file, as: whole, name)
      #expect(try prepare(file).warnings.contains(.endMissing))
      #expect(try prepare(file) { $0.allowsTruncated = true }.warnings.contains(.truncated) == false)
    }
  }

  @Test func `the samples are whole without their end marker`() throws {
    for path in [Samples.portrait, Samples.rocket] {
      let whole = try Samples.bytes(path)
      let end = try #require(whole.indices.dropLast().last { whole[$0] == 0xFF && whole[$0 + 1] == 0xD9 })
      #expect(try prepare(Array(whole[..<end])).bytes.array == prepare(whole).bytes.array)
    }
  }
}

@Suite struct `A picture that is cut within its pixels` {
  /// Cut at every byte, whatever follows the cut; in normal runs at every seventh byte and at the last forty.
  @Test(.enabled(if: !isFastRun), arguments: `An intact picture in a faulty file`.jpegs)
  func `a truncated picture stays refused`(name: String) throws {
    let whole = try Samples.fixture("\(name).jpg")
    let tails: [[UInt8]] = [
      [], [0xFF], [UInt8](repeating: 0, count: 3_000), Array("text, and a longer one".utf8),
      [0xFF, 0xD8],
    ]
    let maximum = whole.count - 2
    for length in 0..<maximum where isExtendedRun || length % 7 == 0 || length > maximum - 40 {
      for (number, tail) in tails.enumerated() {
        guard let found = try? PictureStructure.read(PictureBytes(Array(whole[..<length]) + tail)) else {
          continue
        }
        // Some bits of the last one or two bytes may come from the bytes after the cut.
        let missing = whole.count - 2 - length
        #expect(
          number > 1 && missing <= 3,
          "\(name): \(missing) bytes missing, then \(tail.prefix(4)); \(found.repairs)")
      }
    }
  }

  @Test func `a progressive picture without its last scans is refused`() throws {
    let whole = try Samples.fixture("progressive.jpg")
    let scans = whole.indices.dropLast().filter { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }
    #expect(scans.count > 4)
    for scan in scans {
      #expect(throws: PreparationError.self) { try prepare(Array(whole[..<scan])) }
    }
  }
}
