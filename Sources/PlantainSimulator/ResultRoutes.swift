import Gateways
import HTTPTypes
import Hummingbird
import NIOCore
import Vocabulary

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where tasks are asked for and results are fetched.
struct ResultRoutes: Sendable {
  let state: SimulatorState

  func task(_ request: Request, _ context: SimulatorContext, _ gateway: Gateway) async throws -> Response {
    await state.count(\.questions)
    guard request.headers[.authorization] != nil else {
      return .json(401, ByteBuffer(string: ErrorBody.document(401, "No key.", gateway).text ?? ""))
    }
    let id = context.parameters.get("task") ?? ""
    guard let (task, isExpired) = await state.ask(id) else {
      let body = ErrorBody.document(404, "Task \(id) does not exist.", gateway)
      return .json(404, ByteBuffer(string: body.text ?? ""))
    }
    let now = Int(Date().timeIntervalSince1970)
    let expires = isExpired ? now - 60 : now + 86_400
    return .json(200, ByteBuffer(string: FlatDialect.report(id, task, expires: expires).text ?? ""))
  }

  func result(_ request: Request, _ context: SimulatorContext) async throws -> Response {
    await state.count(\.downloads)
    // Results lie with others than the gateway: a key has no business there.
    guard request.headers[.authorization] == nil else {
      return Response(status: .badRequest, body: .init(byteBuffer: ByteBuffer(string: "A key came along.")))
    }
    guard let result = await state.result(context.parameters.get("name") ?? "") else {
      return Response(status: .notFound)
    }
    if let address = result.redirect { return .redirect(to: address, type: .found) }
    guard result.download != .expired else {
      let text = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
      return Response(
        status: .forbidden, headers: [.contentType: "application/xml"],
        body: .init(byteBuffer: ByteBuffer(string: text)))
    }
    return whole(result, from: Self.start(request), context)
  }

  /// `bytes=N-`, which is how a broken download is gone on with.
  private static func start(_ request: Request) -> Int {
    guard let range = request.headers[.range], range.hasPrefix("bytes="), range.hasSuffix("-") else {
      return 0
    }
    return Int(range.dropFirst(6).dropLast()) ?? 0
  }

  private func whole(_ result: StoredResult, from start: Int, _ context: SimulatorContext) -> Response {
    let all = result.picture.bytes.withUnsafeBytes { ByteBuffer(bytes: $0) }
    let count = all.readableBytes
    guard start < count else { return Response(status: .rangeNotSatisfiable) }
    var headers: HTTPFields = [
      .contentType: result.label.name, .eTag: "\"\(count)\"", .acceptRanges: "bytes",
    ]
    if start > 0 { headers[.contentRange] = "bytes \(start)-\(count - 1)/\(count)" }
    let rest = all.getSlice(at: start, length: count - start) ?? all
    let isCut = result.download == .cut
    let body = ResponseBody(contentLength: rest.readableBytes) { writer in
      if isCut {
        try await writer.write(rest.getSlice(at: 0, length: rest.readableBytes / 2) ?? rest)
        await context.hangUp(hard: false)
        throw CancellationError()
      }
      try await writer.write(rest)
      try await writer.finish(nil)
    }
    return Response(status: start > 0 ? .partialContent : .ok, headers: headers, body: body)
  }
}
