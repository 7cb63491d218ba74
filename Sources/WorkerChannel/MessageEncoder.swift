/// Makes a message's value of what can be encoded.
struct MessageEncoder: Encoder {
  /// A place that gets its value later than its container.
  final class Place {
    enum Content {
      case value(MessageValue)
      case list([Place])
      case fields([String: Place])
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
      default: try value.encode(to: MessageEncoder(place: self))
      }
    }

    func field(_ key: any CodingKey) -> Place {
      let place = Place()
      if case .fields(var fields) = content {
        fields[key.stringValue] = place
        content = .fields(fields)
      }
      return place
    }

    func element() -> Place {
      let place = Place()
      if case .list(let list) = content { content = .list(list + [place]) }
      return place
    }

    var count: Int {
      if case .list(let list) = content { list.count } else { 0 }
    }
  }

  static func encode(_ value: some Encodable) throws -> MessageValue {
    let place = Place()
    try place.become(value)
    return place.value
  }

  let place: Place
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields(place: place))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    place.content = .list([])
    return List(place: place)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(place: place) }
}

// One generic function stands for the fourteen of each protocol.
extension MessageEncoder {
  struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let place: Place
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { place.field(key).content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      try place.field(key).become(value)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      MessageEncoder(place: place.field(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      MessageEncoder(place: place.field(key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { MessageEncoder(place: place) }
    func superEncoder(forKey key: Key) -> any Encoder { MessageEncoder(place: place.field(key)) }
  }

  struct List: UnkeyedEncodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { [] }
    var count: Int { place.count }

    func encodeNil() { place.element().content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value) throws { try place.element().become(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { MessageEncoder(place: place.element()) }
  }

  struct Single: SingleValueEncodingContainer {
    let place: Place
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { place.content = .value(.none) }
    func encode<Value: Encodable>(_ value: Value) throws { try place.become(value) }
  }
}
