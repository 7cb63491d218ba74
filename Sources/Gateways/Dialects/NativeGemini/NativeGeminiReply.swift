import Base64
import Core

extension NativeGeminiFormat {
  /// Replies have the result; a task id in them is some relay's own.
  static let repliesWithTasks = false

  static func reply(_ documents: [JSONValue]) -> any ReplyShape { NativeGeminiReply(documents: documents) }
}

/// A reply in Google's format: one document, or the events of a stream (`streamGenerateContent?alt=sse`),
/// whose parts are combined.
struct NativeGeminiReply: ReplyShape {
  private let documents: [JSONValue]
  private let candidates: [JSONValue]
  private let parts: [JSONValue]

  init(documents: [JSONValue]) {
    self.documents = documents
    candidates = documents.flatMap { $0["candidates"]?.elements ?? [] }
    parts = candidates.flatMap { $0["content"]?["parts"]?.elements ?? [] }
  }

  var isOwn: Bool {
    documents.contains { document in
      ["candidates", "promptFeedback", "usageMetadata"].contains { document[$0] != nil }
    }
  }

  func read() throws(Base64.DecodingError) -> ReplyReader.Reading {
    var reading = ReplyReader.Reading()
    reading.facts = facts
    reading.hasBegun = !candidates.isEmpty
    reading.pictures = try pictures()
    reading.spoken = parts.filter { !Self.isThought($0) }.compactMap { $0["text"] }
    reading.blockReason = blockReason
    return reading
  }

  private var facts: ReplyFacts {
    var facts = ReplyFacts()
    // The usage in the events of a stream is cumulative, so the last one is the total.
    facts.usage = Self.usage(documents.lazy.compactMap { $0["usageMetadata"] }.last)
    facts.finishReason = candidates.lazy.compactMap { $0["finishReason"]?.string }.first
    facts.text = candidates.lazy.compactMap { $0["finishMessage"]?.string }.first
    facts.grounding = candidates.lazy.compactMap { $0["groundingMetadata"]?.text }.last
    return facts
  }

  private var blockReason: String? {
    if let reason = documents.lazy.compactMap({ $0["promptFeedback"]?["blockReason"]?.string }).first {
      return reason
    }
    if let reason = facts.finishReason, Self.policyReasons.contains(reason) { return reason }
    // No candidate and no output token means a refusal by moderation, according to apiyi's page on usage.
    return candidates.isEmpty && facts.usage?.outputTokens == 0 ? "stopped at moderation" : nil
  }

  /// Finish reasons of a refusal by the provider's policy (Google's SDK, type FinishReason). NO_IMAGE,
  /// IMAGE_OTHER, OTHER, MAX_TOKENS, LANGUAGE, and all others are replies without a picture.
  private static let policyReasons: Set<String> = [
    "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "RECITATION",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
  ]

  private static func isThought(_ part: JSONValue) -> Bool { part["thought"]?.bool ?? false }

  /// The pictures of the reply. Drafts are marked as thoughts and skipped; if there is nothing else, the last
  /// draft counts. Inline pictures take precedence over those in files.
  private func pictures() throws(Base64.DecodingError) -> [ReturnedPicture] {
    let holding = parts.filter { $0["inlineData"]?["data"]?.string?.isEmpty == false }
    let final = holding.filter { !Self.isThought($0) }
    var pictures: [ReturnedPicture] = []
    for part in final.isEmpty ? Array(holding.suffix(1)) : final {
      if let inline = part["inlineData"], let picture = try Self.picture(inline) { pictures.append(picture) }
    }
    if !pictures.isEmpty { return pictures }
    let addresses = parts.compactMap { $0["fileData"]?["fileUri"]?.string }
    if !addresses.isEmpty { return addresses.map { ReturnedPicture(.address($0, expires: nil)) } }
    for part in parts where !Self.isThought(part) { pictures += try FlatReply.pictures(in: part) }
    return pictures
  }

  /// The picture of an `inlineData` object. Some relays put a whole data URI into its `data`.
  private static func picture(_ inline: JSONValue) throws(Base64.DecodingError) -> ReturnedPicture? {
    guard let data = inline["data"] else { return nil }
    let label = inline["mimeType"]?.string.map(MediaType.init)
    if let uri = try data.dataURI() {
      return ReturnedPicture(.bytes(uri.bytes), label: label ?? uri.mediaType)
    }
    return try data.base64().map { ReturnedPicture(.bytes($0), label: label) }
  }

  private static func usage(_ json: JSONValue?) -> ReplyFacts.Usage? {
    guard let json else { return nil }
    return ReplyFacts.Usage(
      promptTokens: json["promptTokenCount"]?.int, outputTokens: json["candidatesTokenCount"]?.int,
      thoughtTokens: json["thoughtsTokenCount"]?.int, totalTokens: json["totalTokenCount"]?.int)
  }
}
