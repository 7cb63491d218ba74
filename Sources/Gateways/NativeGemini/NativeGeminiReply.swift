import Base64
import Vocabulary

extension NativeGemini {
  static func interpret(_ reply: IncomingReply, key: APIKey?) -> Outcome {
    let json = JSONValue(parsing: reply.body)
    let failures = FailureReader(key: key)
    guard (200..<300).contains(reply.status) else { return .failed(failures.read(reply, json)) }
    guard let json, case .object = json else {
      return .failed(failures.unreadable(reply, "it is no JSON object"))
    }
    // An error can travel under status 200 as well.
    if json["error"] != nil { return .failed(failures.read(reply, json)) }

    let candidates = json["candidates"]?.elements ?? []
    let parts = candidates.flatMap { $0["content"]?["parts"]?.elements ?? [] }
    let facts = facts(json, candidates.first, parts, key)
    let pictures: [ReturnedPicture]
    do throws(Base64.DecodingError) {
      pictures = try Self.pictures(in: parts)
    } catch {
      return .failed(failures.unreadable(reply, "its picture is no base64 from character \(error.offset) on"))
    }
    if !pictures.isEmpty { return .pictures(pictures, facts) }
    let block = json["promptFeedback"]?["blockReason"]?.string
    return withoutPicture(facts, blockReason: block, hasCandidate: !candidates.isEmpty)
  }

  private static func facts(
    _ json: JSONValue, _ candidate: JSONValue?, _ parts: [JSONValue], _ key: APIKey?
  ) -> ReplyFacts {
    let hidden = { (text: String) in key?.redacted(from: text) ?? text }
    var facts = ReplyFacts()
    facts.usage = usage(json["usageMetadata"])
    facts.finishReason = candidate?["finishReason"]?.string.map(hidden)
    let words = parts.filter { !isThought($0) }.compactMap { $0["text"]?.string }.joined(separator: "\n")
    facts.text = (words.isEmpty ? candidate?["finishMessage"]?.string : words).map(hidden)
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
    var seen: Set<String> = []
    var pictures: [ReturnedPicture] = []
    for part in final.isEmpty ? Array(withPictures.suffix(1)) : final {
      guard let inline = part["inlineData"], let text = inline["data"]?.string, seen.insert(text).inserted
      else { continue }
      let bytes = try Base64.decodeForgiving(text)
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
