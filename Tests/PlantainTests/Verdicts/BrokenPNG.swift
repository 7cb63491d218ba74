import TestSupport

private struct PNGParts {
  struct Chunk {
    var name: String
    var payload: [UInt8]
    /// XORed into the last byte of the checksum.
    var fault: UInt8 = 0

    var bytes: [UInt8] {
      let body = Array(name.utf8) + payload
      var sum = CRC.of(body)
      sum[3] ^= fault
      return [24, 16, 8, 0].map { UInt8(payload.count >> $0 & 255) } + body + sum
    }
  }

  var chunks: [Chunk] = []

  init(_ file: [UInt8]) {
    var at = 8
    while at + 12 <= file.count {
      let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[at + 4..<at + 8], as: UTF8.self)
      chunks.append(Chunk(name: name, payload: Array(file[at + 8..<at + 8 + length])))
      at += 12 + length
    }
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  var bytes: [UInt8] { Self.signature + chunks.flatMap(\.bytes) }

  func changing(_ name: String, _ change: (inout Chunk) -> Void) -> [UInt8] {
    var copy = self
    if let at = chunks.firstIndex(where: { $0.name == name }) { change(&copy.chunks[at]) }
    return copy.bytes
  }

  /// The file with more chunks before the first one of that name.
  func adding(_ more: [Chunk], before name: String) -> [UInt8] {
    var copy = self
    copy.chunks.insert(contentsOf: more, at: chunks.firstIndex { $0.name == name } ?? 0)
    return copy.bytes
  }
}

extension BrokenFile {
  static func pngs() throws -> [BrokenFile] {
    try ["soft", "palette", "animated", "interlaced-33x17"].flatMap { name in
      let file = try Samples.fixture("\(name).png")
      let chunked = Set(PNGParts(file).chunks.map(\.name)).sorted().flatMap { chunk(name, $0, file) }
      return usual(name, file) + repaired(name, file) + chunked
    } + extra(try Samples.fixture("soft.png"))
  }

  /// Damage under a valid checksum.
  private static func repaired(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    (1...16).map { file.count * $0 / 17 }.map { at in
      BrokenFile(
        "\(name) byte \(at) and its checksum",
        HandmadePNG.repairingChecksums(replacing(file, at, [file[at] ^ 0x5A])))
    }
  }

  private static func chunk(_ name: String, _ chunk: String, _ file: [UInt8]) -> [BrokenFile] {
    let png = PNGParts(file)
    var all = [
      BrokenFile("\(name) wrong checksum of \(chunk)", png.changing(chunk) { $0.fault = 1 }),
      BrokenFile("\(name) empty \(chunk)", png.changing(chunk) { $0.payload = [] }),
      BrokenFile("\(name) short \(chunk)", png.changing(chunk) { $0.payload = $0.payload.dropLast(3) }),
      BrokenFile("\(name) long \(chunk)", png.changing(chunk) { $0.payload += [0, 0, 0] }),
      BrokenFile("\(name) \(chunk) by another name", png.changing(chunk) { $0.name = "abCd" }),
    ]
    if let first = png.chunks.first(where: { $0.name == chunk }) {
      all.append(BrokenFile("\(name) twice \(chunk)", png.adding([first], before: chunk)))
    }
    guard let at = file.firstRange(of: Array(chunk.utf8))?.lowerBound else { return all }
    for length in [[0xFF, 0xFF, 0xFF, 0xFF], [0x40, 0, 0, 0], [0, 0, 0, 1]] as [[UInt8]] {
      all.append(BrokenFile("\(name) length \(length) of \(chunk)", replacing(file, at - 4, length)))
    }
    return all
  }

  private static func extra(_ file: [UInt8]) -> [BrokenFile] {
    let png = PNGParts(file)
    let bomb = [UInt8](repeating: 0, count: 3_000_000)
    let chunks: [(String, String, [UInt8])] = [
      ("a text", "tEXt", Array("Software\0x".utf8)), ("a time", "tIME", [7, 234, 1, 1, 0, 0, 0]),
      ("a broken profile", "iCCP", Array("p\0\0".utf8) + [1, 2, 3]), ("no profile", "iCCP", []),
      ("a profile of zeros", "iCCP", HandmadePNG.profile(bomb)), ("EXIF", "eXIf", [1, 2, 3]),
      ("an unknown critical chunk", "ABCD", [1]), ("an unknown chunk", "abCD", [1]),
      ("gamma 0", "gAMA", [0, 0, 0, 0]),
      ("HDR", "cICP", [9, 16, 0, 1]), ("a short cICP", "cICP", [9]), ("a palette", "PLTE", [1, 2, 3]),
      ("transparency", "tRNS", [0, 1, 0, 1, 0, 1]),
      ("a compressed text", "zTXt", Array("a\0\0".utf8) + [9, 9]),
    ]
    var all: [BrokenFile] = []
    for (title, name, payload) in chunks {
      for fault in [0, 1] as [UInt8] {
        let more = PNGParts.Chunk(name: name, payload: payload, fault: fault)
        let words = fault == 0 ? "" : ", its checksum wrong"
        all.append(BrokenFile("png with \(title)\(words)", png.adding([more], before: "IDAT")))
        if name != "iCCP" {
          all.append(BrokenFile("png with \(title) at its end\(words)", png.adding([more], before: "IEND")))
        }
      }
    }
    for (title, header) in [
      ("60,000 by 60,000", [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0]),
      ("0 by 24", [0, 0, 0, 0, 0, 0, 0, 24, 8, 2, 0, 0, 0]),
      ("32 by 25", [0, 0, 0, 32, 0, 0, 0, 25, 8, 2, 0, 0, 0]),
      ("32 by 23", [0, 0, 0, 32, 0, 0, 0, 23, 8, 2, 0, 0, 0]),
      ("16 bits", [0, 0, 0, 32, 0, 0, 0, 24, 16, 2, 0, 0, 0]),
      ("interlaced", [0, 0, 0, 32, 0, 0, 0, 24, 8, 2, 0, 0, 1]),
      ("filter 1", [0, 0, 0, 32, 0, 0, 0, 24, 8, 2, 0, 1, 0]),
    ] as [(String, [UInt8])] {
      all.append(BrokenFile("png \(title)", png.changing("IHDR") { $0.payload = header }))
    }
    return all
  }
}
