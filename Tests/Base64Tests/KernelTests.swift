import Base64
import Foundation
import TestSupport
import Testing
import Core

/// Every kernel that this CPU can run.
private let kernels = ["scalar", "ssse3", "avx2", "avx512", "neon"].compactMap(Base64.Kernel.init(named:))

@Suite struct `Base64 is the same on every processor` {
  @Test func `the scalar kernel always exists, an unknown one never does`() {
    #expect(Base64.Kernel(named: "scalar") != nil)
    #expect(Base64.Kernel(named: "abacus") == nil)
    #expect(kernels.contains(.best))
    #expect(Base64.Kernel.best == kernels.last)
  }

  #if os(Linux) && arch(x86_64)
    @Test(arguments: [("ssse3", " ssse3 "), ("avx2", " avx2 "), ("avx512", " avx512_vbmi ")])
    func `a kernel exists exactly if the CPU has its instructions`(name: String, flag: String) throws {
      let flags = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        .replacingOccurrences(of: "avx512vbmi", with: "avx512_vbmi")
      #expect((Base64.Kernel(named: name) != nil) == flags.contains(flag))
    }
  #endif

  @Test(arguments: [
    ("Zm9v\nYmFy\n", "foobar"), ("Zg", "f"), ("Zm8", "fo"), (" Z m 9 v ", "foo"),
    ("-_-_", "\u{FB}\u{FF}\u{BF}"),
  ])
  func `lenient decoding accepts line breaks and missing padding`(text: String, expected: String) throws {
    #expect(try Base64.decodeForgiving(text).array == expected.unicodeScalars.map { UInt8($0.value) })
    #expect(throws: Base64.DecodingError.self) { try Base64.decodeForgiving(text + "!") }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `the RFC 4648 test vectors encode and decode`(plain: String, text: String) throws {
    #expect(Base64.encode(PictureBytes(Array(plain.utf8))) == text)
    #expect(try Base64.decode(text).array == Array(plain.utf8))
  }

  /// All lengths up to 300, and lengths around every kernel's block and loop sizes, up to the size at which
  /// stores bypass the caches.
  private static let lengths =
    Array(0...300)
    + [384, 400, 512, 576, 768, 1_024, 4_096, 12_345, 65_536].flatMap { [$0 - 1, $0, $0 + 1, $0 + 2] }

