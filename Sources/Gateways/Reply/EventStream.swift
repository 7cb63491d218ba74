/// A parser for server-sent events (WHATWG HTML, section 9.2): `data: …` lines, with an empty line after each
/// event.
enum EventStream {
  /// Returns the data of each event that has any. A last event without an empty line after it is included.
  static func payloads(of stream: [UInt8]) -> [[UInt8]] {
    var payloads: [[UInt8]] = []
    var data: [ArraySlice<UInt8>] = []
    let newline = UInt8(ascii: "\n")
    for line in stream.split(separator: newline, omittingEmptySubsequences: false) + [[]] {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.starts(with: Array("data:".utf8)) {
        let value = line.dropFirst(5)
        data.append(value.first == UInt8(ascii: " ") ? value.dropFirst() : value)
      } else if line.isEmpty, !data.isEmpty {
        let payload = Array(data.joined(separator: [newline]))
        // The end of a stream in OpenAI's format.
        if payload != Array("[DONE]".utf8) { payloads.append(payload) }
        data = []
      }
    }
    return payloads
  }
}
