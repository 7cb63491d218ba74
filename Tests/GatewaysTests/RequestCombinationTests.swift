import Foundation
import Gateways
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

/// An option of a request and the JSON leaves that it adds, written by hand from the gateways' documentation.
private struct Choice: Sendable {
  let leaves: [String: [String: String]]
  let apply: @Sendable (inout EditRequest) -> Void

  init(_ leaves: [String: [String: String]], _ apply: @escaping @Sendable (inout EditRequest) -> Void) {
    self.leaves = leaves
    self.apply = apply
  }
}

private let native = ["google", "apiyi", "crazyrouter", "simulator"]

private func atNative(_ leaf: [String: String], _ others: [String: [String: String]] = [:]) -> [String:
  [String:
  String]]
{
  others.merging(native.map { ($0, leaf) }) { $1 }
}

private let choices = [
  Choice(
    atNative(
      ["generationConfig.imageConfig.imageSize": "512"],
      [
        "myrouter": ["size": "0.5K"], "gccai": ["resolution": "0.5K"], "aimlapi": ["resolution": "0.5K"],
      ])
  ) { $0.tier = .half },
  Choice(
    atNative(
      ["generationConfig.imageConfig.aspectRatio": "4:3"],
      ["myrouter": ["aspect_ratio": "4:3"], "gccai": ["size": "4:3"], "aimlapi": ["aspect_ratio": "4:3"]])
  ) { $0.shape = .ratio(AspectRatio(4, 3)) },
  Choice(["gccai": ["n": "3"]]) { $0.count = 3 },
  Choice(["myrouter": ["output_format": "image/png"]]) { $0.outputFormat = .png },
  Choice(["gccai": ["official_fallback": "true"]]) { $0.officialFallback = true },
  Choice([
    "google": ["generationConfig.thinkingConfig.thinkingLevel": "MINIMAL"],
    "simulator": ["generationConfig.thinkingConfig.thinkingLevel": "MINIMAL"],
  ]) { $0.thinking = .minimal },
]

/// Google search is one tool. Its types are named unless it is the web search alone.
private func searches(_ id: String, web: Bool, image: Bool) -> [String: String] {
  switch id {
  case "myrouter":
    return (web ? ["google.web_search": "true"] : [:]).merging(
      image ? ["google.image_search": "true"] : [:]
    ) { $1 }
  case "gccai":
    return (web ? ["google_search": "true"] : [:]).merging(
      image ? ["google_image_search": "true"] : [:]
    ) { $1 }
  case "aimlapi": return web ? ["enable_web_search": "true"] : [:]
  default:
    guard web || image else { return [:] }
    let tool = "tools.0.googleSearch"
    guard image else { return [tool: "{}"] }
    return ["\(tool).searchTypes.imageSearch": "{}"].merging(
      web ? ["\(tool).searchTypes.webSearch": "{}"] : [:]
    ) { $1 }
  }
}

/// Every leaf of a document by its path.
private func leaves(_ value: JSONValue, at path: String = "") -> [String: String] {
  let inner: [(String, JSONValue)] =
    value.isObject
    ? value.members.map { ($0.key, $0.value) } : value.elements.enumerated().map { ("\($0)", $1) }
  guard !inner.isEmpty else { return [path: value.string ?? value.text ?? ""] }
  return inner.reduce(into: [:]) { found, member in
    found.merge(leaves(member.1, at: path.isEmpty ? member.0 : "\(path).\(member.0)")) { $1 }
  }
}

@Suite struct `Every combination of options in a request` {
  private func document(_ request: EditRequest, _ gateway: Gateway) throws -> [String: String] {
    let body = try #require(gateway.encode(request, baseURL: "https://x", key: key).body)
    let text = body.pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
      case .base64: text += "PICTURE"
      }
    }
    return leaves(try #require(JSONValue(parsing: Array(text.utf8))))
  }

  @Test(arguments: Gateway.all.map(\.id))
  func `every option adds its own members and nothing else`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    let picture = EditRequest.Reference.picture(.png, PictureContent(PictureBytes([1])))
    let plain = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [picture])
    let base = try document(plain, gateway)
    for bits in 0..<1 << (choices.count + 2) {
      var request = plain
      var expected = base
      for (position, choice) in choices.enumerated() where bits >> position & 1 == 1 {
        choice.apply(&request)
        expected.merge(choice.leaves[id] ?? [:]) { $1 }
      }
      request.webSearch = bits >> choices.count & 1 == 1
      request.imageSearch = bits >> (choices.count + 1) & 1 == 1
      // An option that the route has no field for is refused before a request is made.
      if gateway.fields.imageSearch == nil, gateway.dialect == .nativeGemini { request.imageSearch = false }
      if gateway.fields.webSearch == nil, gateway.dialect == .nativeGemini { request.webSearch = false }
      expected.merge(searches(id, web: request.webSearch, image: request.imageSearch)) { $1 }
      #expect(try document(request, gateway) == expected, "\(id), \(bits)")
    }
  }
}
