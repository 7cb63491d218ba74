import TestSupport
import Testing
import Core

@testable import Submission

@Suite("Downloads from untrusted addresses", .endsInTime)
struct DownloadTests {
  /// Rules that allow loopback, as for a local gateway. All other rules stay in force.
  private static var loopback: Downloader.Rules {
    var rules = Downloader.Rules()
    rules.allowsLoopback = true
    return rules
  }

  private func fetch(
    _ answer: ScriptedGateway.Answer, path: String = "/a.png", limit: Int = 1_000,
    timeout: Duration = .seconds(120)
  ) async throws -> (bytes: [UInt8], requests: [ScriptedGateway.Received]) {
    try await ScriptedGateway.run(answer) { server in
      let downloader = Downloader(
        limit: ByteCount(limit), timeout: timeout, rules: Self.loopback, timing: .instant)
      let bytes = try await downloader.fetch(server.baseURL + path).bytes
      return (bytes.array, server.requests)
    }
  }

  @Test("the body arrives unchanged, and no secret is sent")
  func body() async throws {
    let (bytes, requests) = try await fetch(.reply(status: 200, body: "picture"))
    #expect(bytes == Array("picture".utf8))
    let head = try #require(requests.first).head.lowercased()
    #expect(head.hasPrefix("get /a.png http/1.1"))
    for name in ["authorization", "cookie", "key"] { #expect(!head.contains(name)) }
  }

  @Test("a status other than 200 is an error", arguments: [204, 206, 301, 403, 404, 500])
  func status(_ status: Int) async throws {
    await #expect(throws: DownloadError.status(status)) {
      _ = try await fetch(.reply(status: status, body: "x"))
    }
  }

  @Test("a body over the limit is not read, whether its length is declared or not")
  func tooLarge() async throws {
    let error = DownloadError.tooLarge(limit: ByteCount(10))
    await #expect(throws: error) { _ = try await fetch(.reply(status: 200, body: "12345678901"), limit: 10) }
    let chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + String(repeating: "x", count: 32)
    await #expect(throws: error) { _ = try await fetch(.stall(chunked), limit: 10) }
    #expect(try await fetch(.reply(status: 200, body: "1234567890"), limit: 10).bytes.count == 10)
  }

  @Test("an interrupted download resumes, unless the file has changed")
  func resumed() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n"
    let rest = ScriptedGateway.Answer.reply(
      status: 206, headers: [("Content-Range", "bytes 4-9/10")], body: "456789")
    for (second, expected) in [
      (rest, "0123456789"), (.reply(status: 200, body: "another"), "another"),
    ] {
      try await ScriptedGateway.run([.hangUpAfter(head + "0123"), second]) { server in
        let downloader = Downloader(
          limit: ByteCount(100), timeout: .seconds(120), rules: Self.loopback, timing: .instant)
        #expect(try await downloader.fetch(server.baseURL).bytes.array == Array(expected.utf8))
        let asked = try #require(server.requests.last).head.lowercased()
        #expect(asked.contains("range: bytes=4-\r\n") && asked.contains("if-range: \"v1\""))
      }
    }
    await #expect(throws: DownloadError.self) {
      _ = try await fetch(.hangUpAfter("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123"))
    }
  }

  @Test("a server that stalls ends in a timeout")
  func stall() async throws {
    for answer in [ScriptedGateway.Answer.silence, .stall("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")]
    {
      await #expect(throws: DownloadError.timedOut) {
        _ = try await fetch(answer, timeout: .milliseconds(300))
      }
    }
  }

  @Test("redirections are followed, but not forever")
  func redirects() async throws {
    try await ScriptedGateway.run(.reply(status: 302, headers: [("Location", "/again")], body: "")) {
      server in
      let downloader = Downloader(limit: ByteCount(10), timeout: .seconds(120), rules: Self.loopback)
      await #expect(throws: DownloadError.tooManyRedirects(5)) {
        _ = try await downloader.fetch(server.baseURL)
      }
      #expect(server.requests.count == 6)
    }
    try await ScriptedGateway.run(.reply(status: 200, body: "there")) { target in
      let (bytes, _) = try await fetch(
        .reply(status: 307, headers: [("Location", target.baseURL + "/x")], body: ""))
      #expect(bytes == Array("there".utf8))
    }
  }

  @Test(
    "a redirection to an address that would be refused at first is refused",
    arguments: [
      "file:///etc/passwd", "ftp://example.com/a", "gopher://127.0.0.1", "//user@127.0.0.1/", "https://",
    ])
  func redirectRefused(_ location: String) async throws {
    await #expect(throws: DownloadError.self) {
      _ = try await fetch(.reply(status: 302, headers: [("Location", location)], body: ""))
    }
  }

  @Test(
    "nothing is fetched without TLS",
    arguments: ["http://example.com/a.png", "ftp://a/b", "https://", "a.png"])
  func onlyHTTPS(_ address: String) async throws {
    let downloader = Downloader(limit: ByteCount(10), timeout: .seconds(5))
    await #expect(throws: DownloadError.notHTTPS(address)) { _ = try await downloader.fetch(address) }
  }

  @Test(
    "loopback and private addresses are refused",
    arguments: [
      "127.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]", "10.0.0.1", "192.168.1.1", "169.254.169.254",
      "0.0.0.0",
      "[fe80::1]", "[64:ff9b::7f00:1]",
    ])
  func onlyPublic(_ host: String) async throws {
    let downloader = Downloader(limit: ByteCount(10), timeout: .seconds(5))
    await #expect(throws: DownloadError.self) { _ = try await downloader.fetch("https://\(host)/a.png") }
  }

  @Test(
    "public addresses are told from others",
    arguments: [
      ([8, 8, 8, 8], true), ([1, 1, 1, 1], true), ([172, 15, 0, 1], true), ([172, 16, 0, 1], false),
      ([172, 31, 255, 255], false), ([172, 32, 0, 1], true), ([100, 63, 0, 1], true),
      ([100, 64, 0, 1], false),
      ([100, 127, 0, 1], false), ([127, 9, 9, 9], false), ([224, 0, 0, 1], false),
      ([255, 255, 255, 255], false),
      ([192, 168, 0, 1], false), ([192, 169, 0, 1], true), ([198, 19, 0, 1], false), ([0, 0, 0, 0], false),
      ([0x20, 0x01, 0x48, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x88], true),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1], false),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 8, 8, 8, 8], true),
      ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1], false),
      ([0x20, 0x02, 192, 168, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
      ([0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF, 0xFF, 0xFE], false),
      ([0x20, 0x01, 0x48, 0x60, 0, 0, 0, 0, 0, 0, 0x5E, 0xFE, 10, 0, 0, 1], false),
      ([0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
      ([0xFE, 0xBF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
      ([0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
      ([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
    ] as [([UInt8], Bool)])
  func addresses(_ row: ([UInt8], Bool)) {
    #expect(NetworkAddress(row.0).isPublic == row.1)
  }
}
