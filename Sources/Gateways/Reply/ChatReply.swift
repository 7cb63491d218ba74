import Base64
import Core

/// A reply in the format of chat completions, which some relays send for any kind of request:
/// `choices[].message`, or `delta` in a stream. Its content is a text or a list of parts, and it may have a
/// list of pictures (OpenRouter's `images`).
struct ChatReply: ReplyShape {
  let documents: [JSONValue]

  private var choices: [JSONValue] { documents.flatMap { $0["choices"]?.elements ?? [] } }
  private var messages: [JSONValue] { choices.compactMap { $0["message"] ?? $0["delta"] } }
  private var parts: [JSONValue] { messages.flatMap { $0["content"]?.elements ?? [] } }

  var isOwn: Bool { !choices.isEmpty }

  func read() throws(Base64.DecodingError) -> ReplyReader.Reading {
    var reading = ReplyReader.Reading()
    reading.hasBegun = true
    for message in messages {
      guard let images = message["images"] else { continue }
      reading.pictures += try FlatReply.pictures(at: "images", images, expires: nil)
    }
    for part in parts where part["text"] == nil {
      reading.pictures += try FlatReply.pictures(in: part["inlineData"] ?? part["source"] ?? part)
    }
    reading.spoken = spoken
    reading.facts.finishReason = choices.lazy.compactMap { $0["finish_reason"]?.string }.last
    reading.facts.usage = Self.usage(documents.lazy.compactMap { $0["usage"] }.last)
    let isFiltered = reading.facts.finishReason == "content_filter"
    reading.blockReason =
      messages.lazy.compactMap { $0["refusal"]?.string }.first { !$0.isEmpty }
      ?? (isFiltered ? reading.facts.finishReason : nil)
    return reading
  }

  private var spoken: [JSONValue] {
    messages.compactMap { $0["content"] }.filter { $0.string != nil } + parts.compactMap { $0["text"] }
  }

  private static func usage(_ json: JSONValue?) -> ReplyFacts.Usage? {
    guard let json else { return nil }
    return ReplyFacts.Usage(
      promptTokens: json["prompt_tokens"]?.int, outputTokens: json["completion_tokens"]?.int,
      totalTokens: json["total_tokens"]?.int)
  }
}
