import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `Base URLs` {
  /// The URLs of a request and of a task query.
  private func urls(_ base: String, _ gateway: Gateway) throws -> [String] {
    let base = try BaseURL(base, gateway).text
    let request = EditRequest(prompt: "x", model: "m", tier: .one, shape: nil, references: [])
    return [gateway.encode(request, baseURL: base, key: .simulated).url]
      + [gateway.encodeQuestion(about: "t", baseURL: base, key: .simulated)?.url].compactMap(\.self)
  }

  private static let gateways: [Gateway] = [.google, .myrouter, .aimlapi, .gccai]
  /// Base paths as such gateways document them, in every dialect.
  private static let places = [
    "", "/", "/v1", "/v1/", "/V1", "/v1beta", "/v1beta/", "//v1beta//", "/v1alpha", "/v1beta1", "/v3",
    "/v1beta/models", "/v1beta/models/", "/v1beta/models/m", "/v1beta/models/m:generateContent",
    "/v1beta/models/%7Bmodel%7D:streamGenerateContent", "/v1/models/m:predict", "/v1/images",
    "/v1/images/edits",
    "/v1/images/generations", "/v1/chat/completions", "/v1/tasks/task_1", "/v1/messages", "/v1beta/openai/",
    "/v1beta/openai/chat/completions", "/v1/v1beta", "/images/edits", "/models/m:generateContent",
  ]

  @Test(
    arguments: places, ["https://h.example", "https://h.example:8443/v1/account/google", "http://[::1]:9"])
  func `a base URL may include any part of the gateway's path`(
    place: String, host: String
  ) throws {
    for gateway in Self.gateways {
      #expect(try urls(host + place, gateway) == urls(host, gateway), "\(gateway.id)")
    }
    #expect(try urls(host, .google) == ["\(host)/v1beta/models/m:generateContent"])
    #expect(
      try urls(host, .gccai) == ["\(host)/v1/images/generations", "\(host)/v1/tasks/t?language=en"])
  }

  /// A path that is not part of an API is a prefix on the host.
  @Test(arguments: [
    "/proxy", "/v1/account/gateway/google-ai-studio", "/models", "/v2ray", "/images", "/v1x", "/api", "/vip",
    "/v1/projects/p/locations/l/publishers/google",
  ])
  func `a path that is not part of the API is kept`(place: String) throws {
    #expect(
      try urls("https://h.example\(place)/", .apiyi) == [
        "https://h.example\(place)/v1beta/models/m:generateContent"
      ])
  }

  @Test func `a version that the gateway's own path lacks is kept`() throws {
    var gateway = Gateway.gccai
    gateway.path = "/images/generations"
    for place in ["/api/v1", "/api/v1/images/generations", "/api/v1/images/edits", "/api/v1/images/"] {
      #expect(
        try urls("https://h.example\(place)", gateway)
          == [
            "https://h.example/api/v1/images/generations", "https://h.example/api/v1/tasks/t?language=en",
          ])
    }
    gateway.path = "/house/{model}"
    gateway.fields.model = nil
    #expect(try urls("https://h.example/x/house", gateway)[0] == "https://h.example/x/house/m")
    #expect(try urls("https://h.example/x/house/nano", gateway)[0] == "https://h.example/x/house/m")
    #expect(try urls("https://h.example/x", gateway)[0] == "https://h.example/x/house/m")
    gateway.path = "/{model}"
    #expect(try urls("https://h.example/x", gateway)[0] == "https://h.example/x/m")
  }

  @Test func `a base URL in a configuration is combined with the path beside it`() throws {
    let settled = try Configuration(
      parsing: """
        gateways:
          split:
            like: aimlapi
            url: https://h.example/v1/
            path: /images/generations
          whole:
            like: apiyi
            url: https://h.example/v1beta/models/m:generateContent
        """, folder: "/")
    #expect(
      try urls(settled.gateways(named: "split")[0].baseURL ?? "", settled.gateways(named: "split")[0]) == [
        "https://h.example/v1/images/generations"
      ])
    #expect(try settled.gateways(named: "whole")[0].baseURL == "https://h.example")
  }

  @Test(arguments: [
    "https://h.example/v1beta/models/m:generateContent?key=sk-canary-7f3a",
    "https://me:sk-canary-7f3a@h.example/v1?", "https://h.example/v1/#sk-canary-7f3a",
  ])
  func `a URL with a query is refused with the URL to use`(text: String) throws {
    let error = #expect(throws: PlantainError.self) { try BaseURL(text, .apiyi) }
    #expect(error?.exitStatus == 78 && error?.hint?.contains("https://h.example.") == true)
    #expect("\(String(describing: error))".contains("canary") == false)
  }
}
