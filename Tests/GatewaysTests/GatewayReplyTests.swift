import Foundation
import Gateways
import Testing
import Vocabulary

@Suite struct `Replies of every gateway` {
  private let picture = Data((0..<3_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
  private var base64: String { picture.base64EncodedString() }

  private func interpret(_ gateway: Gateway, _ body: String, status: Int = 200) -> Outcome {
    gateway.interpret(IncomingReply(status: status, content: lifted(body)))
  }

  /// Addresses as they stand, pictures as their length.
  private func found(_ outcome: Outcome) -> [String] {
    guard case .pictures(let pictures, _) = outcome else { return ["\(outcome)".prefix(200).description] }
    return pictures.map { picture in
      switch picture.content {
      case .bytes(let bytes): "\(bytes.count) bytes"
      case .address(let address, let expires): expires.map { "\(address) until \($0)" } ?? address
      }
    }
  }

  @Test func `addresses: a list, an object, a string, a relative one, a data URI`() {
    for (gateway, body, expected) in [
      (
        Gateway.myrouter, #"{"image_urls":["https://a/1.png","https://a/2.png"]}"#,
        ["https://a/1.png", "https://a/2.png"]
      ),
      (
        .myrouter, #"{"image_urls":[{"url":"https://a/1.png"}],"grounding_metadata":null}"#,
        ["https://a/1.png"]
      ),
      (
        .aimlapi, #"{"data":[{"url":"https://a/1.png","b64_json":null,"mime_type":"image/png"}]}"#,
        ["https://a/1.png"]
      ),
      (.aimlapi, #"{"images":[{"url":["https://a/1.png"]}]}"#, ["https://a/1.png"]),
      (.aimlapi, #"{"data":[{"url":"/f/1.png"}]}"#, ["/f/1.png"]),
      (.aimlapi, #"{"data":[{"url":null,"b64_json":"\#(base64)"}]}"#, ["3000 bytes"]),
      (.aimlapi, #"{"images":[{"base64":"Zm9v"}]}"#, ["3 bytes"]),
      (.aimlapi, #"{"data":[{"url":"data:image/png;base64,\#(base64)"}]}"#, ["3000 bytes"]),
      (.myrouter, #"{"image_urls":["data:image/png;base64,Zm9v"]}"#, ["3 bytes"]),
      (.aimlapi, #"{"data":[{"url":"https://a/1.png"},{"url":"https://a/1.png"}]}"#, ["https://a/1.png"]),
    ] {
      #expect(found(interpret(gateway, body)) == expected, "\(body.prefix(80))")
    }
  }

  @Test func `what the gateway took and found`() {
    let body =
      #"{"data":[{"url":"https://a/1.png"}],"meta":{"usage":{"credits_used":"178975"}}}"#
    guard case .pictures(_, let credits) = interpret(.aimlapi, body),
      case .pictures(_, let dollars) = interpret(
        .aimlapi, body.replacing("\"credits_used\"", with: "\"usd_spent\":0.03,\"credits_used\"")),
      case .pictures(_, let grounded) = interpret(
        .myrouter, #"{"image_urls":["https://a/1"],"grounding_metadata":{"webSearchQueries":["x"]}}"#)
    else {
      Issue.record("expected pictures")
      return
    }
    #expect(credits.cost == .init(amount: 178_975, currency: "credits"))
    #expect(dollars.cost == .init(amount: 0.03, currency: "USD"))
    #expect(grounded.grounding == #"{"webSearchQueries":["x"]}"#)
  }

  @Test(arguments: [
    #"{"code":200,"data":[{"status":"submitted","task_id":"task_1"}]}"#,
    #"{"code":200,"data":{"status":"submitted","task_id":"task_1"}}"#,
    #"{"id":"task_1","status":"pending","progress":0}"#, #"{"task_id":"task_1"}"#,
    #"{"code":"200","data":[{"status":"submitted","task_id":"task_1"},{"task_id":"task_1"}]}"#,
  ])
  func `a task is accepted`(body: String) {
    guard case .accepted(let tasks) = interpret(.gccai, body) else {
      Issue.record("expected a task from \(body)")
      return
    }
    #expect(tasks == ["task_1"])
  }

  private func task(_ body: String, status: Int = 200) -> Outcome {
    Gateway.gccai.interpretTask(IncomingReply(status: status, content: lifted(body)))
  }

  @Test(arguments: ["pending", "processing", "in_progress", "submitted", "a_new_word"])
  func `a task that runs, also under a word that nobody knows`(status: String) {
    for body in [
      #"{"code":200,"data":{"id":"t","status":"\#(status)","progress":"40"}}"#,
      #"{"id":"t","status":"\#(status)","progress":40}"#,
    ] {
      guard case .running(let progress) = task(body) else {
        Issue.record("expected a running task")
        return
      }
      #expect(progress == 40)
    }
  }

  @Test func `a task that is done`() {
    let result = #""result":{"images":[{"url":["https://a/1.png"],"expires_at":1763174708}]}"#
    for (body, expected) in [
      (
        #"{"code":200,"data":{"id":"t","status":"completed",\#(result)}}"#, "https://a/1.png until 1763174708"
      ),
      (#"{"id":"t","status":"success",\#(result)}"#, "https://a/1.png until 1763174708"),
      (#"{"data":{"status":"finished","result":{"images":[{"url":"/f/1.png"}]}}}"#, "/f/1.png"),
      (
        #"{"data":{"status":"completed","result":{"images":["data:image/png;base64,\#(base64)"]}}}"#,
        "3000 bytes"
      ),
    ] {
      #expect(found(task(body)) == [expected])
    }
    guard case .noPicture = task(#"{"data":{"status":"completed","result":{"images":[]}}}"#) else {
      Issue.record("expected no picture")
      return
    }
  }

  @Test func `a task that is done without a picture says what it cost`() {
    let body = #"{"code":200,"data":{"id":"t","status":"completed","cost":3,"result":{"images":[]}}}"#
    guard case .noPicture(_, let facts) = task(body) else {
      Issue.record("it is done, and there is no picture")
      return
    }
    #expect(facts.cost?.amount == 3)
  }

  @Test func `a task that failed, is unknown, or is not told about`() {
    for (status, body, kind, words) in [
      (
        200, #"{"code":200,"data":{"status":"failed","error":{"code":500,"message":"upstream","type":"x"}}}"#,
        FailureKind.taskFailed, "upstream"
      ),
      (200, #"{"data":{"status":"failed","error":"just words"}}"#, .taskFailed, "just words"),
      (200, #"{"data":{"status":"cancelled"}}"#, .taskFailed, ""),
      (
        200,
        #"{"data":{"status":"failed","error":{"code":400,"type":"content_policy_violation","message":"no"}}}"#,
        .refusedByPolicy, "no"
      ),
      (404, #"{"error":{"code":404,"message":"no such task"}}"#, .unknownTask, "no such task"),
      (429, "{}", .rateLimited, ""), (401, #"{"error":{"type":"authentication_error"}}"#, .keyRejected, ""),
    ] {
      guard case .failed(let failure) = task(body, status: status) else {
        Issue.record("expected a failure from \(body)")
        continue
      }
      #expect(failure.kind == kind, "\(body)")
      #expect(words.isEmpty || failure.message.contains(words), "\(failure.message)")
    }
  }

  @Test func `pictures in the text, where the gateway is known for it`() {
    let part = { (text: String) in
      #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}]},"finishReason":"STOP"}]}"#
    }
    for (text, expected) in [
      ("![image](data:image/jpeg;base64,\(base64))", "3000 bytes"),
      ("Here: ![image](data:image/png;base64,Zm9v) done", "3 bytes"),
      ("![Image](https://a/1.png)", "https://a/1.png"), ("https://a/1.png\\n", "https://a/1.png"),
      ("data:image/png;base64,\(base64)", "3000 bytes"),
      ("![a](https://a/1.png) ![b](data:image/png;base64,Zm9v)", "3 bytes"),
    ] {
      #expect(found(interpret(.crazyrouter, part(text))) == [expected], "\(text.prefix(60))")
      guard case .noPicture(_, let facts) = interpret(.apiyi, part(text)) else {
        Issue.record("expected no picture where none is looked for")
        continue
      }
      #expect(facts.text != nil)
    }
    guard case .pictures(_, let facts) = interpret(.crazyrouter, part("Done! ![i](https://a/1.png)")) else {
      Issue.record("expected a picture")
      return
    }
    #expect(facts.text == "Done!")
    guard case .noPicture(_, let words) = interpret(.crazyrouter, part("See https://a/help for more.")) else {
      Issue.record("expected words")
      return
    }
    #expect(words.text == "See https://a/help for more.")
  }

  @Test func `one number that stands for several things`() {
    for (gateway, status, body, kind) in [
      (Gateway.aimlapi, 403, #"{"message":"x","statusCode":"403"}"#, FailureKind.outOfCredit),
      (.crazyrouter, 403, #"{"error":{"code":"insufficient_quota","message":"x"}}"#, .outOfCredit),
      (.crazyrouter, 403, #"{"error":{"message":"x"}}"#, .keyRejected),
      (.crazyrouter, 500, #"{"error":{"code":"get_channel_failed"}}"#, .overloaded),
      (.crazyrouter, 400, #"{"error":{"code":"content_filter"}}"#, .refusedByPolicy),
      (.crazyrouter, 503, #"{"error":{"code":"model_not_found"}}"#, .overloaded),
      (.myrouter, 400, #"{"code":400,"reason":"BILLING_BALANCE_NOT_ENOUGH","message":"x"}"#, .outOfCredit),
      (.myrouter, 400, #"{"reason":"ILLEGAL_PROMPT"}"#, .refusedByPolicy),
      (.gccai, 402, #"{"error":{"code":402,"type":"payment_required"}}"#, .outOfCredit),
      (.gccai, 403, #"{"error":{"code":403,"message":"用户余额不足"}}"#, .outOfCredit),
      (.gccai, 200, #"{"code":429,"message":"slow down"}"#, .rateLimited),
      (.google, 402, #"{"error":{"code":402,"status":"RESOURCE_EXHAUSTED"}}"#, .outOfCredit),
      (.google, 429, #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"#, .rateLimited),
      (.google, 429, #"{"error":{"details":[{"reason":"MODEL_CAPACITY_EXHAUSTED"}]}}"#, .overloaded),
      (.google, 400, #"{"error":{"status":"FAILED_PRECONDITION"}}"#, .keyRejected),
      (.google, 400, #"{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}"#, .keyRejected),
    ] {
      guard case .failed(let failure) = interpret(gateway, body, status: status) else {
        Issue.record("expected a failure from \(body)")
        continue
      }
      #expect(failure.kind == kind, "\(gateway.id) \(status) \(body)")
    }
  }

  @Test func `a cause inside a message is shown, but does not make a lost request a free one`() {
    let inner =
      #"{\"error\":{\"code\":429,\"message\":\"Resource exhausted\",\"status\":\"RESOURCE_EXHAUSTED\"}}"#
    let body = #"{"error":{"code":"500","message":"upstream: \#(inner)"}}"#
    guard case .failed(let failure) = interpret(.apiyi, body, status: 500) else {
      Issue.record("expected a failure")
      return
    }
    #expect(failure.message == "Resource exhausted")
    #expect(failure.kind == .outcomeUnknown)
  }

  @Test func `half of a surrogate pair costs its character, not the answer`() {
    let body =
      #"{"candidates":[{"content":{"parts":[{"text":"ok \ud83c"},{"inlineData":{"data":"Zm9v"}}]}}]}"#
    #expect(found(interpret(.google, body)) == ["3 bytes"])
  }

  @Test func `dates to come back at`() {
    #expect(
      RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now: "Sun, 06 Nov 1994 08:49:07 GMT") == .seconds(30))
    #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    for nonsense in ["soon", "Sun, 06 Nov 1994", "1e9", "", "Sun, 06 Foo 1994 08:49:37 GMT"] {
      #expect(RetryAfter.parse(nonsense) == nil)
    }
  }
}
