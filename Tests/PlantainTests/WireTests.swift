import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `What is sent to a gateway` {
  @Test func `prepared bytes are sent with a known length, and the key only in its header`() async throws {
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 700, height: 500), quality: 98))
    try await ScriptedGateway.run(.reply(status: 400, body: "{}")) { gateway in
      await #expect(throws: PlantainError.self) {
        try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
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

  /// A JPEG file with a comment that must be removed.
  private func photograph(in folder: TemporaryFolder) throws -> (path: String, plain: [UInt8]) {
    let plain = try Synthetic.jpeg(PixelSize(width: 900, height: 700), quality: 98)
    let comment = Array(plain.prefix(2)) + [0xFF, 0xFE, 0, 8] + Array("secret".utf8) + plain.dropFirst(2)
    return (try folder.write(comment, as: "p.jpg"), plain)
  }

  @Test func `a compliant file is sent from the disk without its private data`() async throws {
    let folder = try TemporaryFolder()
    let (path, plain) = try photograph(in: folder)
    try await ScriptedGateway.run(.reply(status: 400, body: "{}")) { gateway in
      await #expect(throws: PlantainError.self) {
        try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit("warm", references: [.file(path), .file(Samples.coffee)]) { event in
            // The opened file is read, whatever its path refers to by now.
            guard case .sending(let plan) = event else { return }
            #expect(plan.prepared[0].reference.content.inMemory == nil)
            _ = try? folder.write([1, 2, 3], as: "other")
            rename(folder.file("other"), path)
          }
        }
      }
      let request = try #require(gateway.requests.first)
      let text = String(decoding: request.body, as: UTF8.self)
      #expect(text.contains("\"\(Data(plain).base64EncodedString())\""))
      #expect(request.head.lowercased().contains("content-length: \(request.body.count)"))
    }
  }

  @Test(arguments: ["shorter", "rewritten", "longer"])
  func `a file that changes while it is sent ends the request before its end`(how: String) async throws {
    let folder = try TemporaryFolder()
    let (path, plain) = try photograph(in: folder)
    try await ScriptedGateway.run(.reply(status: 200, body: "{}")) { gateway in
      let error = await #expect(throws: PlantainError.self) {
        try await withTestEditor(gateway: .apiyi, key: key, baseURL: gateway.baseURL) { editor in
          try await editor.edit("warm", references: [.file(path)]) { event in
            guard case .sending = event, let file = fopen(path, how == "longer" ? "a" : "r+") else { return }
            if how == "shorter" { ftruncate(fileno(file), off_t(plain.count / 2)) }
            if how != "shorter" { fputs("x", file) }
            fclose(file)
          }
        }
      }
      #expect(error?.exitStatus == 66)
      #expect(error?.billed == .no)
      #expect(error?.message.contains(path) == true)
      #expect(gateway.requests.isEmpty)
    }
  }

  @Test func `a prepared file that changed before writing is an error, and nothing is written`()
    async throws
  {
    let folder = try TemporaryFolder()
    let (path, _) = try photograph(in: folder)
    let result = try await Preparer().prepare(.file(path))
    try folder.write([1, 2, 3], as: "p.jpg")
    let out = folder.file("out")
    for attempt in [{ _ = try result.write(into: out) }, { _ = try result.bytes() }] {
      #expect(throws: PlantainError.self) { try attempt() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).isEmpty)
  }
}

@Suite(.endsInTime) struct `Data URIs as references` {
  @Test(arguments: [
    ("image/jpeg", false), ("IMAGE/JPG;q=1", false), ("", false), ("application/octet-stream", false),
    ("image/png", true), ("image/svg+xml", true),
  ])
  func `the bytes decide, and a wrong label gives a warning`(label: String, isWrong: Bool) async throws {
    let jpeg = PictureBytes(try Synthetic.jpeg(PixelSize(width: 40, height: 30)))
    let source = Reference.dataURI("data:\(label);base64,\(Base64.encode(jpeg))")
    for edge in [2_048, 20] {
      var options = PreparationOptions()
      options.maximumEdge = edge
      let result = try await Preparer(options: options).prepare(source)
      #expect(result.reference.mediaType == .jpeg)
      #expect(result.reference.warnings == (isWrong ? [.labelWrong] : []))
    }
    #expect(try await Preparer.inspect(source).warnings == (isWrong ? ["label-wrong"] : []))
  }
}

@Suite struct `Large prepared pictures are kept on disk` {
  private func bytes(_ count: Int, _ value: UInt8) -> PictureBytes {
    PictureBytes([UInt8](repeating: value, count: count))
  }

  @Test func `up to 16 MB are kept in memory, and more in unnamed files`() throws {
    let store = ContentStore()
    var first: PictureContent? = try store.keep(PictureContent(bytes(9_000_000, 1)))
    let second = try store.keep(PictureContent(bytes(9_000_000, 2)))
    let third = try store.keep(PictureContent(bytes(5_000_000, 3)))
    #expect(first?.inMemory != nil)
    #expect(second.inMemory == nil)
    #expect(third.inMemory != nil)
    #expect(try second.read().array == [UInt8](repeating: 2, count: 9_000_000))
    #expect(try third.read().array == [UInt8](repeating: 3, count: 5_000_000))
    first = nil
    #expect(try store.keep(PictureContent(bytes(9_000_000, 4))).inMemory != nil)
  }

  @Test func `content is complete in portions of any size`() throws {
    let folder = try TemporaryFolder()
    let file = try PictureFile.open(folder.write([UInt8](0..<100), as: "f"))
    let content = PictureContent([
      .file(file, 3..<50), .memory(PictureBytes([200, 201])), .file(file, 60..<61),
      .memory(PictureBytes([7])),
    ])
    let whole = [UInt8](3..<50) + [200, 201, 60, 7]
    #expect(content.count == whole.count)
    #expect(try content.read().array == whole)
    for maximum in [1, 2, 7, 1_000] {
      #expect(try content.portions(upTo: maximum).flatMap { try $0.load().array } == whole)
    }
  }
}
