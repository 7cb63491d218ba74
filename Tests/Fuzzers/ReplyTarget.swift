import Foundation
import Gateways
import Core

/// Reads a reply with its pictures lifted, in chunks and whole, and compares it with the same reply read by
/// Foundation's decoder. The first two bytes choose the chunk length and the length from which strings are
/// lifted.
@Sendable func fuzzReplies(_ bytes: UnsafeBufferPointer<UInt8>) {
  guard bytes.count > 2 else { return }
  let (chunk, threshold) = (Int(bytes[0]) + 1, Int(bytes[1]) % 70 + 1)
  let reply = [UInt8](bytes.dropFirst(2))
  let whole = lifted(reply, by: reply.count, threshold)
  let chunked = lifted(reply, by: chunk, threshold)
  precondition(whole.text == chunked.text)
  precondition(whole.values.map(\.bytes.array) == chunked.values.map(\.bytes.array))
  precondition(whole.values.map(\.characters) == chunked.values.map(\.characters))

  // Foundation may take a reply with zeros for UTF-16 or UTF-32, in which lifting never applies.
  guard !reply.contains(0) else { return }
  let expected = JSONValue(parsing: reply)
  let found = JSONValue(parsing: whole.text, lifted: whole)
  if let expected, let found {
    compare(expected, found)
  } else if expected == nil || !hasName(expected, of: threshold) {
    precondition(expected == nil && found == nil, "only one of the two readers finds JSON")
  }
}

/// Whether an object has a member name so long that it is lifted. Foundation ignores one of two members of
/// the same name, and the ignored one may be invalid. With marks in place of the names they have different
/// names.
private func hasName(_ value: JSONValue?, of length: Int) -> Bool {
  switch value {
  case .array(let elements): elements.contains { hasName($0, of: length) }
  case .object(let members):
    members.contains { $0.key.utf8.count >= length || hasName($0.value, of: length) }
  default: false
  }
}

private func lifted(_ reply: [UInt8], by chunk: Int, _ threshold: Int) -> LiftedText {
  var lifter = ReplyLifter(threshold: threshold, mark: LiftedMark(word: 1))
  for start in stride(from: 0, to: reply.count, by: max(1, chunk)) {
    let piece = Array(reply[start..<min(reply.count, start + chunk)])
    guard (try? piece.withUnsafeBytes { try lifter.take($0) }) != nil else {
      preconditionFailure("the reply is too large")
    }
  }
  return lifter.finish()
}

private func compare(_ expected: JSONValue, _ found: JSONValue) {
  switch (expected, found) {
  case (.null, .null): break
  case (.bool(let left), .bool(let right)): precondition(left == right)
  case (.number(let left), .number(let right)): precondition(left == right)
  case (.string(let left), .string(let right)): precondition(Array(left.utf8) == Array(right.utf8))
  case (.string(let text), .lifted(let pieces)):
    compare(Array(text.utf8), pieces)
    precondition((try? found.base64())?.array == forgiven(Data(text.utf8)).map { [UInt8]($0) })
  case (.array(let left), .array(let right)):
    precondition(left.count == right.count)
    for (left, right) in zip(left, right) { compare(left, right) }
  case (.object(let left), .object(let right)):
    // Member names are strings, too, and may have been lifted.
    precondition(left.count >= right.count)
    for (name, value) in right { if let other = left[name] { compare(other, value) } }
  default: preconditionFailure("\(expected) became \(found)")
  }
}

/// Checks that the pieces joined together are the text. White space around a picture may belong to either
/// side.
private func compare(_ text: [UInt8], _ pieces: [LiftedPiece]) {
  var rest = text[...]
  for piece in pieces {
    switch piece {
    case .text(let text):
      if !rest.starts(with: text.utf8) { rest = rest.drop(while: isSpace) }
      precondition(rest.starts(with: text.utf8), "\(text) is not the next piece")
      rest = rest.dropFirst(text.utf8.count)
    case .value(let value):
      var letters: [UInt8] = []
      while letters.count < value.characters, let byte = rest.popFirst() {
        if !isSpace(byte) { letters.append(byte) }
      }
      precondition(value.isBroken || forgiven(Data(letters)) == Data(value.bytes.array))
    }
  }
  precondition(rest.allSatisfy(isSpace))
}

private func isSpace(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(byte) }
