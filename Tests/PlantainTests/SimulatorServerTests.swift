#if os(Linux)
  import Foundation
  import Glibc
  import PlantainSimulator
  import TestSupport
  import Testing

  /// Tests the simulator's own HTTP without a client library that would hide its behavior.
  @Suite(.endsInTime) struct `The simulator's server` {
    private static let counts = "GET /counts HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let post = "POST /v3/m HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"

    @Test func `a connection serves one request after another`() async throws {
      try await withSimulator { simulator in
        let text = try await exchange(
          simulator, [Self.post + "\r\n{}", Self.counts], until: #""received":1"#)
        #expect(text.contains("HTTP/1.1 401 "))
        #expect(text.contains("HTTP/1.1 200 "))
      }
    }

    @Test func `a client that waits for 100 Continue is told to send its body`() async throws {
      try await withSimulator { simulator in
        let head = Self.post + "Authorization: Bearer k\r\nExpect: 100-continue\r\n\r\n"
        let text = try await exchange(
          simulator, [head], until: "100 Continue\r\n\r\n", then: "{}", until: "400 ")
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 "), "\(text)")
      }
    }

    @Test func `a client that has closed its sending side still gets a reply`() async throws {
      try await withSimulator { simulator in
        let socket = try Connection(simulator.baseURL)
        defer { socket.close() }
        try socket.send(Self.counts)
        socket.closeSending()
        var text = ""
        try await waitUntil("the counts have come") { socket.read(into: &text, until: "}") }
        #expect(text.hasPrefix("HTTP/1.1 200 "))
      }
    }

    @Test func `a connection is reset where the script says so`() async throws {
      try await withSimulator(faults: [fault { $0.connection = .resetRequest }]) { simulator in
        let socket = try Connection(simulator.baseURL)
        defer { socket.close() }
        try socket.send(Self.post + "Authorization: Bearer k\r\n\r\n{}")
        var text = ""
        var isReset = false
        try await waitUntil("the connection has ended") {
          // The reset is reported only once.
          isReset = socket.isReset
          return isReset || socket.read(into: &text, until: nil)
        }
        #expect(isReset && text.isEmpty)
      }
    }

    @Test func `a status without a body has none`() async throws {
      let faults = [fault { $0.status = 304 }]
      try await withSimulator(faults: faults) { simulator in
        let text = try await exchange(
          simulator, [Self.post + "Authorization: Bearer k\r\n\r\n{}", Self.counts], until: #""received":1"#)
        #expect(text.contains("HTTP/1.1 304 "))
        #expect(text.contains("\r\n\r\nHTTP/1.1 200 "))
      }
    }

    @Test func `an unknown path gives 404, and a connection closes on request`() async throws {
      try await withSimulator { simulator in
        let text = try await exchange(
          simulator, ["GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"], until: nil)
        #expect(text.hasPrefix("HTTP/1.1 404 "))
        #expect(text.hasSuffix("\r\n\r\n"))
      }
    }

    @Test(arguments: [
      "no HTTP at all\r\n\r\n",
      "POST /v3/m HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Length: 9\r\n\r\n{",
      "POST /v3/m HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{\u{1}\u{2}\r\n\r\n",
    ])
    func `invalid or incomplete requests do no harm`(text: String) async throws {
      try await withSimulator { simulator in
        for _ in 0..<20 {
          let socket = try Connection(simulator.baseURL)
          try socket.send(text)
          socket.close()
        }
        #expect(try await exchange(simulator, [Self.counts], until: "}").contains(#""billed":0"#))
      }
    }

    /// Sends all of `requests` and reads until `end` arrives or the connection ends; then sends `more` and
    /// reads again.
    private func exchange(
      _ simulator: Simulator, _ requests: [String], until end: String?, then more: String? = nil,
      until last: String? = nil
    ) async throws -> String {
      let socket = try Connection(simulator.baseURL)
      defer { socket.close() }
      for request in requests { try socket.send(request) }
      var text = ""
      try await waitUntil("the simulator has answered \(requests)") { socket.read(into: &text, until: end) }
      if let more {
        try socket.send(more)
        try await waitUntil("the simulator has answered \(more)") { socket.read(into: &text, until: last) }
      }
      return text
    }
  }

  /// A TCP connection to a loopback port.
  private struct Connection: Sendable {
    private struct Failed: Error {
      let code = errno
    }

    private let descriptor: Int32

    init(_ url: String) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(URL(string: url)?.port ?? 0).bigEndian
      address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Failed() }
    }

    func send(_ text: String) throws {
      var bytes = Array(text.utf8)[...]
      while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failed() }
        bytes = bytes.dropFirst(count)
      }
    }

    /// Appends what has arrived.
    ///
    /// - Returns: whether `end` has arrived or the connection has ended.
    func read(into text: inout String, until end: String?) -> Bool {
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) }
      return count == 0 || end.map { text.contains($0) } ?? false
    }

    func closeSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether the peer has sent a reset. Does not consume the bytes before it.
    var isReset: Bool {
      var byte: UInt8 = 0
      return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) < 0
        && errno == ECONNRESET
    }

    func close() { _ = Glibc.close(descriptor) }
  }
#endif
