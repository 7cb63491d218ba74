import Core

/// An HTTP reply, read to its end.
package struct IncomingReply: Sendable {
  package let status: Int
  package let retryAfter: String?
  /// When it was sent, by its header.
  package let date: String?
  package let content: LiftedText
  /// What ended a reply under 2xx before its end.
  package let cutBy: String?

  package init(
    status: Int, retryAfter: String? = nil, date: String? = nil, content: LiftedText, cutBy: String? = nil
  ) {
    self.status = status
    self.retryAfter = retryAfter
    self.date = date
    self.content = content
    self.cutBy = cutBy
  }

  /// Whether it is all of one JSON value, which it can be in spite of a cut.
  package var isOneDocument: Bool { JSONValue(parsing: content.text) != nil }

  /// What it says: one JSON value, or one for each element of a list or event of a stream.
  ///
  /// - Returns: the values, and whether there is nothing beside them that could not be read.
  var documents: (values: [JSONValue], isWhole: Bool) {
    if let value = JSONValue(parsing: content.text, lifted: content) {
      let elements = value.elements
      return (elements.isEmpty ? [value] : elements, true)
    }
    let events = EventStream.payloads(of: content.text)
    let values = events.compactMap { JSONValue(parsing: $0, lifted: content) }
    return (values, !values.isEmpty && values.count == events.count)
  }

  /// As it came, but for its pictures.
  var text: String {
    let text = String(decoding: content.text.prefix(100_000), as: UTF8.self)
    return content.pieces(of: text)?.map(\.text).joined() ?? text
  }
}

extension IncomingReply {
  /// The reply for a log, without the key: what stands between two quotes and is longer than 200 characters is named by its
  /// length, as pictures are; at most 4,000 characters.
  package func elided(hiding key: APIKey) -> String {
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false).map { run in
      run.count > 200 ? "…\(run.count.grouped) characters…" : key.redacted(from: String(run))
    }
    // A terminal must not obey what a server says.
    let text = pieces.joined(separator: "\"").unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return text.count > 4_000 ? text.prefix(4_000) + "…" : text
  }
}
