import Base64
import Gateways
import HTTPTypes
import Hummingbird
import Imaging
import NIOCore
import Vocabulary

/// Where requests for pictures come in: one gateway in its dialect.
struct EditRoute: Sendable {
  /// Requests are as large as the real gateways allow.
  private static let requestLimit = 110_000_000

  let gateway: Gateway
  let state: SimulatorState

  func respond(to request: Request, _ context: SimulatorContext) async throws -> Response {
    await state.count(\.received)
    guard isAuthorised(request) else {
      return failure(401, "Request is missing required authentication credential.")
    }
    let fault = await state.takeFault(for: gateway.id)
    if let stranger = fault.stranger(to: gateway.dialect) {
      return failure(501, "The fault script's '\(stranger)' means nothing at \(gateway.id).")
    }
    if fault.connection == .resetRequest {
      if fault.isBilled == true { await state.count(\.billed) }
      await context.hangUp(hard: true)
      throw CancellationError()
    }
    guard let body = try? await request.body.collect(upTo: Self.requestLimit) else {
      return failure(413, "Request payload size exceeds the limit: \(Self.requestLimit) bytes.")
    }
    if let delay = fault.delay { try await Task.sleep(for: delay) }
    if let status = fault.status {
      if fault.isBilled == true { await state.count(\.billed) }
      return failure(status, "The fault script says so.", fault)
    }
    let document: JSONValue
    do {
      document = try await answer(Array(body.readableBytesView), request, context, fault)
    } catch let error as Refusal {
      return failure(400, error.message)
    } catch let error as ImagingError {
      return failure(400, "Unable to process input image: \(error)")
    }
    return try await send(document, context, fault)
  }

  private func isAuthorised(_ request: Request) -> Bool {
    if let bearer = request.headers[.authorization] { return bearer.hasPrefix("Bearer ") && bearer.count > 7 }
    guard gateway.dialect == .nativeGemini else { return false }
    let header = HTTPField.Name("x-goog-api-key").flatMap { request.headers[$0] }
    return !(header ?? request.uri.queryParameters["key"].map(String.init) ?? "").isEmpty
  }

  /// Does the work, which is what is billed.
  private func answer(
    _ body: [UInt8], _ request: Request, _ context: SimulatorContext, _ fault: Fault
  ) async throws -> JSONValue {
    guard let json = JSONValue(parsing: body) else { throw Refusal("Invalid JSON payload received.") }
    let name = json["model"]?.string ?? context.parameters.get("model").map { String($0) }
    let model = gateway.model(named: name)
    let isNative = gateway.dialect == .nativeGemini
    let wanted =
      try isNative
      ? NativeGeminiDialect.read(json, gateway, model) : FlatDialect.read(json, gateway, model)
    let pictures = try await WorkerPool.shared.run {
      try Self.pictures(wanted, fault)
    }
    if fault.isBilled ?? true { await state.count(\.billed) }
    let needsAddresses = !isNative || fault.inText == .address
    let addresses = needsAddresses ? await keep(pictures, host: request.head.authority ?? "", fault) : []
    if isNative { return NativeGeminiDialect.reply(pictures, addresses: addresses, wanted, fault) }
    guard gateway.dialect == .task else {
      return FlatDialect.reply(addresses, pictures, wanted, gateway, fault)
    }
    let end = fault.taskFailure.map(SimulatedTask.State.failed) ?? .done(addresses)
    let task = SimulatedTask(end: end, polls: fault.polls ?? 1, isExpired: fault.download == .expired)
    return FlatDialect.submitted(await state.begin(task))
  }

  private static func pictures(
    _ request: SimulatedRequest, _ fault: Fault
  ) throws(ImagingError) -> [SimulatedModel.Answer] {
    if fault.hasNoPicture || fault.words != nil { return [] }
    var pictures: [SimulatedModel.Answer] = []
    for variant in 0..<request.count {
      pictures.append(try SimulatedModel.edit(request, drift: fault.drift, variant: variant))
    }
    guard let thoughts = fault.thoughts, let last = pictures.last else { return pictures }
    var draft = request
    draft.tier = .half
    var drafts: [SimulatedModel.Answer] = []
    for number in 1..<max(1, thoughts) { drafts.append(try SimulatedModel.edit(draft, variant: number)) }
    // The last thought is the picture itself, as Google's guide says.
    return drafts + [last] + pictures
  }

  /// - Returns: where they can be fetched.
  private func keep(_ pictures: [SimulatedModel.Answer], host: String, _ fault: Fault) async -> [String] {
    var addresses: [String] = []
    for picture in pictures {
      let result = StoredResult(
        picture: picture, label: fault.label ?? picture.mediaType, redirect: fault.redirect,
        download: fault.download)
      addresses.append("http://\(host)/results/\(await state.keep(result))")
    }
    return addresses
  }

  private func send(
    _ document: JSONValue, _ context: SimulatorContext, _ fault: Fault
  ) async throws -> Response {
    let text = ByteBuffer(string: document.text ?? "")
    switch fault.connection {
    case nil, .resetRequest: return .json(200, text)
    case .stall:
      try await context.stall()
      return .json(200, text)
    case .resetReply:
      await context.hangUp(hard: true)
      throw CancellationError()
    case .cutReply, .stallReply:
      let isCut = fault.connection == .cutReply
      let half = text.getSlice(at: 0, length: text.readableBytes / 2) ?? text
      let body = ResponseBody(contentLength: text.readableBytes) { writer in
        try await writer.write(half)
        if isCut { await context.hangUp(hard: false) } else { try await context.stall() }
        throw CancellationError()
      }
      return .json(200, body)
    }
  }

  private func failure(_ status: Int, _ message: String, _ fault: Fault = Fault()) -> Response {
    let text = fault.body ?? ErrorBody.document(status, message, gateway).text ?? ""
    var response = Response.json(status, ByteBuffer(string: text))
    response.headers[.retryAfter] = fault.retryAfter
    return response
  }
}

extension Response {
  static func json(_ status: Int, _ text: ByteBuffer) -> Response {
    json(status, ResponseBody(byteBuffer: text))
  }

  static func json(_ status: Int, _ body: ResponseBody) -> Response {
    Response(
      status: .init(code: status), headers: [.contentType: "application/json; charset=UTF-8"], body: body)
  }
}
