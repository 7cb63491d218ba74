import Foundation
import Gateways
import TestSupport
import Testing
import Core

@testable import Submission

@Suite(.endsInTime) struct `Connections to gateways` {
  /// A reply that arrived before the end of the request once kept its connection forever, until none was
  /// left.
  @Test
  func `a connection returns to the pool, however fast the reply is`() async throws {
    let answer = #"{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: answer)) { gateway in
      let sender = HTTPSender(settings: ClientSettings(environment: [:]))
      let request = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [])
      let key = try APIKey("sk-canary-7f3a")
      let outgoing = Gateway.google.encode(request, baseURL: gateway.baseURL, key: key)
      let lost = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<32 {
          group.addTask {
            var lost = 0
            for _ in 0..<50 where lost == 0 {
              let reply = try? await sender.send(outgoing, timeout: .seconds(120))
              if reply?.status != 200 { lost += 1 }
            }
            return lost
          }
        }
        return await group.reduce(0, +)
      }
      #expect(lost == 0)
      await sender.close()
    }
  }

  /// One server refuses the request after its head, and one closes the connection in the middle of it.
  @Test(arguments: [401, nil])
  func `a request that ends before its body is sent leaves nothing behind`(status: Int?) async throws {
    let words = #"{"error":{"message":"no such key"}}"#
    let answer = "HTTP/1.1 401 No\r\nContent-Length: \(words.utf8.count)\r\n\r\n\(words)"
    let (frees, freed) = AsyncStream<Void>.makeStream()
    try await ScriptedGateway.run(.early(status == nil ? "" : answer)) { gateway in
      let sender = HTTPSender(settings: ClientSettings(environment: [:]))
      let outgoing = Self.upload(to: gateway.baseURL) { freed.yield() }
      do throws(SubmissionError) {
        let reply = try await sender.send(outgoing(), timeout: .seconds(status == nil ? 1 : 120))
        #expect(reply.status == status)
        guard case .failed(let failure) = Gateway.google.interpret(reply) else {
          Issue.record("expected a failure")
          return
        }
        #expect(failure.message == "no such key")
      } catch {
        #expect(status == nil, "\(error)")
        guard case .unreachable = error else {
          Issue.record("\(error)")
          return
        }
      }
      await sender.close()
    }
    for await _ in frees { break }
  }

  @Test func `pictures arrive byte for byte from memory, from a file, and from pieces of both`()
    async throws
  {
    // Longer than one read, and not a whole number of Base64 groups.
    let bytes = (0..<1_300_001).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let file = try #require(try OpenFile.nameless(holding: PictureContent(PictureBytes(bytes))))
    let contents = [
      PictureContent(file),
      PictureContent([
        .memory(PictureBytes([1])), .file(file, 5..<800_006), .memory(PictureBytes([2, 3])),
        .file(file, 900_000..<900_001), .memory(PictureBytes([])), .file(file, 1_000_000..<1_300_001),
      ]),
      PictureContent(PictureBytes(bytes)),
    ]
    let answer = #"{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: answer)) { gateway in
      let sender = HTTPSender(settings: ClientSettings(environment: [:]))
      let request = EditRequest(
        prompt: "x", model: "m", tier: nil, shape: nil, references: contents.map { .picture(.jpeg, $0) })
      _ = try await sender.send(
        Gateway.google.encode(request, baseURL: gateway.baseURL, key: .simulated), timeout: .seconds(120))
      await sender.close()
      let body = try #require(gateway.requests.first?.body)
      let texts = try contents.map { Data(try $0.read().array).base64EncodedString() }
      let sent = String(decoding: body, as: UTF8.self)
      for text in texts { #expect(sent.contains("\"" + text + "\"")) }
    }
  }

  /// A request too large for a socket's buffer. It holds the only reference to its picture.
  private static func upload(
    to baseURL: String, onFree: @escaping @Sendable () -> Void
  ) -> @Sendable () -> OutgoingRequest {
    {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 20_000_000, alignment: 1)
      memory.initializeMemory(as: UInt8.self, repeating: 7)
      let picture = PictureBytes(adopting: UnsafeRawBufferPointer(memory)) {
        UnsafeMutableRawPointer(mutating: $0).deallocate()
        onFree()
      }
      let request = EditRequest(
        prompt: "x", model: "m", tier: nil, shape: nil, references: [.picture(.png, PictureContent(picture))])
      return Gateway.google.encode(request, baseURL: baseURL, key: .simulated)
    }
  }
}
