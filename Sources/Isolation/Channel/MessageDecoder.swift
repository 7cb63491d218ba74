/// Decodes `Decodable` values from the value of a message.
struct MessageDecoder: Decoder {
  let value: MessageValue
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func decode<Value: Decodable>(_ type: Value.Type, from value: MessageValue) throws -> Value {
    let plain: Any?
    switch value {
    case .flag(let flag): plain = flag
    case .text(let text): plain = text
    case .number(let number): plain = number
    case .whole(let whole):
      plain =
        if let number = Value.self as? any FixedWidthInteger.Type { number.init(exactly: whole) } else { nil }
    case .none, .list, .fields: plain = nil
    }
    if let plain = plain as? Value { return plain }
    // A plain type decodes itself through this function: without this check it would recurse forever.
    guard !(Value.self is any FixedWidthInteger.Type), Value.self != Bool.self, Value.self != String.self,
      Value.self != Double.self
    else { throw ChannelError.malformed }
    return try Value(from: MessageDecoder(value: value))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .fields(let fields) = value else { throw ChannelError.malformed }
    return KeyedDecodingContainer(Fields<Key>(fields: fields))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let list) = value else { throw ChannelError.malformed }
    return List(list: list)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(value: value) }
}

extension MessageDecoder {
  struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: MessageValue]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { fields.keys.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try field(key) == .none }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try MessageDecoder.decode(type, from: field(key))
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
      try MessageDecoder(value: field(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try MessageDecoder(value: field(key)).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { MessageDecoder(value: .fields(fields)) }
    func superDecoder(forKey key: Key) throws -> any Decoder { MessageDecoder(value: try field(key)) }

    private func field(_ key: Key) throws -> MessageValue {
      guard let value = fields[key.stringValue] else { throw ChannelError.malformed }
      return value
    }
  }

  struct List: UnkeyedDecodingContainer {
    let list: [MessageValue]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { list.count }
    var isAtEnd: Bool { currentIndex >= list.count }

    init(list: [MessageValue]) {
      self.list = list
    }

    mutating func decodeNil() throws -> Bool {
      guard !isAtEnd, list[currentIndex] == .none else { return false }
      currentIndex += 1
      return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try MessageDecoder.decode(type, from: next())
    }

    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
      try MessageDecoder(value: next()).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      try MessageDecoder(value: next()).unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { MessageDecoder(value: try next()) }

    private mutating func next() throws -> MessageValue {
      guard !isAtEnd else { throw ChannelError.malformed }
      defer { currentIndex += 1 }
      return list[currentIndex]
    }
  }

  struct Single: SingleValueDecodingContainer {
    let value: MessageValue
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { value == .none }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try MessageDecoder.decode(type, from: value)
    }
  }
}
