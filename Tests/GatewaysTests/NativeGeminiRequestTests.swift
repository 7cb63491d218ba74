import Foundation
import Gateways
import Testing
import Core

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = try! APIKey("sk-canary-7f3a")

private func request(_ prompt: String = "Please blur the background") -> EditRequest {
  EditRequest(
    prompt: prompt, model: "gemini-3.1-flash-image-preview", tier: .two, shape: .ratio(AspectRatio(16, 9)),
    references: [.picture(.jpeg, PictureContent(PictureBytes(Array("picture".utf8))))])
}

@Suite struct `Requests in Gemini's format` {
  @Test func `the body matches apiyi's documentation`() throws {
    let outgoing = Gateway.apiyi.encode(request(), baseURL: "https://api.apiyi.com", key: key)
    #expect(
      outgoing.url
        == "https://api.apiyi.com/v1beta/models/gemini-3.1-flash-image-preview:generateContent")
    let body = text(outgoing.body)
    #expect(
      body == """
        {"contents":[{"parts":[{"text":"Please blur the background"},{"inlineData":{"mimeType":"image/jpeg",\
        "data":"cGljdHVyZQ=="}}]}],"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":\
        {"aspectRatio":"16:9","imageSize":"2K"}}}
        """)
    #expect(outgoing.body?.length == body.utf8.count)
    #expect(outgoing.headers.contains { $0.name == "Authorization" && $0.value == "Bearer sk-canary-7f3a" })
  }

  @Test func `the smallest tier is spelled 512`() {
    var small = request()
    small.tier = .half
    let outgoing = Gateway.apiyi.encode(small, baseURL: "https://x", key: key)
    #expect(text(outgoing.body).contains(#""imageSize":"512""#))
  }

  @Test(arguments: [
    "quotes \" and \\ backslash", "line\nbreak\ttab \u{1} control", "  spaces kept  ",
    "ünïcödé 🍌 \u{2028}\u{2029}",
    "/slash/", String(String.UnicodeScalarView((0...0x9F).compactMap(UnicodeScalar.init))),
    "\u{FEFF}e\u{301}\u{10FFFD}",
  ])
  func `any prompt arrives unchanged`(prompt: String) throws {
    let body = text(Gateway.apiyi.encode(request(prompt), baseURL: "https://x", key: key).body)
    let json = try #require(JSONValue(parsing: Array(body.utf8)))
    // Strings of equal characters may differ in their bytes.
    let text = try #require(json["contents"]?.elements.first?["parts"]?.elements.first?["text"]?.string)
    #expect(Array(text.utf8) == Array(prompt.utf8))
    #expect(body.utf8.allSatisfy { $0 >= 0x20 })
  }

  @Test func `a model id cannot escape its path component`() {
    var odd = request()
    odd.model = "../secret?x=1#y z"
    let outgoing = Gateway.apiyi.encode(odd, baseURL: "https://x", key: key)
    #expect(outgoing.url == "https://x/v1beta/models/..%2Fsecret%3Fx%3D1%23y%20z:generateContent")
  }
}
