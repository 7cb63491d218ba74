import Foundation
import Gateways
import Testing
import Core

@Suite struct `Replies in Gemini's format` {
  private static let picture = Data("a picture".utf8).base64EncodedString()

  private func interpret(_ body: String, status: Int = 200, retryAfter: String? = nil) -> Outcome {
    Gateway.apiyi.interpret(IncomingReply(status: status, retryAfter: retryAfter, content: lifted(body)))
  }

  private func part(_ data: String, thought: Bool = false, label: String = "image/png") -> String {
    #"{"inlineData":{"mimeType":"\#(label)","data":"\#(data)"}\#(thought ? #","thought":true"# : "")}"#
  }

  private func reply(_ parts: String...) -> String {
    #"{"candidates":[{"content":{"parts":[\#(parts.joined(separator: ","))]},"finishReason":"STOP"}],"#
      + #""usageMetadata":{"promptTokenCount":"12","candidatesTokenCount":258}}"#
  }

  private func pictures(_ outcome: Outcome) -> [String]? {
    guard case .pictures(let pictures, _) = outcome else { return nil }
    return pictures.map { String(decoding: $0.bytes?.array ?? [], as: UTF8.self) }
  }

  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  @Test func `a picture, its media type, and token counts given as text are read`() throws {
    guard case .pictures(let pictures, let facts) = interpret(reply(part(Self.picture))) else {
      Issue.record("expected pictures")
      return
    }
    #expect(pictures.map(\.label) == [.png])
    #expect(pictures[0].bytes?.array == Array("a picture".utf8))
    #expect(facts.usage?.promptTokens == 12)
    #expect(facts.usage?.outputTokens == 258)
  }

