import Base64
import Vocabulary

extension NativeGemini {
  static func interpret(_ reply: IncomingReply) -> Outcome {
    let json = JSONValue(parsing: reply.body)
    guard (200..<300).contains(reply.status) else {
      return .failed(FailureReader.read(reply, json))
    }
    guard let json, case .object = json else {
      return .failed(
        GatewayFailure(
          kind: .unreadableReply, status: reply.status, message: FailureReader.excerpt(reply.body)))
    }
    // An error can travel under status 200 as well.
    if json["error"] != nil { return .failed(FailureReader.read(reply, json)) }
    return readCandidates(json)
  }

  private static func readCandidates(_ json: JSONValue) -> Outcome {
    let candidate = json["candidates"]?.elements.first
    let parts = candidate?["content"]?["parts"]?.elements ?? []
    var facts = ReplyFacts()
    facts.usage = usage(json["usageMetadata"])
    facts.finishReason = candidate?["finishReason"]?.string
    let words = parts.filter { !isThought($0) }.compactMap { $0["text"]?.string }.joined(separator: "\n")
    facts.text = words.isEmpty ? candidate?["finishMessage"]?.string : words

    let pictures = pictures(in: parts)
    if !pictures.isEmpty { return .pictures(pictures, facts) }

    if let reason = json["promptFeedback"]?["blockReason"]?.string {
      return .refused(reason: reason, facts)
    }
    let reason = facts.finishReason ?? ""
    if policyReasons.contains(reason) { return .refused(reason: reason, facts) }
    if candidate == nil, facts.usage?.outputTokens == 0 {
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
  private static func pictures(in parts: [JSONValue]) -> [ReturnedPicture] {
    let withPictures = parts.filter { $0["inlineData"]?["data"]?.string != nil }
    let final = withPictures.filter { !isThought($0) }
    let chosen = final.isEmpty ? Array(withPictures.suffix(1)) : final
    var seen: Set<String> = []
    return chosen.compactMap { part in
      guard let inline = part["inlineData"], let text = inline["data"]?.string, seen.insert(text).inserted,
        let bytes = try? Base64.decode(text), bytes.count > 0
      else { return nil }
      return ReturnedPicture(bytes: bytes, label: inline["mimeType"]?.string.map(MediaType.init))
    }
  }

  private static func usage(_ json: JSONValue?) -> ReplyFacts.Usage? {
    guard let json else { return nil }
    return ReplyFacts.Usage(
      promptTokens: json["promptTokenCount"]?.int, outputTokens: json["candidatesTokenCount"]?.int,
      thoughtTokens: json["thoughtsTokenCount"]?.int, totalTokens: json["totalTokenCount"]?.int)
  }
}
