import Foundation
import Gateways
import TestSupport
import Testing
import Core

@testable import Submission

@Suite(.endsInTime) struct `Compressed replies and downloads` {
  /// A reply whose text is "no picture here, " two hundred times.
  private static let gzip = data(
    """
    H4sIAAAAAAACA+3IsQnAIBAF0FXk15nAVUIK0YPYnHK5QEDcPUL6TPDhVW8gJy21JJcLcR/ITV3UEQd6Mv/S5VkDbaHX7LdJOMVkCww\
    Gg8FgMBgMBoPB+A3MYy4vi90rCHwNAAA=
    """
  )
  private static let zlib = data(
    """
    eNrtyLEJwCAQBdBV5NeZwFVCCtGD2JxyuUBA3D1C+kzw4VVvICcttSSXC3EfyE1d1BEHejL/0uVZA22h1+y3STjFZAsMBoPBYDAYDAa\
    DwfgNzGMuL/H4ycs=
    """
  )
  private static let bare = data(
    """
    7cixCcAgEAXQVeTXmcBVQgrRg9iccrlAQNw9QvpM8OFVbyAnLbUklwtxH8hNXdQRB3oy/9LlWQNtodfst0k4xWQLDAaDwWAwGAwGg8H\
    4DcxjLi8=
    """
  )
  /// A megabyte of spaces.
  private static let spaces = data(
    """
    H4sIAAAAAAACA+3BMQEAAADCoCrrn9IQvkABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHwGpwID8QAAEAA=
    """
  )

  private static func data(_ text: String) -> [UInt8] { Data(base64Encoded: text).map(Array.init) ?? [] }

  private func send(
    _ body: [UInt8], _ coding: String?
  ) async throws -> (reply: Result<IncomingReply, SubmissionError>, head: String) {
    let headers = coding.map { [("Content-Encoding", $0)] } ?? []
    return try await ScriptedGateway.run(.file(body, headers: headers)) { gateway in
      let sender = HTTPSender()
      defer { Task { await sender.close() } }
      let request = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [])
      let outgoing = Gateway.apiyi.encode(request, baseURL: gateway.baseURL, key: try APIKey("k-canary-1"))
      do throws(SubmissionError) {
        let reply = try await sender.send(outgoing, timeout: .seconds(60))
        return (.success(reply), gateway.requests[0].head)
      } catch {
        return (.failure(error), gateway.requests[0].head)
      }
    }
  }

  @Test func `compressed replies are read, and requests name the accepted codings`() async throws {
    let whole = String(repeating: "no picture here, ", count: 200)
    let plain = Array(#"{"candidates":[{"content":{"parts":[{"text":"\#(whole)"}]}}]}"#.utf8)
    for (body, coding) in [
      (Self.gzip, "gzip"), (Self.gzip, "x-gzip"), (Self.gzip, "GZIP"), (Self.zlib, "deflate"),
      (Self.bare, "deflate"), (plain, nil), (plain, "identity"), (plain, "gzip"),
      (Self.gzip + Self.spaces, "gzip"), (Self.gzip + [0, 0, 0], "gzip"),
    ] as [([UInt8], String?)] {
      let (reply, head) = try await send(body, coding)
      #expect(head.lowercased().contains("accept-encoding: gzip, deflate"))
      guard case .noPicture(_, let facts, _) = Gateway.apiyi.interpret(try reply.get()) else {
        Issue.record("\(coding ?? "none"): the reply could not be read")
        continue
      }
      #expect(facts.text == whole)
      #expect(try reply.get().cutBy == nil)
    }
  }

  @Test func `truncated, damaged, or unknown codings are not taken for complete`() async throws {
    var damaged = Self.gzip
    damaged[damaged.count - 6] ^= 1
    for (body, coding, word) in [
      (Array(Self.gzip.prefix(60)), "gzip", "body is incomplete"), (damaged, "gzip", "damaged"),
      ([0x1F, 0x8B], "gzip", "body is incomplete"), (Self.gzip, "br", "compressed with br"),
      (Self.gzip, "gzip, br", "only gzip, deflate are supported"),
      (Self.gzip, "zstd", "compressed with zstd"),
    ] {
      let reply = try await send(body, coding).reply.get()
      #expect(reply.cutBy?.contains(word) == true, "\(coding): \(reply.cutBy ?? "")")
    }
  }

  @Test(.enabled(if: !isFastRun)) func `a decompression bomb is refused as too large`() async throws {
    let bomb = [[UInt8]](repeating: Self.spaces, count: 4_000).flatMap(\.self)
    guard case .failure(.replyTooLarge) = try await send(bomb, "gzip").reply else {
      Issue.record("the client accepted 4 GB")
      return
    }
  }

  @Test func `compressed downloads are read within their limit`() async throws {
    var rules = Downloader.Rules()
    rules.allowsLoopback = true
    for (body, coding, limit, expected) in [
      (Self.spaces, "gzip", 2_000_000, 1 << 20), (Self.spaces, "gzip", 1_000_000, nil),
      (Array(Self.spaces.dropLast(8)), "gzip", 2_000_000, nil), (Self.spaces, "br", 2_000_000, nil),
    ] as [([UInt8], String, Int, Int?)] {
      try await ScriptedGateway.run(.file(body, headers: [("Content-Encoding", coding)])) { server in
        let downloader = Downloader(
          limit: ByteCount(limit), timeout: .seconds(30), rules: rules, timing: .instant)
        let file = try? await downloader.fetch(server.baseURL + "/a.png")
        #expect(file?.bytes.count == expected, "\(coding), at most \(limit)")
        #expect(server.requests[0].head.lowercased().contains("accept-encoding: gzip, deflate"))
      }
    }
  }
}