  @Test func `a stream of events is read as one reply`() throws {
    let large = Data((0..<4_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
    let events = [
      #"{"candidates":[{"content":{"parts":[{"text":"Here"}]}}],"usageMetadata":{"candidatesTokenCount":3}}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"it is"},\#(part(large.base64EncodedString()))]}}]}"#,
      #"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"candidatesTokenCount":1290}}"#,
    ]
    for end in ["\n", "\r\n"] {
      let stream = events.map { "data: \($0)\(end)\(end)" }.joined()
      guard case .pictures(let pictures, let facts) = interpret(": \"hello\(end)" + stream) else {
        Issue.record("expected pictures")
        return
      }
      #expect(pictures.map { Data($0.bytes?.array ?? []) } == [large])
      #expect(facts.text == "Here\nit is")
      #expect(facts.usage?.outputTokens == 1290)
      #expect(facts.finishReason == "STOP")
    }
  }

  @Test func `a picture in a stream counts, whatever else the stream contains`() {
    let good = #"{"candidates":[{"content":{"parts":[\#(part(Self.picture))]}}]}"#
    let error = #"{"error":{"code":503,"message":"overloaded"}}"#
    for events in [[good, error], ["{\"candidates\":[{", good], [good, "[DONE]"], [error, good]] {
      #expect(pictures(interpret(events.map { "data: \($0)\n\n" }.joined())) == ["a picture"])
    }
    let begun = #"{"candidates":[{"content":{"parts":[{"text":"wait"}]}}]}"#
    for (events, kind) in [
      ([error], FailureKind.outcomeUnknown), ([begun, error], .outcomeUnknown),
      (["{\"candidates\":[{", begun], .unreadableReply),
    ] {
      guard case .failed(let failure) = interpret(events.map { "data: \($0)\n\n" }.joined()) else {
        Issue.record("expected a failure")
        continue
      }
      #expect(failure.kind == kind)
    }
  }

  @Test func `a large picture with invalid Base64 names the first bad character`() {
    let text = String(repeating: "QUJD", count: 1_000)
    for (data, place) in [(text + "*AAAA", 4_000), (text + "Q", 4_001), (text + "Q=QQ" + text, 4_001)] {
      guard case .failed(let failure) = interpret(reply(part(data))) else {
        Issue.record("expected a failure")
        continue
      }
      #expect(failure.kind == .unreadableReply)
      #expect(failure.message.contains("from character \(place) on"), "\(failure.message)")
      #expect(failure.message.count <= 301)
    }
  }

  @Test func `snake case is read, too`() {
    let body =
      #"{"candidates":[{"content":{"parts":[{"inline_data":{"mime_type":"image/png","data":"Zm9v"}}]}}]}"#
    #expect(pictures(interpret(body)) == ["foo"])
  }

  @Test func `interim pictures are dropped, unless there is no other`() {
    let draft = part(base64("draft"), thought: true)
    #expect(pictures(interpret(reply(draft, part(base64("final"))))) == ["final"])
    #expect(pictures(interpret(reply(draft, part(base64("last"), thought: true)))) == ["last"])
  }

  @Test func `repeated pictures are dropped, different ones kept in order`() {
    let (a, b) = (part(base64("a")), part(base64("b")))
    #expect(pictures(interpret(reply(a, b, a))) == ["a", "b"])
  }

  @Test(arguments: [
    #"{"candidates":[{"content":{"parts":[{"text":"I cannot do that."}]},"finishReason":"STOP"}]}"#,
    #"{"candidates":[{"content":{"parts":null},"finishReason":"NO_IMAGE"}]}"#,
    #"{"candidates":[{"finishReason":"IMAGE_OTHER"}]}"#, #"{"candidates":[{"finishReason":"A_NEW_REASON"}]}"#,
    #"{"candidates":null}"#, "{}",
    #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":""}}]}}]}"#,
  ])
  func `a reply without a picture is reported as such`(body: String) {
    guard case .noPicture = interpret(body) else {
      Issue.record("expected `noPicture`")
      return
    }
  }

  @Test(arguments: [
    #"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#,
    #"{"candidates":[{"content":null,"finishReason":"IMAGE_SAFETY","finishMessage":"why"}]}"#,
    #"{"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]}"#,
    #"{"candidates":null,"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":0}}"#,
  ])
  func `a refusal is reported as such`(body: String) {
    guard case .refused = interpret(body) else {
      Issue.record("expected `refused`")
      return
    }
  }

  @Test func `the model's text is kept`() {
    guard
      case .noPicture(_, let facts, _) = interpret(
        reply(#"{"text":"thinking","thought":true}"#, #"{"text":"Sorry."}"#))
    else {
      Issue.record("expected `noPicture`")
      return
    }
    #expect(facts.text == "Sorry.")
  }

  @Test(arguments: [
    (
      400, #"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}"#,
      FailureKind.malformedRequest
    ),
    (
      400,
      #"{"error":{"code":400,"message":"API key not valid.","details":[{"reason":"API_KEY_INVALID"}]}}"#,
      .keyRejected
    ),
    (401, #"{"error":{"message":"bad token","code":"invalid_api_key"}}"#, .keyRejected),
    (402, "{}", .outOfCredit), (403, #"{"error":{"code":"insufficient_user_quota"}}"#, .outOfCredit),
    (403, "{}", .keyRejected), (404, "", .unknownModel), (413, "<html>too large</html>", .malformedRequest),
    (422, "{}", .malformedRequest), (429, "{}", .rateLimited), (503, "{}", .overloaded),
    (500, "{}", .outcomeUnknown), (502, "", .outcomeUnknown), (504, "", .outcomeUnknown),
    (408, "{}", .outcomeUnknown), (409, "{}", .outcomeUnknown), (499, "", .outcomeUnknown),
    (524, "<html>", .outcomeUnknown), (302, "", .redirected), (200, "<html>welcome</html>", .unreadableReply),
    (200, #"{"error":{"code":503,"message":"overloaded"}}"#, .outcomeUnknown),
  ])
  func `failures are told apart`(status: Int, body: String, kind: FailureKind) {
    guard case .failed(let failure) = interpret(body, status: status) else {
      Issue.record("expected a failure")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.status == status)
  }

  @Test func `every candidate is read, and Base64 is decoded leniently`() {
    let body =
      #"{"candidates":[{"content":{"parts":[{"text":"first"}]}},{"content":{"parts":["#
      + part("Zm9v\\nYmE") + "]}}]}"
    #expect(pictures(interpret(body)) == ["fooba"])
  }

  @Test func `a picture with broken Base64 is a failure, not a reply without a picture`() {
    guard case .failed(let failure) = interpret(reply(part("@@@@"))) else {
      Issue.record("expected a failure")
      return
    }
    #expect(failure.kind == .unreadableReply)
  }

  @Test func `the key is never quoted, however the reply spells it`() throws {
    let slashed = try APIKey("sk-a/b1234567")
    let padding = String(repeating: "x", count: 295)
    let bodies = [
      #"{"error":{"message":"\#(padding) sk-a/b1234567"}}"#, "<html>\(padding) sk-a\\/b1234567</html>",
      #"{"candidates":[{"finishReason":"sk-a/b1234567","finishMessage":"sk-a/b1234567"}]}"#,
      reply(part(Self.picture), #"{"text":"key sk-a/b1234567 accepted"}"#),
    ]
    for body in bodies {
      for status in [200, 400, 502] {
        let answer = IncomingReply(status: status, content: lifted(body))
        var text = ""
        dump(Gateway.apiyi.interpret(answer, key: slashed), to: &text)
        #expect(!text.contains("b1234567") && !text.contains("sk-a"), "\(text)")
        #expect(!answer.elided(hiding: slashed).contains("b1234567"))
      }
    }
  }

  @Test func `the wait is read from the header or from Google's details`() {
    let body =
      #"{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}"#
    guard case .failed(let detailed) = interpret(body, status: 429),
      case .failed(let plain) = interpret("{}", status: 429, retryAfter: "7"),
      case .failed(let nonsense) = interpret("{}", status: 429, retryAfter: "-1")
    else {
      Issue.record("expected failures")
      return
    }
    #expect(detailed.retryAfter == .milliseconds(1_500))
    #expect(plain.retryAfter == .seconds(7))
    #expect(nonsense.retryAfter == nil)
  }

  @Test func `an HTML error page becomes one short line`() {
    let page = "<html>\n" + String(repeating: "word \u{1B}[31m ", count: 500)
    guard case .failed(let failure) = interpret(page, status: 502) else {
      Issue.record("expected a failure")
      return
    }
    #expect(failure.message.count <= 300)
    #expect(!failure.message.unicodeScalars.contains { $0.value < 0x20 })
  }
}
