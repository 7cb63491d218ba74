import Foundation
import Gateways
import Testing
import Core

@Suite struct `Replies of every gateway` {
  private let picture = Data((0..<3_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
  private var base64: String { picture.base64EncodedString() }

  private func interpret(_ gateway: Gateway, _ body: String, status: Int = 200) -> Outcome {
    gateway.interpret(IncomingReply(status: status, content: lifted(body)))
  }

  /// Addresses as they are, pictures as their length.
  private func found(_ outcome: Outcome) -> [String] {
    guard case .pictures(let pictures, _) = outcome else { return ["\(outcome)".prefix(200).description] }
    return pictures.map { picture in
      switch picture.content {
      case .bytes(let bytes): "\(bytes.count) bytes"
      case .address(let address, let expires): expires.map { "\(address) until \($0)" } ?? address
      }
    }
  }

  @Test func `addresses are found as a list, an object, a string, a relative one, and a data URI`() {
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

  @Test func `the price and the searches that a gateway reports are kept`() {
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
  func `an accepted task gives its id`(body: String) {
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
  func `a task is running, also under an unknown status`(status: String) {
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

  @Test func `a finished task gives its addresses and when they expire`() {
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

  @Test func `a finished task without a picture says what it cost`() {
    let body = #"{"code":200,"data":{"id":"t","status":"completed","cost":3,"result":{"images":[]}}}"#
    guard case .noPicture(_, let facts, _) = task(body) else {
      Issue.record("expected a reply without a picture")
      return
    }
    #expect(facts.cost?.amount == 3)
  }

  @Test func `a task that failed, is unknown, or cannot be queried is told apart`() {
    for (status, body, kind, words) in [
      (
        200, #"{"code":200,"data":{"status":"failed","error":{"code":500,"message":"upstream","type":"x"}}}"#,
        FailureKind.taskFailed, "upstream"
      ),
      (200, #"{"data":{"status":"failed","error":"just words"}}"#, .taskFailed, "just words"),
      (200, #"{"data":{"status":"cancelled"}}"#, .taskFailed, ""),
      (
        200,
        #"""
        {"data":{"status":"failed","error":{"code":400,"type":"content_policy_violation","message":"no"}}}
        """#,
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

  private static let everyGateway = [
    Gateway.apiyi, .google, .crazyrouter, .myrouter, .gccai, .aimlapi, .simulator,
  ]

  private func part(_ text: String) -> String {
    #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}]},"finishReason":"STOP"}]}"#
  }

  @Test func `a picture is found wherever a gateway puts it`() {
    let (data, uri) = (base64, "data:image/png;base64,\(base64)")
    let (first, second) = (data.prefix(1_501), data.dropFirst(1_501))
    let chat = { (message: String) in #"{"choices":[{"message":\#(message),"finish_reason":"stop"}]}"# }
    let inline =
      #"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"\#(uri)"}}]}}]}"#
    for body in [
      part("![image](\(uri))"), part("Here: ![image](\(uri)) done"), part(uri),
      part("![a](https://a/1.png) ![b](\(uri))"), inline, "[\(part("wait")),\(inline)]",
      "data: \(part("wait"))\n\ndata: \(inline)\n\n",
      "[\(part("![i](data:image/png;base64,\(first)")),\(part("\(second))"))]",
      #"{"candidates":[{"content":{"parts":[{"image_url":{"url":"\#(uri)"}}]}}]}"#,
      #"{"data":[{"b64_json":"\#(data)"}]}"#, #"{"created":1,"data":[{"url":"\#(uri)"}]}"#,
      #"{"images":["\#(uri)"]}"#, #"{"output":[{"type":"image_generation_call","result":"\#(data)"}]}"#,
      #"{"text":"![i](\#(uri))"}"#, chat(#"{"content":"![i](\#(uri))"}"#), chat(#"{"content":"\#(uri)"}"#),
      chat(#"{"content":"","images":[{"type":"image_url","image_url":{"url":"\#(uri)"}}]}"#),
      chat(#"{"content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"\#(uri)"}}]}"#),
    ] {
      for gateway in Self.everyGateway {
        #expect(found(interpret(gateway, body)) == ["3000 bytes"], "\(gateway.id): \(body.prefix(90))")
      }
    }
  }

  @Test func `short pictures in data URIs are found, and bare Base64 only with a picture's first bytes`() {
    let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 3_001))
    #expect(found(interpret(.apiyi, part("a data:image/png;base64,Zm9v b"))) == ["3 bytes"])
    #expect(found(interpret(.google, part(png.base64EncodedString()))) == ["3009 bytes"])
    guard case .noPicture = interpret(.google, part(base64)) else {
      Issue.record("expected no picture")
      return
    }
  }

  @Test func `a picture inside the text of a thought does not count`() {
    let thought =
      #"""
      {"candidates":[{"content":{"parts":[{"thought":true,"text":"data:image/png;base64,\#(base64)"},\#
      {"text":"no"}]}}]}
      """#
    guard case .noPicture(_, let facts, let links) = interpret(.apiyi, thought) else {
      Issue.record("expected no picture")
      return
    }
    #expect(facts.text == "no" && links.isEmpty)
  }

  @Test(arguments: [
    ("![Image](https://a/1.png)", ["https://a/1.png"], []), ("https://a/1.png\\n", [], ["https://a/1.png"]),
    ("See https://a/help, or (https://b/x.png).", [], ["https://a/help", "https://b/x.png"]),
    ("[Download](https://a/1.png?sig=a&b=c)", [], ["https://a/1.png?sig=a&b=c"]),
    ("![i](https://a/1.png 'title') and https://a/policy", ["https://a/1.png"], ["https://a/policy"]),
    ("<img alt='x' src='https://a/1.png'>", ["https://a/1.png"], []),
    ("在这里：https://a/1.png。", [], ["https://a/1.png"]),
    ("[点击下载](https://a/1.png)。请在24小时内下载[b](https://a/2.png)", [], ["https://a/1.png", "https://a/2.png"]),
    ("no address", [], []),
  ])
  func `an address in the text may be a picture's`(text: String, shown: [String], plain: [String]) {
    for gateway in Self.everyGateway {
      guard case .noPicture(_, let facts, let links) = interpret(gateway, part(text)) else {
        Issue.record("it is not yet known whether the address is a picture's")
        continue
      }
      #expect(links == TextLinks(shown: shown, plain: plain), "\(text)")
      #expect(facts.text?.isEmpty == false)
    }
  }

  @Test(arguments: [
    "![image](", "![", "<img ", "data:image/a;", "https://a/", "data:image/png;base64,AAAA ",
  ])
  func `text with an endlessly repeated opening is scanned only once`(piece: String) {
    let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
    if case .failed = interpret(.apiyi, part(text)) { Issue.record("the text was refused") }
  }

  @Test func `text beside a picture is kept`() {
    guard
      case .pictures(_, let facts) = interpret(.apiyi, part("Done! ![i](data:image/png;base64,\(base64))"))
    else {
      Issue.record("expected a picture")
      return
    }
    #expect(facts.text == "Done!")
  }

  @Test func `one status code with several meanings is told apart`() {
    for (gateway, status, body, kind) in [
      (Gateway.aimlapi, 403, #"{"message":"x","statusCode":"403"}"#, FailureKind.outOfCredit),
      (.crazyrouter, 403, #"{"error":{"code":"insufficient_quota","message":"x"}}"#, .outOfCredit),
      (.crazyrouter, 403, #"{"error":{"message":"x"}}"#, .keyRejected),
      (.crazyrouter, 500, #"{"error":{"code":"get_channel_failed"}}"#, .overloaded),
      (.crazyrouter, 400, #"{"error":{"code":"content_filter"}}"#, .refusedByPolicy),
      (.crazyrouter, 503, #"{"error":{"code":"model_not_found"}}"#, .unknownModel),
      (.apiyi, 500, #"{"error":{"code":"model_not_found"}}"#, .unknownModel),
      (.apiyi, 404, #"{"error":{"type":"model_not_found"}}"#, .unknownModel),
      (.gccai, 503, #"{"error":{"message":"当前分组下对于模型 x 无可用渠道"}}"#, .unknownModel),
      (.crazyrouter, 503, #"{"error":{"message":"No available channel for model x"}}"#, .unknownModel),
      (
        .crazyrouter, 500, #"{"error":{"code":"get_channel_failed","message":"no available channel"}}"#,
        .overloaded
      ),
      (.crazyrouter, 500, #"{"error":{"message":"no available channel"}}"#, .outcomeUnknown),
      (.myrouter, 400, #"{"code":400,"reason":"BILLING_BALANCE_NOT_ENOUGH","message":"x"}"#, .outOfCredit),
      (.myrouter, 400, #"{"reason":"ILLEGAL_PROMPT"}"#, .refusedByPolicy),
      (.gccai, 402, #"{"error":{"code":402,"type":"payment_required"}}"#, .outOfCredit),
      (.gccai, 403, #"{"error":{"code":403,"message":"用户余额不足"}}"#, .outOfCredit),
      (.gccai, 200, #"{"code":429,"message":"slow down"}"#, .outcomeUnknown),
      (.gccai, 200, #"{"code":-1,"msg":"余额不足，请充值","data":null}"#, .outOfCredit),
      (.apiyi, 200, #"{"code":-1,"msg":"余额不足","data":"some text","task_id":""}"#, .outOfCredit),
      (
        .apiyi, 200, #"{"success":false,"message":"upload of result failed: 401 Unauthorized"}"#,
        .outcomeUnknown
      ),
      (.apiyi, 200, #"{"success":false,"message":"Moderation service timed out"}"#, .outcomeUnknown),
      (.apiyi, 200, #"{"code":-1,"msg":"任务超时: 敏感肌护肤品海报"}"#, .outcomeUnknown),
      (.apiyi, 200, #"{"code":-1,"prompt":"insufficient balance on a scale"}"#, .outcomeUnknown),
      (.apiyi, 400, #"{"error":{"message":"Invalid value for 'moderation'"}}"#, .malformedRequest),
      (.apiyi, 400, #"{"error":{"message":"Rejected: unknown field safety_settings"}}"#, .malformedRequest),
      (.apiyi, 500, #"{"error":{"message":"blocked by safety filter"}}"#, .outcomeUnknown),
      (.apiyi, 451, #"{"error":{"message":"?"}}"#, .outcomeUnknown),
      (
        .apiyi, 400, #"{"error":{"message":"failed to download image: 401 Unauthorized"}}"#, .malformedRequest
      ),
      (.apiyi, 200, #"{"code":-1,"msg":"系统繁忙，请稍后再试"}"#, .outcomeUnknown),
      (.apiyi, 200, #"{"code":"E1001","msg":"?"}"#, .outcomeUnknown),
      (.google, 200, #"{"success":false,"message":"timeout"}"#, .outcomeUnknown),
      (.aimlapi, 200, #"{"error":{"code":"invalid_api_key","message":"x"}}"#, .keyRejected),
      (.aimlapi, 200, #"{"error":{"code":401,"message":"x"}}"#, .keyRejected),
      (.myrouter, 200, #"{"error":{"code":"model_not_found"}}"#, .unknownModel),
      (.myrouter, 200, #"{"status":"failed","message":"blocked by our content policy"}"#, .refusedByPolicy),
      (.crazyrouter, 200, #"{"error":{"code":503,"message":"overloaded"}}"#, .outcomeUnknown),
      (.google, 402, #"{"error":{"code":402,"status":"RESOURCE_EXHAUSTED"}}"#, .outOfCredit),
      (.google, 429, #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"#, .rateLimited),
      (.google, 429, #"{"error":{"details":[{"reason":"MODEL_CAPACITY_EXHAUSTED"}]}}"#, .overloaded),
      (
        .google, 400,
        #"""
        {"error":{"status":"FAILED_PRECONDITION","message":"User location is not supported \#
        for the API use."}}
        """#,
        .placeNotServed
      ),
      (
        .google, 400,
        #"""
        {"error":{"status":"FAILED_PRECONDITION","message":"Free tier is not available in your country. \#
        Please enable billing."}}
        """#,
        .needsBilling
      ),
      (.aimlapi, 403, #"{"error":{"code":"unsupported_country_region_territory"}}"#, .placeNotServed),
      (.google, 400, #"{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}"#, .keyRejected),
    ] {
      guard case .failed(let failure) = interpret(gateway, body, status: status) else {
        Issue.record("expected a failure from \(body)")
        continue
      }
      #expect(failure.kind == kind, "\(gateway.id) \(status) \(body)")
    }
  }

  private static let refusals = [
    "Request blocked: prohibited content", "Your prompt violates our content policy.",
    "The request was blocked for safety reasons", "Blocked by safety filters",
    "Your request was rejected as a result of our safety system.",
    "This prompt contains sensitive words that violate Google's Responsible AI practices.",
    "The input may contain sensitive information", "Input data may contain inappropriate content.",
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    "Content was rejected by moderation", "Candidate blocked: PROHIBITED_CONTENT", "提示词包含敏感词", "图片内容不合规",
  ]

  @Test(arguments: refusals, [400, 403, 422, 451])
  func `a refusal by policy is recognized by its words`(words: String, status: Int) {
    for gateway in [Gateway.google, .apiyi, .aimlapi, .crazyrouter, .myrouter, .gccai] {
      for body in [
        #"{"error":{"message":"\#(words)"}}"#, #"{"message":"\#(words)","statusCode":"\#(status)"}"#,
        #"{"error":{"code":\#(status),"status":"PERMISSION_DENIED","message":"\#(words)"}}"#,
        #"{"error":{"code":\#(status),"type":"permission_error","message":"\#(words)"}}"#,
      ] {
        guard case .failed(let failure) = interpret(gateway, body, status: status) else {
          Issue.record("expected a failure from \(body)")
          continue
        }
        #expect(failure.kind == .refusedByPolicy, "\(gateway.id) \(body)")
      }
    }
  }

  @Test(arguments: [
    ("Request blocked: safety", "", FailureKind.refusedByPolicy), ("x", "SAFETY", .refusedByPolicy),
    ("x", "PROHIBITED_CONTENT", .refusedByPolicy),
    ("Your account has been suspended for violating our content policy", "", .keyRejected),
    ("The API key is blocked by a safety policy", "", .keyRejected),
    ("Request is prohibited by organization's policy", "", .keyRejected),
    ("You do not have permission to access the file", "PERMISSION_DENIED", .keyRejected),
    ("Request blocked. We can't connect to the server for this app", "", .keyRejected),
    ("Sorry, you have been blocked", "", .keyRejected), ("Access denied by policy", "", .keyRejected),
    ("Insufficient balance; see our content policy", "", .outOfCredit),
    ("User location is not supported. See the usage policy.", "", .placeNotServed),
    ("Blocked by moderation", "insufficient_quota", .outOfCredit),
    ("Blocked by moderation", "invalid_api_key", .keyRejected),
  ])
  func `other reasons for status 403 keep their meaning`(words: String, code: String, kind: FailureKind) {
    let body = #"{"error":{"message":"\#(words)","code":"\#(code)"}}"#
    guard case .failed(let failure) = interpret(.crazyrouter, body, status: 403) else {
      Issue.record("expected a failure from \(body)")
      return
    }
    #expect(failure.kind == kind, "\(body)")
  }

  private func quota(_ violations: [(id: String, value: String)], _ words: String = "") -> String {
    let list = violations.map { #"{"quotaId":"\#($0.id)","quotaValue":"\#($0.value)"}"# }.joined(
      separator: ",")
    return
      #"""
      {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"\#(words)",\#
      "details":[{"violations":[\#(list)]},{"retryDelay":"31s"}]}}
      """#
  }

  @Test func `quotas of zero, per day, and per minute are told apart`() {
    let (day, minute) = (
      "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "GenerateContentPerMinutePerProject"
    )
    for (body, kind) in [
      (quota([(day, "0")]), FailureKind.needsBilling), (quota([(minute, "20"), (day, "0")]), .needsBilling),
      (quota([], "Quota exceeded for metric: x, limit: 0, model: y"), .needsBilling),
      (quota([], "limit: 0.5"), .rateLimited), (quota([], "limit: 01"), .rateLimited),
      (quota([(minute, "20"), (day, "100")]), .dayQuotaUsed), (quota([(day, "250")]), .dayQuotaUsed),
      (quota([(minute, "20")]), .rateLimited), (quota([]), .rateLimited),
      (
        #"{"error":{"message":"upstream: \#(quota([(day, "0")]).replacing("\"", with: "\\\""))"}}"#,
        .needsBilling
      ),
    ] {
      let reply = IncomingReply(status: 429, date: "Sun, 29 Nov 2026 10:00:00 GMT", content: lifted(body))
      guard case .failed(let failure) = Gateway.google.interpret(reply) else {
        Issue.record("expected a failure from \(body)")
        continue
      }
      #expect(failure.kind == kind, "\(body)")
      // Midnight in California is 8:00 UTC in winter.
      #expect(failure.retryAfter == (kind == .dayQuotaUsed ? .seconds(22 * 3_600) : .seconds(31)), "\(body)")
    }
  }

  @Test(arguments: [
    ("Sun, 29 Nov 2026 07:59:00 GMT", 60), ("Wed, 01 Jul 2026 06:00:00 GMT", 3_600),
    ("Wed, 01 Jul 2026 07:00:00 GMT", 86_400),
    // Clocks are set forward on March 8 and back on November 1.
    ("Sun, 08 Mar 2026 08:00:00 GMT", 23 * 3_600), ("Sun, 01 Nov 2026 07:00:00 GMT", 25 * 3_600),
  ])
  func `a day's quota returns at midnight in California`(date: String, seconds: Int) {
    let body = quota([("PerDay", "5")])
    let reply = IncomingReply(status: 429, date: date, content: lifted(body))
    guard case .failed(let failure) = Gateway.apiyi.interpret(reply) else {
      Issue.record("expected a failure")
      return
    }
    #expect(failure.retryAfter == .seconds(seconds))
  }

  @Test func `a cause quoted in a message is shown, but does not make a lost request unbilled`() {
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

  @Test func `half of a surrogate pair costs its character, not the reply`() {
    let body =
      #"{"candidates":[{"content":{"parts":[{"text":"ok \ud83c"},{"inlineData":{"data":"Zm9v"}}]}}]}"#
    #expect(found(interpret(.google, body)) == ["3 bytes"])
  }

  @Test func `dates in Retry-After are read`() {
    #expect(
      RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now: "Sun, 06 Nov 1994 08:49:07 GMT") == .seconds(30))
    #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    for nonsense in ["soon", "Sun, 06 Nov 1994", "1e9", "", "Sun, 06 Foo 1994 08:49:37 GMT"] {
      #expect(RetryAfter.parse(nonsense) == nil)
    }
  }
}
