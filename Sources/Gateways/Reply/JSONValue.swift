package import Base64
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Any JSON, for replies whose shape cannot be relied on: keys in either case, numbers as strings, nulls anywhere.
package enum JSONValue: Sendable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// A string out of which pictures were lifted.
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
      self = .number(try container.decode(Double.self))
    }
  }

  /// `nil` for anything that is not JSON.
  ///
  /// - Parameter lifted: the reply that `bytes` are from, with the pictures that were lifted out of it.
  package init?(parsing bytes: [UInt8], lifted: LiftedText? = nil) {
    let decoder = JSONDecoder()
    if let lifted { decoder.userInfo[.lifted] = lifted }
    if let value = try? decoder.decode(JSONValue.self, from: Data(bytes)) {
      self = value
    } else if let mended = LoneSurrogates.replaced(in: bytes),
      let value = try? decoder.decode(JSONValue.self, from: Data(mended))
    {
      self = value
    } else {
      return nil
    }
  }

  /// The member of that name, or of its snake_case spelling; `nil` where there is none or it is null.
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

  package var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  package var members: [String: JSONValue] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// A text; pictures in it are named by their length.
  package var string: String? {
    switch self {
    case .string(let text): text
    case .lifted(let pieces): pieces.map(\.text).joined()
    default: nil
    }
  }

  /// The bytes of a string that is base64; `nil` for what is no string or is empty.
  package func base64() throws(Base64.DecodingError) -> PictureBytes? {
    switch self {
    case .string(let text): return text.isEmpty ? nil : try Base64.decodeForgiving(text)
    case .lifted(let pieces): return try Self.base64(pieces)
    default: return nil
    }
  }

  /// A picture, with nothing beside it but white space; or what is base64 only when it is read as a whole, with white space
  /// in odd places.
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

  /// A whole number, also when it is written as text.
  package var int: Int? {
    switch self {
    case .number(let number): Int(exactly: number.rounded())
    case .string(let text): Int(text)
    default: nil
    }
  }

  /// A data URI with base64, which may stand in a string that has nothing else; `nil` for anything else.
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

  package var double: Double? {
    switch self {
    case .number(let number): number
    case .string(let text): Double(text)
    default: nil
    }
  }

  /// `text` as a JSON string with its quotes.
  static func literal(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // A String always encodes: Swift's are valid Unicode.
    guard let data = try? encoder.encode(text) else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
  }
}

extension JSONValue: Encodable {
  /// Pictures are named by their length.
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

  /// As JSON text.
  package var text: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension CodingUserInfoKey {
  // The name is not empty, so it is one.
  fileprivate static let lifted = CodingUserInfoKey(rawValue: "lifted").unsafelyUnwrapped
}
