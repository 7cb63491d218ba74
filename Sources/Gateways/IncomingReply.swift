import Vocabulary

/// An HTTP reply, whole.
package struct IncomingReply: Sendable {
  package let status: Int
  package let retryAfter: String?
  package let body: [UInt8]

  package init(status: Int, retryAfter: String? = nil, body: [UInt8]) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
  }
}

extension RequestBody {
  /// The body for a log: pictures are named by their length.
  package var elided: String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
      case .base64(let bytes): text += "…\(bytes.count.grouped) bytes…"
      }
    }
  }
}

extension IncomingReply {
  /// The body for a log, without the key: what stands between two quotes and is longer than 200 characters is named
  /// by its length, as pictures are; at most 4,000 characters.
  package func elided(hiding key: APIKey) -> String {
    let pieces = body.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false).map { run in
      let text = key.redacted(from: String(decoding: run.prefix(2_000), as: UTF8.self))
      return run.count > 200 ? "…\(run.count.grouped) characters…" : text
    }
    let text = pieces.joined(separator: "\"")
    return text.count > 4_000 ? text.prefix(4_000) + "…" : text
  }
}
