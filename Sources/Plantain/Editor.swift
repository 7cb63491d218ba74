import Finishing
public import Gateways
import Imaging
public import Logging
import Submission
import Vocabulary

/// Edits local pictures through one gateway: prepares, sends, and finishes what comes back.
///
/// It holds an HTTP client: call `close()` when done, or use `withEditor`.
public final class Editor: Sendable {
  public let gateway: Gateway
  let key: APIKey.Source
  let baseURL: BaseURL
  let submitter: Submitter
  let workers: PictureWorkers
  let logger: Logger

  /// - Parameters:
  ///   - key: where the key is read from, at each edit. `nil`: the gateway's own environment variable.
  ///   - baseURL: another host that speaks the gateway's dialect, such as a private route or the simulator.
  ///     `nil`: what `PLANTAIN_<ID>_URL` says in the environment, else the gateway's own.
  ///   - workers: where pictures are decoded.
  /// - Throws: 78 when there is no usable address.
  public init(
    gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil,
    workers: PictureWorkers = .inProcess, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    self.gateway = gateway
    self.key = key ?? .environment(gateway.keyVariable)
    self.baseURL = try BaseURL(
      baseURL ?? EnvironmentSettings.baseURL(for: gateway) ?? gateway.baseURL, gateway)
    self.logger = logger
    self.workers = workers
    submitter = Submitter()
  }

  deinit { submitter.abandon() }

  /// Ends the HTTP client, which otherwise happens some time after the last reference has gone. No edit may be under
  /// way or follow.
  public func close() async {
    await submitter.close()
  }

  /// The main job: `prompt` applied to the first reference, with the others beside it.
  ///
  /// - Parameters:
  ///   - prompt: sent byte for byte.
  ///   - references: the picture to edit, then up to the gateway's limit of others.
  ///   - watch: called as the edit passes its stages.
  /// - Throws: `PlantainError`; its `billed` says whether money may have been spent.
  public func edit(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    watch: @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    let clock = ContinuousClock()
    let start = clock.now
    let key = try readKey()
    let output = try OutputPlan(options, first: references.first)
    try output.check()
    // By then the picture is safe, or the reply was kept, or there is nothing in it.
    defer { output.stored.discard() }
    let (plan, request) = try await prepareRequest(prompt, references, options, watch)
    try output.prepareFolder()
    watch(.sending(plan))

    let sent = clock.now
    let reply = try await submit(request, key, options, output)
    let answerTime = clock.now - sent
    watch(.answered(status: reply.status, elapsed: answerTime))
    let (pictures, facts) = try interpret(reply, key, output)
    let finished = try await finish(pictures, as: output)
    let paths = try await onPool { () throws(PlantainError) in try output.write(finished.pictures) }

    let result = EditResult(
      plan: plan, images: zip(finished.pictures, paths).map(EditResult.Image.init), reply: facts,
      warnings: finished.warnings, status: reply.status, answerTime: answerTime,
      elapsed: clock.now - start)
    watch(.done(result))
    return result
  }

  /// Does all local work of an edit, opens no socket, writes no file and needs no key: what would be sent, and its
  /// price.
  ///
  /// - Throws: as `edit`, as far as it goes.
  public func plan(
    _ prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    watch: @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditPlan {
    try OutputPlan(options, first: references.first).check()
    return try await prepareRequest(prompt, references, options, isDry: true, watch).plan
  }
}

/// Makes an editor, lends it to `body`, and closes it however that ends.
public func withEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil,
  workers: PictureWorkers = .inProcess, _ body: (Editor) async throws -> Result
) async throws -> Result {
  let editor = try Editor(gateway: gateway, key: key, baseURL: baseURL, workers: workers)
  do {
    let result = try await body(editor)
    await editor.close()
    return result
  } catch {
    await editor.close()
    throw error
  }
}
