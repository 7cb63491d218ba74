import Foundation
import Gateways
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

/// A request with every option set. A gateway writes only the options for which it has a field.
private func request(_ gateway: Gateway) -> EditRequest {
  let picture = PictureContent(PictureBytes(Array("picture".utf8)))
  var references: [EditRequest.Reference] = [.picture(.jpeg, picture), .picture(.png, picture)]
  if gateway.fields.addresses != nil { references.append(.address("http://example.com/style.png")) }
  var request = EditRequest(
    prompt: "make it \"evening\"", model: gateway.defaultModel.id, tier: .two,
    shape: .ratio(AspectRatio(16, 9)),
    references: references)
  request.count = gateway.maximumPictures
  request.outputFormat = gateway.outputFormats.last
  request.webSearch = true
  request.imageSearch = gateway.fields.imageSearch != nil
  request.officialFallback = gateway.fields.officialFallback != nil
  request.thinking = .high
  request.idempotencyKey = "edit-1"
  return request
}

private func text(_ body: RequestBody?) -> String {
  (body?.pieces ?? []).reduce(into: "") { text, piece in
    switch piece {
    case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
    case .base64(let content): text += Data((try? content.read().array) ?? []).base64EncodedString()
    }
  }
}

/// The request that each gateway is sent, and its URL, with every option that the gateway supports.
private struct Golden {
  let url: String
  let authorization: (name: String, value: String)
  let body: String
}

private let inline =
  #"{"text":"make it \"evening\""},{"inlineData":{"mimeType":"image/jpeg","data":"cGljdHVyZQ=="}},"#
  + #"{"inlineData":{"mimeType":"image/png","data":"cGljdHVyZQ=="}}"#
