import Base64
import Foundation
import Core

/// Fuzzes all kernels of this CPU, encoding and decoding, and compares them with Foundation.
@Sendable func fuzzBase64(_ bytes: UnsafeBufferPointer<UInt8>) {
  let input = Data(buffer: bytes)
  let kernels = ["scalar", "ssse3", "avx2", "avx512", "neon"].compactMap(Base64.Kernel.init(named:))
  for kernel in kernels {
    precondition(encoded(input, kernel) == input.base64EncodedData(), kernel.name)
    checkStrict(input, kernel)
    checkForgiving(input, kernel)
  }
}

private func encoded(_ bytes: Data, _ kernel: Base64.Kernel) -> Data {
  var text = Data(count: Base64.encodedLength(of: bytes.count))
  let written = text.withUnsafeMutableBytes { room in
    bytes.withUnsafeBytes { Base64.encode($0, into: room, kernel: kernel) }
  }
  return text.prefix(written)
}

private func checkStrict(_ text: Data, _ kernel: Base64.Kernel) {
  var room = [UInt8](repeating: 0, count: text.count / 4 * 3)
  let count = try? room.withUnsafeMutableBytes { room in
    try text.withUnsafeBytes { try Base64.decode($0, into: room, kernel: kernel) }
  }
  // Foundation accepts more than RFC 4648 allows. Text in the one canonical spelling is text that Foundation
  // would write.
  let expected = Data(base64Encoded: text).flatMap { $0.base64EncodedData() == text ? $0 : nil }
  precondition(count.map { Data(room.prefix($0)) } == expected, kernel.name)
}

/// Compares lenient decoding in chunks, whose length the first byte chooses, with decoding in one piece.
private func checkForgiving(_ text: Data, _ kernel: Base64.Kernel) {
  let chunk = Int(text.first ?? 0) % 97 + 1
  let expected = forgiven(text)
  precondition(decoded(text, by: chunk, kernel) == expected, "\(kernel.name) in chunks of \(chunk)")
  precondition(decoded(text, by: max(1, text.count), kernel) == expected, kernel.name)
}

private func decoded(_ text: Data, by chunk: Int, _ kernel: Base64.Kernel) -> Data? {
  var decoder = Base64ChunkDecoder(kernel: kernel)
  var bytes = Data()
  var rest = text[...]
  do {
    repeat {
      var room = [UInt8](repeating: 0, count: Base64ChunkDecoder.room(for: chunk))
      let piece = Data(rest.prefix(chunk))
      let count = try room.withUnsafeMutableBytes { room in
        try piece.withUnsafeBytes { try decoder.decode($0, into: room) }
      }
      bytes += room.prefix(count)
      rest = rest.dropFirst(chunk)
    } while !rest.isEmpty
    var room = [UInt8](repeating: 0, count: 2)
    let count = try room.withUnsafeMutableBytes { try decoder.finish(into: $0) }
    return bytes + room.prefix(count)
  } catch {
    return nil
  }
}

/// A reference implementation of forgiving-base64 decode (WHATWG Infra) for both alphabets, by the steps of
/// the specification.
func forgiven(_ text: Data) -> Data? {
  var letters = text.filter { ![0x09, 0x0A, 0x0C, 0x0D, 0x20].contains($0) }
  if letters.count % 4 == 0 {
    for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
  }
  letters = Data(
    letters.map {
      $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
    })
  guard letters.count % 4 != 1, letters.allSatisfy({ alphabet[Int($0)] }) else { return nil }
  // Foundation requires padding and allows any unused bits. Padding with "A" sets none of them.
  let missing = (4 - letters.count % 4) % 4
  let whole = letters + Data(repeating: UInt8(ascii: "A"), count: missing)
  return Data(base64Encoded: whole)?.dropLast(missing)
}

private let alphabet: [Bool] = {
  let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  return (0...255).map { letters.contains($0) }
}()

/// Fuzzes data URIs: what is parsed and printed must parse to the same.
@Sendable func fuzzDataURI(_ bytes: UnsafeBufferPointer<UInt8>) {
  let text = String(decoding: bytes, as: UTF8.self)
  for text in [text, "data:" + text, "data:image/png;base64," + text] {
    guard let uri = try? DataURI(parsing: text) else { continue }
    let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) ?? text.endIndex
    let payload = Data(text[comma...].utf8.dropFirst())
    precondition(forgiven(payload) == Data(uri.bytes.array))
    guard let again = try? DataURI(parsing: uri.text) else { preconditionFailure("it does not parse") }
    precondition(again.mediaType == uri.mediaType && again.bytes.array == uri.bytes.array)
    precondition(uri.text.utf8.count == uri.length)
  }
}
