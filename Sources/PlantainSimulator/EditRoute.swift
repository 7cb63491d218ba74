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
    if let stranger = fault.stranger(to: gateway.simulatedTraits) {
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
    } catch let error as SimulatedRefusal {
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
    guard gateway.simulatedTraits.contains(.googleClients) else { return false }
    return !(request[header: "x-goog-api-key"] ?? request.queryItem("key") ?? "").isEmpty
  }

  /// Edits the picture. This is the work that counts as billed.
  private func edited(
    _ body: [UInt8], _ request: IncomingRequest, model: String?, _ fault: Fault
  ) async throws -> JSONValue {
    let wanted = try gateway.simulatedRequest(body, model: model) { picture in
      picture.withSpan { PictureFormat.recognize($0) }?.mediaType
    }
    let pictures = try await pictures(wanted, fault)
    if fault.isBilled ?? true { await state.count(\.billed) }
    var answer = SimulatedAnswer(await delivered(pictures, host: request[header: "host"] ?? "", fault))
    answer.take(fault)
    if gateway.simulatedTraits.contains(.tasks) {
      let end = fault.taskFailure.map(SimulatedTaskState.failed) ?? .done(answer.pictures.map(\.address))
      let task = SimulatedTask(end: end, polls: fault.polls ?? 1, isExpired: fault.download == .expired)
      answer.task = await state.begin(task)
    }
    return gateway.simulatedReply(to: wanted, answer)
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

  /// The pictures as the reply has them. They are stored if it has their URLs.
  private func delivered(
    _ pictures: [SimulatedModel.Answer], host: String, _ fault: Fault
  ) async -> [SimulatedPicture] {
    let needsAddresses = gateway.simulatedTraits.contains(.addresses) || fault.inText == .address
    var delivered: [SimulatedPicture] = []
    for (position, picture) in pictures.enumerated() {
      let label = fault.label ?? picture.mediaType
      var address = ""
      if needsAddresses {
        let result = StoredResult(
          picture: picture, label: label, redirect: fault.redirect, download: fault.download)
        address = "http://\(host)/results/\(await state.keep(result))"
      }
      // Drafts come before the picture.
      let isDraft = fault.thoughts != nil && position < pictures.count - 1
      delivered.append(
        SimulatedPicture(
          picture.bytes, label: label, address: address, isThought: isDraft || fault.isOnlyThought))
    }
    return delivered
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
    var reply = Reply.json(status, fault.body ?? gateway.simulatedError(status, message).text ?? "")
    if let time = fault.retryAfter { reply.headers.append(("Retry-After", time)) }
    return .reply(reply)
  }
}

extension SimulatedAnswer {
  /// Applies the faults that change what the reply says.
  fileprivate mutating func take(_ fault: Fault) {
    text = fault.hasNoPicture ? nil : fault.text
    blockReason = fault.blockReason
    finishReason = fault.finishReason
    switch fault.inText {
    case nil: form = .inline
    case .dataURI?: form = .textWithDataURI
    case .address?: form = .textWithAddress
    }
  }
}
