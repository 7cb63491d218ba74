import Base64
import Vocabulary

extension NativeGemini {
  /// One document, or the events of a stream (`streamGenerateContent?alt=sse`), whose parts are read as if they came in one.
  static func interpret(_ reply: IncomingReply, key: APIKey?) -> Outcome {
    let (documents, isWhole) = reply.documents
    let failures = FailureReader(key: key)
    guard (200..<300).contains(reply.status) else { return .failed(failures.read(reply, documents.first)) }
    let candidates = documents.flatMap { $0["candidates"]?.elements ?? [] }
    let parts = candidates.flatMap { $0["content"]?["parts"]?.elements ?? [] }
    let facts = facts(documents, candidates, parts, key)
    // A picture that came is one, whatever else is said before or behind it.
    let pictures: [ReturnedPicture]
    do throws(Base64.DecodingError) {
      pictures = try Self.pictures(in: parts)
    } catch {
      return .failed(failures.unreadable(reply, "its picture is no base64 from character \(error.offset) on"))
    }
    if !pictures.isEmpty { return .pictures(pictures, facts) }
    guard isWhole, documents.allSatisfy(\.isObject) else {
      return .failed(failures.unreadable(reply, "it is no JSON object"))
    }
    // An error can travel under status 200 as well; behind an answer that had begun it proves nothing.
    if let error = documents.first(where: { $0["error"] != nil }) {
      let failure = failures.read(reply, error)
      return .failed(candidates.isEmpty ? failure : failure.ofUnknownOutcome)
    }
    let block = documents.lazy.compactMap { $0["promptFeedback"]?["blockReason"]?.string }.first
    return withoutPicture(facts, blockReason: block, hasCandidate: !candidates.isEmpty)
  }

  private static func facts(
    _ documents: [JSONValue], _ candidates: [JSONValue], _ parts: [JSONValue], _ key: APIKey?
  ) -> ReplyFacts {
    let hidden = { (text: String) in key?.redacted(from: text) ?? text }
    var facts = ReplyFacts()
    // Events of a stream count on; the last one is the sum.
    facts.usage = usage(documents.lazy.compactMap { $0["usageMetadata"] }.last)
    facts.finishReason = candidates.lazy.compactMap { $0["finishReason"]?.string }.first.map(hidden)
    let words = parts.filter { !isThought($0) }.compactMap { $0["text"]?.string }.joined(separator: "\n")
    let message = candidates.lazy.compactMap { $0["finishMessage"]?.string }.first
    facts.text = (words.isEmpty ? message : words).map(hidden)
    return facts
  }

  private static func withoutPicture(
    _ facts: ReplyFacts, blockReason: String?, hasCandidate: Bool
  ) -> Outcome {
    let reason = facts.finishReason ?? ""
    if let blockReason { return .refused(reason: blockReason, facts) }
    if policyReasons.contains(reason) { return .refused(reason: reason, facts) }
    if !hasCandidate, facts.usage?.outputTokens == 0 {
      // No candidate and no token written: refused at moderation, says apiyi's page on usage figures.
      return .refused(reason: "stopped at moderation", facts)
    }
    return .noPicture(reason: reason, facts)
  }

  /// Finish reasons by which the provider's policy refuses (Google's SDK, types of FinishReason).
  private static let policyReasons: Set<String> = [
    "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "RECITATION",
    "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
  ]

  private static func isThought(_ part: JSONValue) -> Bool { part["thought"]?.bool ?? false }

  /// Interim pictures are marked as thoughts and left out, unless there is no other; repeats are dropped.
  private static func pictures(in parts: [JSONValue]) throws(Base64.DecodingError) -> [ReturnedPicture] {
    let withPictures = parts.filter { $0["inlineData"]?["data"]?.string?.isEmpty == false }
    let final = withPictures.filter { !isThought($0) }
    var pictures: [ReturnedPicture] = []
    for part in final.isEmpty ? Array(withPictures.suffix(1)) : final {
      guard let inline = part["inlineData"], let bytes = try inline["data"]?.base64(),
        !pictures.contains(where: { $0.bytes.hasSameContent(as: bytes) })
      else { continue }
      pictures.append(ReturnedPicture(bytes: bytes, label: inline["mimeType"]?.string.map(MediaType.init)))
    }
    return pictures
  }

  private static func usage(_ json: JSONValue?) -> ReplyFacts.Usage? {
    guard let json else { return nil }
    return ReplyFacts.Usage(
      promptTokens: json["promptTokenCount"]?.int, outputTokens: json["candidatesTokenCount"]?.int,
      thoughtTokens: json["thoughtsTokenCount"]?.int, totalTokens: json["totalTokenCount"]?.int)
  }
}