  @Test(arguments: kernels.map(\.name))
  func `every length agrees with Foundation at page edges`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    for length in Self.lengths {
      let bytes = random(length, seed: UInt64(length))
      let expected = Array(Data(bytes).base64EncodedString().utf8)
      let text = atPageEdge(bytes, room: expected.count) { source, target in
        Base64.encode(source, into: target, kernel: kernel)
      }
      #expect(text == expected, "encoding \(length) bytes")
      let decoded = atPageEdge(expected, room: expected.count / 4 * 3) { source, target in
        (try? Base64.decode(source, into: target, kernel: kernel)) ?? 0
      }
      #expect(decoded == bytes, "decoding \(expected.count) characters")
    }
  }

  @Test(arguments: kernels.map(\.name))
  func `unpadded and URL-safe text is encoded and decoded`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    for length in 0...300 {
      let bytes = random(length, seed: UInt64(length) + 1)
      let standard = Data(bytes).base64EncodedString()
      let expected = Array(
        standard.utf8.map {
          $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        })
      let bare = Array(expected.prefix { $0 != UInt8(ascii: "=") })
      for padded in [true, false] {
        let wanted = padded ? expected : bare
        let text = atPageEdge(bytes, room: Base64.encodedLength(of: length, padded: padded)) {
          source, target in
          Base64.encode(source, into: target, alphabet: .urlSafe, padded: padded, kernel: kernel)
        }
        #expect(text == wanted, "\(length) bytes")
      }
      let decoded = atPageEdge(expected, room: expected.count / 4 * 3) { source, target in
        (try? Base64.decode(source, into: target, alphabet: .urlSafe, kernel: kernel)) ?? 0
      }
      #expect(decoded == bytes)
      var decoder = Base64ChunkDecoder(kernel: kernel)
      let forgiven = atPageEdge(bare, room: Base64ChunkDecoder.room(for: bare.count)) { source, target in
        guard let written = try? decoder.decode(source, into: target) else { return 0 }
        let rest = UnsafeMutableRawBufferPointer(rebasing: target[written...])
        return written + ((try? decoder.finish(into: rest)) ?? 0)
      }
      #expect(forgiven == bytes)
    }
  }

  @Test(.enabled(if: !isFastRun), arguments: kernels.map(\.name))
  func `text is decoded in place, from and to any offset`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    for length in [1, 11, 12, 23, 24, 47, 48, 95, 96, 191, 192, 193, 500, 3_000] {
      let bytes = random(length, seed: 5)
      var text = Array(Data(bytes).base64EncodedString().utf8)
      let written = try text.withUnsafeMutableBytes { room in
        try Base64.decode(UnsafeRawBufferPointer(room), into: room, kernel: kernel)
      }
      #expect(Array(text[..<written]) == bytes, "\(length) bytes")
    }
    // Above the size from which stores bypass the caches, which they can only do at aligned addresses.
    let large = random(5 << 20, seed: 9)
    let expected = Data(large).base64EncodedData()
    for offset in [0, 1, 3, 4, 63] {
      var room = [UInt8](repeating: 0, count: expected.count + 64)
      large.withUnsafeBytes { source in
        room.withUnsafeMutableBytes {
          _ = Base64.encode(
            source, into: UnsafeMutableRawBufferPointer(rebasing: $0[offset...]), kernel: kernel)
        }
      }
      let text = Data(room[offset...].prefix(expected.count))
      #expect(text == expected, "offset \(offset)")
    }
  }

  @Test(.enabled(if: !isFastRun), arguments: kernels.map(\.name))
  func `every byte outside the alphabet is reported at its position`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    // Every byte value in a short text; a few values in one that is longer than any kernel's loop iteration.
    let few: [UInt8] = [0, 0x20, 0x3D, 0x40, 0x5B, 0x7B, 0xFF]
    let runs = [(Base64.Alphabet.standard, "+/"), (.urlSafe, "-_")].flatMap {
      [($0.0, $0.1, 150, Array(UInt8.min...UInt8.max)), ($0.0, $0.1, 510, few)]
    }
    for (kind, tail, count, candidates) in runs {
      let bytes = PictureBytes(random(count, seed: 7))
      let good = Array(Base64.encode(bytes, alphabet: kind).utf8)
      let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(tail)".utf8)
      var room = [UInt8](repeating: 0, count: good.count)
      for position in good.indices {
        for byte in candidates where !alphabet.contains(byte) {
          var text = good
          text[position] = byte
          let error = #expect(throws: Base64.DecodingError.self) {
            _ = try text.withUnsafeBytes { source in
              try room.withUnsafeMutableBytes {
                try Base64.decode(source, into: $0, alphabet: kind, kernel: kernel)
              }
            }
          }
          // Padding is allowed at the very end. The error is then in the byte before or after it.
          let place = try #require(error).offset
          #expect(byte == UInt8(ascii: "=") ? abs(place - position) <= 3 : place == position)
        }
      }
    }
  }

  @Test(arguments: [
    ("Zg", 2), ("Zg=", 3), ("Zg==Zg==", 4), ("Zh==", 1), ("Zm9=", 2), ("=", 0), ("Z===", 1), ("Zm9v ", 4),
    ("Zm 9v", 2), ("Zm9v\n", 4), ("Zm9v=", 4), ("Zg=a", 3),
  ])
  func `invalid text is refused with the offset of the fault`(text: String, offset: Int) {
    #expect(throws: Base64.DecodingError(offset: offset)) { try Base64.decode(text) }
  }

  @Test func `chunks of any length encode and decode to the same bytes as the whole`() throws {
    let bytes = random(10_001, seed: 3)
    let expected = Array(Base64.encode(PictureBytes(bytes)).utf8)
    for chunk in [1, 2, 3, 4, 100, 1_023, 3_000, 9_999, 10_001, 100_000] {
      var encoder = Base64ChunkEncoder()
      var text: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: chunk) {
        text += bytes[start..<min(bytes.count, start + chunk)].withUnsafeBytes { encoder.text(of: $0) }
      }
      #expect(text + encoder.text() == expected, "chunks of \(chunk)")
      #expect(try decoded(expected, chunk: chunk) == bytes, "chunks of \(chunk)")
    }
  }

  private func decoded(_ text: [UInt8], chunk: Int) throws -> [UInt8] {
    var decoder = Base64ChunkDecoder()
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: Base64ChunkDecoder.room(for: chunk))
    for start in stride(from: 0, to: text.count, by: chunk) {
      let written = try room.withUnsafeMutableBytes { target in
        try text[start..<min(text.count, start + chunk)].withUnsafeBytes {
          try decoder.decode($0, into: target)
        }
      }
      bytes += room[..<written]
    }
    let last = try room.withUnsafeMutableBytes { try decoder.finish(into: $0) }
    return bytes + room[..<last]
  }

  @Test func `white space is skipped anywhere in the text`() throws {
    let bytes = random(2_000, seed: 4)
    let text = Array(Base64.encode(PictureBytes(bytes)).utf8)
    for every in [1, 3, 4, 64, 76] {
      var wrapped: [UInt8] = []
      for (position, character) in text.enumerated() {
        wrapped.append(character)
        if position % every == every - 1 {
          wrapped += [[0x0A], [0x0D, 0x0A], [0x20], [0x09, 0x0C]][position % 4]
        }
      }
      for chunk in [1, 7, 500, 100_000] { #expect(try decoded(wrapped, chunk: chunk) == bytes) }
    }
  }

  @Test(arguments: [
    ("Z", 1), ("Zm9vZ", 5), ("Zg=", 3), ("Zm8==", 4), ("=", 0), ("Zm9v=", 4), ("Zg==Zg", 4), ("Zm\u{B}9v", 2),
    ("Zm9v Zm9v\0", 9),
  ])
  func `text that even lenient decoding refuses is reported with its offset`(text: String, offset: Int) {
    #expect(throws: Base64.DecodingError(offset: offset)) { try Base64.decodeForgiving(text) }
  }

  @Test func `lenient decoding ignores nonzero unused bits`() throws {
    #expect(try Base64.decodeForgiving("Zh==").array == Array("f".utf8))
    #expect(try Base64.decodeForgiving("Zm9vYh").array == Array("foob".utf8))
  }
}

