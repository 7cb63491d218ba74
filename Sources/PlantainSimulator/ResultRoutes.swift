import Gateways
import NIOCore
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The endpoints that poll tasks and serve results.
struct ResultRoutes: Sendable {
  let state: SimulatorState

  func task(_ request: IncomingRequest, named id: String, _ gateway: Gateway) async -> Reply {
    await state.count(\.questions)
    guard request[header: "authorization"] != nil else {
      return .json(401, gateway.simulatedError(401, "No key.").text ?? "")
    }
    guard let (task, isExpired) = await state.ask(id) else {
      return .json(404, gateway.simulatedError(404, "Task \(id) does not exist.").text ?? "")
    }
    let now = Int(Date().timeIntervalSince1970)
    let expires = isExpired ? now - 60 : now + 86_400
    return .json(200, gateway.simulatedReport(on: id, task, expires: expires).text ?? "")
  }

  func result(_ request: IncomingRequest, named name: String) async -> Answer {
    await state.count(\.downloads)
    // Real results are on other hosts than the gateway, which must not receive the key.
    guard request[header: "authorization"] == nil else {
      return .reply(Reply(status: 400, body: ByteBuffer(string: "A key came along.")))
    }
    guard let result = await state.result(name) else { return .reply(Reply(status: 404)) }
    if let address = result.redirect {
      return .reply(Reply(status: 302, headers: [("Location", address)]))
    }
    guard result.download != .expired else {
      let text = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
      return .reply(
        Reply(status: 403, headers: [("Content-Type", "application/xml")], body: ByteBuffer(string: text)))
    }
    let reply = Self.picture(result, from: Self.start(request))
    return result.download == .cut ? .half(reply, .close) : .reply(reply)
  }

  /// The start of the range `bytes=N-`, which resumes a broken download; 0 for any other request.
  private static func start(_ request: IncomingRequest) -> Int {
    guard let range = request[header: "range"], range.hasPrefix("bytes="), range.hasSuffix("-") else {
      return 0
    }
    return Int(range.dropFirst(6).dropLast()) ?? 0
  }

  private static func picture(_ result: StoredResult, from start: Int) -> Reply {
    let all = result.picture.bytes.withUnsafeBytes { ByteBuffer(bytes: $0) }
    let count = all.readableBytes
    guard (0..<count).contains(start) else { return Reply(status: 416) }
    var headers = [
      (name: "Content-Type", value: result.label.name), ("ETag", "\"\(count)\""), ("Accept-Ranges", "bytes"),
    ]
    if start > 0 { headers.append(("Content-Range", "bytes \(start)-\(count - 1)/\(count)")) }
    let rest = all.getSlice(at: start, length: count - start) ?? all
    return Reply(status: start > 0 ? 206 : 200, headers: headers, body: rest)
  }
}
