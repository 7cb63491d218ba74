/// A value in the text of a message, in a compact binary encoding. With Foundation's JSON the worker program
/// would be half as large again. The encoding is a tag of one byte, followed by a number of eight bytes, or
/// by a count of four bytes and the counted items. All integers are little-endian.
enum MessageValue: Equatable {
  case none
  case flag(Bool)
  case whole(Int64)
  case number(Double)
  case text(String)
  case list([MessageValue])
  case fields([String: MessageValue])

  private enum Tag: UInt8 {
    case none, no, yes, whole, number, text, list, fields
  }

  /// The maximum nesting. Options and replies are nested four deep.
  private static let deepest = 32
}

// MARK: - Writing

extension MessageValue {
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .none: bytes.append(Tag.none.rawValue)
    case .flag(let flag): bytes.append((flag ? Tag.yes : .no).rawValue)
    case .whole(let number): Self.write(.whole, UInt64(bitPattern: number), to: &bytes)
    case .number(let number): Self.write(.number, number.bitPattern, to: &bytes)
    case .text(let text):
      bytes.append(Tag.text.rawValue)
      Self.write(text, to: &bytes)
    case .list(let values):
      Self.write(.list, UInt32(values.count), to: &bytes)
      for value in values { value.write(to: &bytes) }
    case .fields(let fields):
      Self.write(.fields, UInt32(fields.count), to: &bytes)
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        Self.write(name, to: &bytes)
        value.write(to: &bytes)
      }
    }
  }

  private static func write(_ tag: Tag, _ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    bytes.append(tag.rawValue)
    write(number, to: &bytes)
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    write(UInt32(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func write(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

// MARK: - Reading

extension MessageValue {
  /// Decodes a value.
  ///
  /// - Throws: `malformed` for bytes that are truncated, continue after the end of the value, or are nested
  ///   too deep.
  init(_ bytes: [UInt8]) throws(ChannelError) {
    var rest = bytes[...]
    self = try Self.read(&rest, depth: 0)
    guard rest.isEmpty else { throw .malformed }
  }

  private static func read(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(ChannelError) -> MessageValue {
    guard depth < deepest, let first = rest.popFirst(), let tag = Tag(rawValue: first) else {
      throw .malformed
    }
    switch tag {
    case .none: return .none
    case .no: return .flag(false)
    case .yes: return .flag(true)
    case .whole: return .whole(Int64(bitPattern: try number(&rest)))
    case .number: return .number(Double(bitPattern: try number(&rest)))
    case .text: return .text(try text(&rest))
    case .list:
      var values: [MessageValue] = []
      for _ in 0..<(try number(&rest) as UInt32) { values.append(try read(&rest, depth: depth + 1)) }
      return .list(values)
    case .fields:
      var fields: [String: MessageValue] = [:]
      for _ in 0..<(try number(&rest) as UInt32) {
        let name = try text(&rest)
        fields[name] = try read(&rest, depth: depth + 1)
      }
      return .fields(fields)
    }
  }

  private static func text(_ rest: inout ArraySlice<UInt8>) throws(ChannelError) -> String {
    let count = Int(try number(&rest) as UInt32)
    guard count <= rest.count, let text = String(validating: rest.prefix(count), as: UTF8.self) else {
      throw .malformed
    }
    rest = rest.dropFirst(count)
    return text
  }

  private static func number<Number: FixedWidthInteger>(
    _ rest: inout ArraySlice<UInt8>
  ) throws(ChannelError) -> Number {
    let count = Number.bitWidth / 8
    guard count <= rest.count else { throw .malformed }
    defer { rest = rest.dropFirst(count) }
    return rest.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
  }
}