private let shape = #""responseModalities":["IMAGE"],"imageConfig":{"aspectRatio":"16:9","imageSize":"2K"}"#
private let dataURIs =
  #"""
  ["data:image/jpeg;base64,cGljdHVyZQ==","data:image/png;base64,cGljdHVyZQ==",\#
  "http://example.com/style.png"]
  """#
private let bearer = ("Authorization", "Bearer sk-canary-7f3a")

private let goldens: [String: Golden] = [
  "myrouter": Golden(
    url: "https://api.myrouter.ai/v3/gemini-3.1-flash-image-edit", authorization: bearer,
    body: #"{"prompt":"make it \"evening\"","image_base64s":["cGljdHVyZQ==","cGljdHVyZQ=="],"#
      + #""image_urls":["http://example.com/style.png"],"aspect_ratio":"16:9","size":"2K","#
      + #""output_format":"image/jpeg","google":{"web_search":true,"image_search":true}}"#),
  "gccai": Golden(
    url: "https://gccai.heqingsong.uk/v1/images/generations", authorization: bearer,
    body: #"{"model":"gemini-3.1-flash-image-preview","prompt":"make it \"evening\"","image_urls":"#
      + dataURIs
      + #","size":"16:9","resolution":"2K","n":4,"google_search":true,"google_image_search":true,"#
      + #""official_fallback":true}"#),
  "apiyi": Golden(
    url: "https://api.apiyi.com/v1beta/models/gemini-3.1-flash-image-preview:generateContent",
    authorization: bearer,
    body: #"{"contents":[{"parts":["# + inline + "]}],\"generationConfig\":{" + shape + "}"),
  "aimlapi": Golden(
    url: "https://api.aimlapi.com/v1/images/generations", authorization: bearer,
    body: #"{"model":"google/nano-banana-2","prompt":"make it \"evening\"","image_urls":"# + dataURIs
      + #","aspect_ratio":"16:9","resolution":"2K","enable_web_search":true}"#),
  "crazyrouter": Golden(
    url: "https://api.crazyrouter.com/v1beta/models/nano-banana-2:generateContent", authorization: bearer,
    body: #"{"contents":[{"role":"user","parts":["# + inline + "]}],\"generationConfig\":{" + shape + "}"),
  "google": Golden(
    url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-nano-banana-2.1:generateContent",
    authorization: ("x-goog-api-key", "sk-canary-7f3a"),
    body: #"{"contents":[{"role":"user","parts":["# + inline + "]}],\"generationConfig\":{" + shape
      + #","thinkingConfig":{"thinkingLevel":"HIGH"}},"#
      + #""tools":[{"googleSearch":{"searchTypes":{"webSearch":{},"imageSearch":{}}}}]}"#),
  "simulator": Golden(
    url: "http://127.0.0.1/v1beta/models/gemini-3.1-flash-image:generateContent", authorization: bearer,
    body: #"{"contents":[{"role":"user","parts":["# + inline + "]}],\"generationConfig\":{" + shape
      + #","thinkingConfig":{"thinkingLevel":"HIGH"}},"#
      + #""tools":[{"googleSearch":{"searchTypes":{"webSearch":{},"imageSearch":{}}}}]}"#),
]

@Suite struct `Requests to every gateway` {
  @Test(arguments: Gateway.all.map(\.id))
  func `a request with every option matches the gateway's documentation`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let golden = try #require(goldens[id], "the gateway has no golden request")
    let outgoing = gateway.encode(
      request(gateway), baseURL: gateway.baseURL ?? "http://127.0.0.1", key: key)
    #expect(outgoing.url == golden.url)
    #expect(outgoing.headers.contains { $0 == golden.authorization })
    let body = text(outgoing.body)
    #expect(body.hasPrefix(golden.body), "\(body)")
    #expect(outgoing.body?.length == body.utf8.count)
    #expect(JSONValue(parsing: Array(body.utf8)) != nil)
    // Signatures belong to the route that made them, and every edit is a new request.
    #expect(!body.contains("thoughtSignature"))
    #expect(outgoing.headers.contains { $0.name == "Idempotency-Key" } == (gateway.idempotency != nil))
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `options that are not set are not sent`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let plain = EditRequest(
      prompt: "x", model: "m", tier: nil, shape: nil,
      references: [.picture(.png, PictureContent(PictureBytes([1])))])
    let body = text(gateway.encode(plain, baseURL: "https://x", key: key).body)
    for word in [
      "imageConfig", "tools", "thinking", "search", "size", "resolution", "aspect", "\"n\"", "fallback",
      "output",
    ] {
      #expect(!body.contains(word), "\(word) in \(body)")
    }
  }

  @Test(arguments: Tier.allCases)
  func `the field size is a tier at one gateway and a ratio at another`(tier: Tier) {
    for (gateway, field, spelling) in [
      (Gateway.myrouter, "size", tier.rawValue), (.gccai, "resolution", tier.rawValue),
      (.google, "imageSize", tier == .half ? "512" : tier.rawValue),
    ] {
      var request = request(gateway)
      request.tier = tier
      let body = text(gateway.encode(request, baseURL: "https://x", key: key).body)
      #expect(body.contains(#""\#(field)":"\#(spelling)""#), "\(body)")
    }
    #expect(
      text(Gateway.gccai.encode(request(.gccai), baseURL: "https://x", key: key).body).contains(
        #""size":"16:9""#))
  }

  @Test func `an automatic aspect ratio is sent as auto, or not at all`() {
    var asked = request(.gccai)
    asked.shape = .automatic
    #expect(
      text(Gateway.gccai.encode(asked, baseURL: "https://x", key: key).body).contains(#""size":"auto""#))
    #expect(!text(Gateway.google.encode(asked, baseURL: "https://x", key: key).body).contains("aspectRatio"))
  }

  @Test func `a key in the URL appears nowhere else, and in no log`() {
    var gateway = Gateway.crazyrouter
    gateway.authorization = .query
    let outgoing = gateway.encode(request(gateway), baseURL: "https://x", key: key)
    #expect(outgoing.url == "https://x/v1beta/models/nano-banana-2:generateContent?key=sk-canary-7f3a")
    #expect(!outgoing.loggableURL.contains("canary"))
    #expect(!outgoing.headers.contains { $0.value.contains("canary") })
  }

  @Test func `a task is queried by its id, without caches`() throws {
    let question = try #require(
      Gateway.gccai.encodeQuestion(about: "task_0/1?x", baseURL: "https://x", key: key))
    #expect(question.url == "https://x/v1/tasks/task_0%2F1%3Fx?language=en")
    #expect(question.body == nil)
    #expect(question.headers.contains { $0 == ("Cache-Control", "no-cache") })
    #expect(Gateway.apiyi.encodeQuestion(about: "t", baseURL: "https://x", key: key) == nil)
  }
}

@Suite struct `The gateway table` {
  @Test(arguments: Gateway.all.map(\.id))
  func `no gateway lacks a field or contradicts itself`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    #expect(gateway.limits.pictureBytes <= .megabytes(10))
    #expect(gateway.baseURL?.hasPrefix("https://") ?? (id == "simulator"))
    #expect((gateway.dialect == .nativeGemini) == (gateway.carrier == .inlineData))
    #expect((gateway.dialect == .task) == (gateway.taskRoute != nil))
    #expect(gateway.path.contains("{model}") == (gateway.fields.model == nil))
    #expect((gateway.maximumPictures > 1) == (gateway.fields.count != nil))
    #expect(gateway.outputFormats.isEmpty == (gateway.fields.outputFormat == nil))
    #expect(gateway.retryable.isSubset(of: [.rateLimited, .overloaded]))
    for model in gateway.models {
      #expect(!model.tiers.isEmpty && !model.ratios.isEmpty)
      for price in model.prices.values { #expect(price.checked.count == 10) }
    }
  }

  @Test func `the limits are those that the gateways document`() {
    let bytes = Dictionary(uniqueKeysWithValues: Gateway.all.map { ($0.id, $0.limits.pictureBytes.bytes) })
    #expect(bytes["gccai"] == 7_500_000)
    #expect(bytes["apiyi"] == 7_000_000 && bytes["google"] == 7_000_000 && bytes["crazyrouter"] == 7_000_000)
    #expect(bytes["myrouter"] == 10_000_000 && bytes["aimlapi"] == 10_000_000)
    #expect(Gateway.aimlapi.limits.references == 5)
    #expect(Gateway.aimlapi.defaultModel.ratios.count == 5)
    #expect(Gateway.all.filter { !$0.takesPromptAlone }.map(\.id) == ["myrouter"])
    let testing = Gateway.crazyrouter.models.filter { $0.stability == .controlledTesting }.map(\.id)
    #expect(testing == ["nano-banana", "gemini-2.5-flash-image"])
  }
}
