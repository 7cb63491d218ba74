#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Finds a key that occurs twice in one object of a JSON document. Parsers keep one of its values without
/// notice.
struct RepeatedKey {
  private let bytes: [UInt8]
  private var at = 0
  /// The keys of the objects that are open, from the outermost; `nil` for an array.
  private var open: [Set<String>?] = []
  private var expectsKey = false

  /// - Parameter json: a valid document.
  /// - Returns: the first such key; `nil` if there is none.
  static func find(in json: String) -> String? {
    var search = RepeatedKey(bytes: Array(json.utf8))
    return search.run()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func run() -> String? {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "{"): begin([])
      case UInt8(ascii: "["): begin(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: ","): expectsKey = open.last.map { $0 != nil } ?? false
      case UInt8(ascii: ":"): expectsKey = false
      case UInt8(ascii: "\""):
        let text = text()
        if expectsKey, let text, !isNew(text) { return text }
      default: break
      }
    }
    return nil
  }

  private mutating func begin(_ keys: Set<String>?) {
    open.append(keys)
    expectsKey = keys != nil
  }

  private mutating func isNew(_ key: String) -> Bool {
    guard var keys = open.popLast() else { return true }
    let isNew = keys?.insert(key).inserted ?? true
    open.append(keys)
    return isNew
  }

  /// The text of the string whose opening quote was just read.
  private mutating func text() -> String? {
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    let end = min(at, bytes.count)
    at = end + 1
    guard expectsKey else { return nil }
    guard bytes[start..<end].contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    let quote = [UInt8(ascii: "\"")]
    return try? JSONDecoder().decode(String.self, from: Data(quote + bytes[start..<end] + quote))
  }
}
