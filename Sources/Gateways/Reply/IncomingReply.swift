import Core

/// An HTTP reply that has been read to its end.
package struct IncomingReply: Sendable {
  package let status: Int
  /// The value of the `Retry-After` header.
  package let retryAfter: String?
  /// The value of the `Date` header.
  package let date: String?
  package let content: LiftedText
  /// Why a reply with status 2xx is incomplete; `nil` if it is complete.
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

  /// Whether the content is one whole JSON value. It can be even if the connection was cut.
  package var isOneDocument: Bool { JSONValue(parsing: content.text) != nil }

  /// The JSON values of the content: one value, or one for each element of a list or event of a stream.
  /// `isWhole` says whether all of the content could be parsed.
  var documents: (values: [JSONValue], isWhole: Bool) {
    if let value = JSONValue(parsing: content.text, lifted: content) {
      let elements = value.elements
      return (elements.isEmpty ? [value] : elements, true)
    }
    let events = EventStream.payloads(of: content.text)
    let values = events.compactMap { JSONValue(parsing: $0, lifted: content) }
    return (values, !values.isEmpty && values.count == events.count)
  }

  /// The first 100,000 bytes of the content as text, with each picture replaced by its length.
  var text: String {
    let text = String(decoding: content.text.prefix(100_000), as: UTF8.self)
    return content.pieces(of: text)?.map(\.text).joined() ?? text
  }
}

extension IncomingReply {
  /// Returns the reply for logs, with the key redacted and at most 4,000 characters. Pictures, and text of
  /// more than 200 characters between two quotes, are replaced by their length.
  package func elided(hiding key: APIKey) -> String {
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false).map { run in
      run.count > 200 ? "…\(run.count.grouped) characters…" : key.redacted(from: String(run))
    }
    // A server must not be able to send control sequences to the terminal.
    let text = pieces.joined(separator: "\"").unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return text.count > 4_000 ? text.prefix(4_000) + "…" : text
  }
}