@Suite struct `Data URIs` {
  @Test func `a data URI that is printed parses to the same picture`() throws {
    let uri = DataURI(mediaType: .png, bytes: PictureBytes(random(1_000, seed: 1)))
    #expect(uri.text.hasPrefix("data:image/png;base64,"))
    #expect(uri.text.utf8.count == uri.length)
    let parsed = try DataURI(parsing: uri.text)
    #expect(parsed.mediaType == .png)
    #expect(parsed.bytes.array == uri.bytes.array)
  }

  @Test func `parameters and letter case do not matter`() throws {
    let uri = try DataURI(parsing: "DATA:Image/JPEG;name=a.jpg;BASE64,Zm9v")
    #expect(uri.mediaType == .jpeg)
    #expect(uri.bytes.array == Array("foo".utf8))
  }

  @Test func `other URIs, other encodings, and bad Base64 give different errors`() {
    #expect(throws: DataURI.ParsingError.notADataURI) { try DataURI(parsing: "https://example.com/a.png") }
    #expect(throws: DataURI.ParsingError.notADataURI) { try DataURI(parsing: "data:image/png;base64") }
    #expect(throws: DataURI.ParsingError.notBase64) { try DataURI(parsing: "data:text/plain,hello") }
    #expect(throws: DataURI.ParsingError.badText(offset: 27)) {
      try DataURI(parsing: "data:image/png;base64,Zm9vY!==")
    }
  }
}

private func random(_ count: Int, seed: UInt64) -> [UInt8] {
  var state = seed &+ 0x1234_5678_9ABC_DEF1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(state >> 56)
  }
}
