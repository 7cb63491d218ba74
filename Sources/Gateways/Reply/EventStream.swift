/// Server-sent events (WHATWG HTML, section 9.2): lines `data: …`, and an empty line behind each event.
enum EventStream {
  /// The data of each event that has some. Of events that ended with the stream instead of an empty line, too.
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
        // How streams of OpenAI's kind end.
        if payload != Array("[DONE]".utf8) { payloads.append(payload) }
        data = []
      }
    }
    return payloads
  }
}
