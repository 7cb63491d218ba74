import Core

/// Replies with a URL or base64 for each picture, and what they cost:
///
///     {"data": [{"url": "https://…", "b64_json": null, "mime_type": "image/png"}],
///      "meta": {"usage": {"credits_used": 178975}}}
extension ImagesFormat {
  static let repliesWithTasks = true

  static func reply(_ documents: [JSONValue]) -> any ReplyShape { FlatReply(documents: documents) }

  /// The reported cost. An amount in dollars takes precedence over one in the gateway's own unit.
  static func cost(_ document: JSONValue) -> Money? {
    let usage = document["meta"]?["usage"]
    if let amount = usage?["usd_spent"]?.double { return Money(amount: amount, currency: "USD") }
    return usage?["credits_used"]?.double.flatMap { Money(amount: $0, currency: "credits") }
  }
}
