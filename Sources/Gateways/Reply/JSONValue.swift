package import Base64
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A JSON value with lenient accessors, for replies of unreliable shape: keys in camelCase or snake_case,
/// numbers as strings, and nulls anywhere.
package enum JSONValue: Sendable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// A string from which pictures were extracted.
  case lifted([LiftedPiece])
  case array([JSONValue])
  case object([String: JSONValue])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else if let string = try? container.decode(String.self) {
      let lifted = decoder.userInfo[.lifted] as? LiftedText
      self = lifted?.pieces(of: string).map(JSONValue.lifted) ?? .string(string)
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else {
      // A number that no Double holds, such as 1e999, must not cost the pictures beside it.
      self = (try? container.decode(Double.self)).map(JSONValue.number) ?? .null
    }
  }

  /// Parses JSON text; `nil` if `bytes` are not JSON.
  ///
  /// - Parameter lifted: The reply that contains `bytes`, with the pictures that were extracted from it.
  package init?(parsing bytes: [UInt8], lifted: LiftedText? = nil) {
    let decoder = JSONDecoder()
    if let lifted { decoder.userInfo[.lifted] = lifted }
    if let value = try? decoder.decode(JSONValue.self, from: Data(bytes)) {
      self = value
    } else if let repaired = LoneSurrogates.replaced(in: bytes),
      let value = try? decoder.decode(JSONValue.self, from: Data(repaired))
    {
      self = value
    } else {
      return nil
    }
  }

  /// The member with a name or its snake_case spelling; `nil` if there is none or it is null.
  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    guard let value = members[name] ?? members[Self.snakeCase(name)] else { return nil }
    if case .null = value { return nil }
    return value
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }

  package var isObject: Bool { if case .object = self { true } else { false } }

  /// The elements of an array; empty for any other value.
  package var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// The members of an object; empty for any other value.
  package var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// The text of a string, with each picture in it replaced by its length; `nil` for any other value.
  package var string: String? {
    switch self {
    case .string(let text): text
    case .lifted(let pieces): pieces.map(\.text).joined()
    default: nil
    }
  }

  /// The decoded bytes of a base64 string; `nil` if the value is not a string or is empty.
  package func base64() throws(Base64.DecodingError) -> PictureBytes? {
    switch self {
    case .string(let text): return text.isEmpty ? nil : try Base64.decodeForgiving(text)
    case .lifted(let pieces): return try Self.base64(pieces)
    default: return nil
    }
  }

  /// Decodes a string from which pictures were extracted. If it is one picture and white space, its bytes are
  /// there already. Otherwise all pieces are decoded as one base64 text, which may have white space in
  /// unusual positions.
  private static func base64(_ pieces: [LiftedPiece]) throws(Base64.DecodingError) -> PictureBytes {
    let values = pieces.compactMap { if case .value(let value) = $0 { value } else { nil } }
    let text = pieces.compactMap { if case .text(let text) = $0 { text } else { nil } }
    if values.count == 1, !values[0].isBroken, text.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
      return values[0].bytes
    }
    var decoder = Base64ChunkDecoder()
    var bytes = ByteAccumulator()
    for piece in pieces {
      try piece.withText { text throws(Base64.DecodingError) in
        try bytes.append(upTo: Base64ChunkDecoder.room(for: text.count)) {
          room throws(Base64.DecodingError) in
          try decoder.decode(text, into: room)
        }
      }
    }
    try bytes.append(upTo: Base64ChunkDecoder.room(for: 0)) { room throws(Base64.DecodingError) in
      try decoder.finish(into: room)
    }
    return bytes.finish()
  }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// A number, rounded to an integer, or an integer in a string.
  package var int: Int? {
    switch self {
    case .number(let number): Int(exactly: number.rounded())
    case .string(let text): Int(text)
    default: nil
    }
  }

  /// The data URI in a string that contains nothing else; `nil` for any other value.
  package func dataURI() throws(Base64.DecodingError) -> DataURI? {
    switch self {
    case .string(let text): return DataURI.isDataURI(text) ? try? DataURI(parsing: text) : nil
    case .lifted(let pieces):
      guard case .text(let head)? = pieces.first, DataURI.isDataURI(head), head.hasSuffix(",") else {
        return nil
      }
      let type = head.dropFirst(5).prefix { $0 != ";" && $0 != "," }
      let bytes = try JSONValue.lifted(Array(pieces.dropFirst())).base64()
      return bytes.map { DataURI(mediaType: MediaType(String(type)), bytes: $0) }
    default: return nil
    }
  }

  /// A number, or a number in a string.
  package var double: Double? {
    switch self {
    case .number(let number): number
    case .string(let text): Double(text)
    default: nil
    }
  }

  /// Returns `text` as a JSON string literal, including the quotes.
  static func literal(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Encoding cannot fail, because a Swift String is valid Unicode.
    guard let data = try? encoder.encode(text) else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
  }
}

extension JSONValue: Encodable {
  /// Encodes the value, with each picture replaced by its length.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value):
      if let whole = Int(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
    case .string, .lifted: try container.encode(string)
    case .array(let elements): try container.encode(elements)
    case .object(let members): try container.encode(members)
    }
  }

  /// The value as JSON text, with sorted keys.
  package var text: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension CodingUserInfoKey {
  // Safe: the initializer always succeeds.
  fileprivate static let lifted = CodingUserInfoKey(rawValue: "lifted").unsafelyUnwrapped
}
