import Base64
import Core
import Gateways
import NIOCore
import PictureFormats
import PictureWork

/// The endpoint for edit requests of one gateway, in its dialect.
struct EditRoute: Sendable {
  /// The maximum request size in bytes, as large as the real gateways allow.
  private static let requestLimit = 110_000_000

  let gateway: Gateway
  let state: SimulatorState

  /// Answers one request, with the next fault of the script.
  ///
  /// - Throws: If the request breaks off or the simulator ends.
  func answer(_ request: IncomingRequest, model: String?) async throws -> Answer {
    await state.count(\.received)
    guard isAuthorized(request) else {
      return failure(401, "Request is missing required authentication credential.")
    }
    let fault = await state.takeFault(for: gateway.id)
    if let stranger = fault.stranger(to: gateway.dialect) {
      return failure(501, "The fault script's '\(stranger)' means nothing at \(gateway.id).")
    }
    if fault.connection == .resetRequest {
      if fault.isBilled == true { await state.count(\.billed) }
      return .reset
    }
    guard let body = try await request.body(upTo: Self.requestLimit) else {
      return failure(413, "Request payload size exceeds the limit: \(Self.requestLimit) bytes.")
    }
    if let delay = fault.delay { try await Task.sleep(for: delay) }
    if let status = fault.status {
      if fault.isBilled == true { await state.count(\.billed) }
      return failure(status, "The fault script says so.", fault)
    }
    do {
      let document = try await edited(Array(body.readableBytesView), request, model: model, fault)
      return Self.answer(.json(200, document.text ?? ""), fault)
    } catch let error as Refusal {
      return failure(400, error.message)
    } catch let error as ImagingError {
      return failure(400, "Unable to process input image: \(error)")
    } catch let error as IsolationError {
      return failure(400, "Unable to process input image: \(error)")
    }
  }

  private func isAuthorized(_ request: IncomingRequest) -> Bool {
    if let bearer = request[header: "authorization"] {
      return bearer.hasPrefix("Bearer ") && bearer.count > 7
    }
    guard gateway.dialect == .nativeGemini else { return false }
    return !(request[header: "x-goog-api-key"] ?? request.queryItem("key") ?? "").isEmpty
  }

  /// Edits the picture. This is the work that counts as billed.
  private func edited(
    _ body: [UInt8], _ request: IncomingRequest, model: String?, _ fault: Fault
  ) async throws -> JSONValue {
    guard let json = JSONValue(parsing: body) else { throw Refusal("Invalid JSON payload received.") }
    let model = gateway.model(named: json["model"]?.string ?? model)
    let isNative = gateway.dialect == .nativeGemini
    let wanted =
      try isNative
      ? NativeGeminiDialect.read(json, gateway, model) : FlatDialect.read(json, gateway, model)
    let pictures = try await pictures(wanted, fault)
    if fault.isBilled ?? true { await state.count(\.billed) }
    let needsAddresses = !isNative || fault.inText == .address
    let addresses = needsAddresses ? await keep(pictures, host: request[header: "host"] ?? "", fault) : []
    if isNative { return NativeGeminiDialect.reply(pictures, addresses: addresses, wanted, fault) }
    guard gateway.dialect == .task else {
      return FlatDialect.reply(addresses, pictures, wanted, gateway, fault)
    }
    let end = fault.taskFailure.map(SimulatedTask.State.failed) ?? .done(addresses)
    let task = SimulatedTask(end: end, polls: fault.polls ?? 1, isExpired: fault.download == .expired)
    return FlatDialect.submitted(await state.begin(task))
  }

  private func pictures(
    _ request: SimulatedRequest, _ fault: Fault
  ) async throws -> [SimulatedModel.Answer] {
    if fault.hasNoPicture || fault.text != nil { return [] }
    var pictures: [SimulatedModel.Answer] = []
    for variant in 0..<request.count {
      pictures.append(
        try await SimulatedModel.edit(request, drift: fault.drift, variant: variant, by: state.processor))
    }
    guard let thoughts = fault.thoughts, let last = pictures.last else { return pictures }
    var draft = request
    draft.tier = .half
    var drafts: [SimulatedModel.Answer] = []
    for number in 1..<max(1, thoughts) {
      drafts.append(try await SimulatedModel.edit(draft, variant: number, by: state.processor))
    }
    // According to Google's guide, the last thought is the picture itself.
    return drafts + [last] + pictures
  }

  /// Stores the pictures.
  ///
  /// - Returns: Their URLs.
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

  private static func answer(_ reply: Reply, _ fault: Fault) -> Answer {
    switch fault.connection {
    case nil, .resetRequest: .reply(reply)
    case .stall: .silence
    case .resetReply: .reset
    case .cutReply: .half(reply, .close)
    case .stallReply: .half(reply, .silence)
    }
  }

  private func failure(_ status: Int, _ message: String, _ fault: Fault = Fault()) -> Answer {
    var reply = Reply.json(status, fault.body ?? ErrorBody.document(status, message, gateway).text ?? "")
    if let time = fault.retryAfter { reply.headers.append(("Retry-After", time)) }
    return .reply(reply)
  }
}
