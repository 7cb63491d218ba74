import Foundation
import Plantain
import TestSupport
import Testing

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

@Suite struct `What really travels` {
  @Test func `exactly the prepared bytes, with a known length and the key only in its header`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    try await ScriptedGateway.run(.reply(status: 503, body: "{}")) { gateway in
      await #expect(throws: PlantainError.self) {
        try await withEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit("warm", references: [.bytes(picture, name: "p")])
        }
      }
      let request = try #require(gateway.requests.first)
      #expect(gateway.requests.count == 1)
      #expect(
        request.head.hasPrefix("POST /v1beta/models/gemini-3.1-flash-image-preview:generateContent HTTP/1.1"))
      #expect(request.head.lowercased().contains("content-length: \(request.body.count)"))
      #expect(!request.head.lowercased().contains("chunked"))
      #expect(request.head.contains("Bearer sk-canary-7f3a"))
      #expect(!String(decoding: request.body, as: UTF8.self).contains("canary"))
      let json = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
      #expect(Set(json.keys) == ["contents", "generationConfig"])
      let contents = try #require(json["contents"] as? [[String: Any]])
      let parts = try #require(contents.first?["parts"] as? [[String: Any]])
      let inline = try #require(parts.last?["inlineData"] as? [String: String])
      #expect(inline["mimeType"] == "image/jpeg")
      let text = try #require(inline["data"])
      #expect(Data(base64Encoded: text) == Data(picture.array))
    }
  }
}
