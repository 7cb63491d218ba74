import Foundation
import Gateways
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

private let bearer = ("Authorization", "Bearer sk-canary-7f3a")

/// Where each gateway expects a request, and the key. Its body is in `Tests/Fixtures/Dialects`.
private let places: [String: (url: String, authorization: (name: String, value: String))] = [
  "myrouter": ("https://api.myrouter.ai/v3/gemini-3.1-flash-image-edit", bearer),
  "gccai": ("https://gccai.heqingsong.uk/v1/images/generations", bearer),
  "apiyi": (
    "https://api.apiyi.com/v1beta/models/gemini-3.1-flash-image-preview:generateContent", bearer
  ),
  "aimlapi": ("https://api.aimlapi.com/v1/images/generations", bearer),
  "crazyrouter": ("https://api.crazyrouter.com/v1beta/models/nano-banana-2:generateContent", bearer),
  "google": (
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-nano-banana-2.1:generateContent",
    ("x-goog-api-key", "sk-canary-7f3a")
  ),
  "simulator": ("http://127.0.0.1/v1beta/models/gemini-3.1-flash-image:generateContent", bearer),
]

@Suite struct `Requests to every gateway` {
  @Test(arguments: Gateway.all.map(\.id))
  func `a request with every option matches the gateway's documentation`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let place = try #require(places[id], "it is not known where the gateway expects a request")
    let outgoing = gateway.encode(
      fullRequest(to: gateway), baseURL: gateway.baseURL ?? "http://127.0.0.1", key: key)
    #expect(outgoing.url == place.url)
    #expect(outgoing.headers.contains { $0 == place.authorization })
    let body = text(outgoing.body)
    #expect(try body == gateway.dialect.fixture("request-\(id).json"))
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
      var request = fullRequest(to: gateway)
      request.tier = tier
      let body = text(gateway.encode(request, baseURL: "https://x", key: key).body)
      #expect(body.contains(#""\#(field)":"\#(spelling)""#), "\(body)")
    }
    #expect(
      text(Gateway.gccai.encode(fullRequest(to: .gccai), baseURL: "https://x", key: key).body).contains(
        #""size":"16:9""#))
  }

  @Test func `an automatic aspect ratio is sent as auto, or not at all`() {
    var asked = fullRequest(to: .gccai)
    asked.shape = .automatic
    #expect(
      text(Gateway.gccai.encode(asked, baseURL: "https://x", key: key).body).contains(#""size":"auto""#))
    #expect(!text(Gateway.google.encode(asked, baseURL: "https://x", key: key).body).contains("aspectRatio"))
  }

  @Test func `a key in the URL appears nowhere else, and in no log`() {
    var gateway = Gateway.crazyrouter
    gateway.authorization = .query
    let outgoing = gateway.encode(fullRequest(to: gateway), baseURL: "https://x", key: key)
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

@Suite struct `The facts about each gateway` {
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
      for price in model.prices.values { #expect(price.source.isRead) }
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

extension Price.Source {
  /// Whether the price was read in the documentation on a day.
  fileprivate var isRead: Bool {
    if case .documentation(let day) = self { day.count == 10 } else { false }
  }
}
