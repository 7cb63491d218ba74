/// Encodes `Encodable` values to the value of a message.
struct MessageEncoder: Encoder {
  /// A slot in a container, whose value is set later.
  final class Slot {
    enum Content {
      case value(MessageValue)
      case list([Slot])
      case fields([String: Slot])
    }

    var content = Content.fields([:])

    var value: MessageValue {
      switch content {
      case .value(let value): value
      case .list(let places): .list(places.map(\.value))
      case .fields(let places): .fields(places.mapValues(\.value))
      }
    }

    func become(_ value: some Encodable) throws {
      switch value {
      case let flag as Bool: content = .value(.flag(flag))
      case let text as String: content = .value(.text(text))
      case let number as Double: content = .value(.number(number))
      case let whole as any FixedWidthInteger:
        guard let whole = Int64(exactly: whole) else { throw ChannelError.malformed }
        content = .value(.whole(whole))
      default: try value.encode(to: MessageEncoder(slot: self))
      }
    }

    func field(_ key: any CodingKey) -> Slot {
      let slot = Slot()
      if case .fields(var fields) = content {
        fields[key.stringValue] = slot
        content = .fields(fields)
      }
      return slot
    }

    func element() -> Slot {
      let slot = Slot()
      if case .list(let list) = content { content = .list(list + [slot]) }
      return slot
    }

    var count: Int {
      if case .list(let list) = content { list.count } else { 0 }
    }
  }

  static func encode(_ value: some Encodable) throws -> MessageValue {
    let slot = Slot()
    try slot.become(value)
    return slot.value
  }

  let slot: Slot
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields(slot: slot))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.content = .list([])
    return List(slot: slot)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(slot: slot) }
}

// One generic function replaces the fourteen overloads of each protocol.
extension MessageEncoder {
  struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { slot.field(key).content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      try slot.field(key).become(value)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      MessageEncoder(slot: slot.field(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      MessageEncoder(slot: slot.field(key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { MessageEncoder(slot: slot) }
    func superEncoder(forKey key: Key) -> any Encoder { MessageEncoder(slot: slot.field(key)) }
  }

  struct List: UnkeyedEncodingContainer {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }
    var count: Int { slot.count }

    func encodeNil() { slot.element().content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value) throws { try slot.element().become(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { MessageEncoder(slot: slot.element()) }
  }

  struct Single: SingleValueEncodingContainer {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { slot.content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value) throws { try slot.become(value) }
  }
}
