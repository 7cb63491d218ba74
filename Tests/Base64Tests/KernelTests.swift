import Base64
import Foundation
import Testing
import Vocabulary

/// Every kernel that this machine has.
private let kernels = ["scalar", "avx2"].compactMap(Base64.Kernel.init(named:))

@Suite struct `Base64 kernels` {
  @Test func `the scalar kernel is always there, an unknown one never`() {
    #expect(Base64.Kernel(named: "scalar") != nil)
    #expect(Base64.Kernel(named: "abacus") == nil)
    #expect(kernels.contains(.best))
    #expect(Base64.Kernel.best == kernels.last)
  }

  #if os(Linux) && arch(x86_64)
    @Test func `a CPU with AVX2 has its kernel tested`() throws {
      let flags = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      #expect((Base64.Kernel(named: "avx2") != nil) == flags.contains(" avx2 "))
    }
  #endif

  @Test(arguments: [
    ("Zm9v\nYmFy\n", "foobar"), ("Zg", "f"), ("Zm8", "fo"), (" Z m 9 v ", "foo"),
    ("-_-_", "\u{FB}\u{FF}\u{BF}"),
  ])
  func `replies are read as they come`(text: String, expected: String) throws {
    #expect(try Base64.decodeForgiving(text).array == expected.unicodeScalars.map { UInt8($0.value) })
    #expect(throws: Base64.DecodingError.self) { try Base64.decodeForgiving(text + "!") }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `the vectors of RFC 4648`(plain: String, text: String) throws {
    #expect(Base64.encode(PictureBytes(Array(plain.utf8))) == text)
    #expect(try Base64.decode(text).array == Array(plain.utf8))
  }

  @Test(arguments: kernels.map(\.name))
  func `every length to 300 agrees with Foundation, at page edges`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    for length in 0...300 {
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
  func `every byte that is not in the alphabet is found where it is`(name: String) throws {
    let kernel = try #require(Base64.Kernel(named: name))
    let good = Array(Data(random(150, seed: 7)).base64EncodedString().utf8)
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for position in good.indices {
      for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
        var text = good
        text[position] = byte
        let error = #expect(throws: Base64.DecodingError.self) {
          var room = [UInt8](repeating: 0, count: text.count)
          _ = try text.withUnsafeBytes { source in
            try room.withUnsafeMutableBytes { try Base64.decode(source, into: $0, kernel: kernel) }
          }
        }
        // Padding may stand at the very end; then what follows or precedes it is wrong, next to it.
        let place = try #require(error).offset
        #expect(byte == UInt8(ascii: "=") ? abs(place - position) <= 3 : place == position)
      }
    }
  }

  @Test(arguments: [
    ("Zg", 2), ("Zg=", 3), ("Zg==Zg==", 4), ("Zh==", 1), ("Zm9=", 2), ("=", 0), ("Z===", 1), ("Zm9v ", 4),
    ("Zm 9v", 2), ("Zm9v\n", 4), ("Zm9v=", 4), ("Zg=a", 3),
  ])
  func `bad text is refused with the place of the fault`(text: String, offset: Int) {
    #expect(throws: Base64.DecodingError(offset: offset)) { try Base64.decode(text) }
  }

  @Test func `pieces make the same text as the whole`() {
    let bytes = PictureBytes(random(10_001, seed: 3))
    for chunk in [1, 3, 4, 100, 3_000, 9_999, 10_001, 100_000] {
      var encoder = Base64ChunkEncoder(bytes, chunk: chunk)
      var text: [UInt8] = []
      while encoder.nextLength > 0 {
        let length = encoder.nextLength
        text += [UInt8](unsafeUninitializedCapacity: length) { room, count in
          count = encoder.encodeNext(into: UnsafeMutableRawBufferPointer(room))
        }
      }
      #expect(String(decoding: text, as: UTF8.self) == Base64.encode(bytes))
      #expect(encoder.remainingLength == 0)
    }
  }
}

@Suite struct `Data URIs` {
  @Test func `print and parse`() throws {
    let uri = DataURI(mediaType: .png, bytes: PictureBytes(random(1_000, seed: 1)))
    #expect(uri.text.hasPrefix("data:image/png;base64,"))
    #expect(uri.text.utf8.count == uri.length)
    let parsed = try DataURI(parsing: uri.text)
    #expect(parsed.mediaType == .png)
    #expect(parsed.bytes.array == uri.bytes.array)
  }

  @Test func `parameters and case do not matter`() throws {
    let uri = try DataURI(parsing: "DATA:Image/JPEG;name=a.jpg;BASE64,Zm9v")
    #expect(uri.mediaType == .jpeg)
    #expect(uri.bytes.array == Array("foo".utf8))
  }

  @Test func `what is none is told apart`() {
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
