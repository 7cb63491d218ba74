public import Gateways
public import Logging
public import PictureWork
import Submission

extension Editor {
  /// Creates an editor with one or more routes.
  ///
  /// - Parameters:
  ///   - routes: the first route is used. A later one is used only when all routes before it have failed for
  ///     reasons of their own, and certainly without being billed.
  ///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
  ///   - processor: where pictures are decoded.
  ///   - logger: logs requests and replies at the debug level, and a warning if other users can read the
  ///     ledger. Default: labeled `plantain`.
  /// - Throws: `PlantainError` with the code `usage` without a route, `configuration` when the ledger's path
  ///   is unknown.
  public convenience init(
    routes: [Route], ledger: LedgerLocation = .standard, processor: ImageProcessor,
    logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(routes: routes, ledger: ledger, processor: processor, logger: logger, timing: .real)
  }

  /// Creates an editor with one gateway.
  ///
  /// - Parameters:
  ///   - gateway: the gateway that edits are sent to.
  ///   - key: where the key is read from, at each edit; `nil`: the gateway's own environment variables.
  ///     Default: `nil`.
  ///   - baseURL: as in `Route`. Default: `nil`.
  ///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
  ///   - processor: where pictures are decoded.
  ///   - logger: logs requests and replies at the debug level, and a warning if other users can read the
  ///     ledger. Default: labeled `plantain`.
  /// - Throws: `PlantainError` with the code `configuration` when the base URL is unusable or the ledger's
  ///   path is unknown.
  public convenience init(
    gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
    processor: ImageProcessor, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(
      routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, processor: processor,
      logger: logger)
  }
}

/// Creates an editor, passes it to `body`, and closes it when `body` returns or throws.
///
/// - Parameters:
///   - routes: as in `Editor.init`.
///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
///   - processor: where pictures are decoded.
///   - body: the work to do with the editor.
/// - Returns: the value that `body` returns.
/// - Throws: the errors of `Editor.init` and of `body`.
public func withEditor<Result>(
  routes: [Route], ledger: LedgerLocation = .standard, processor: ImageProcessor,
  _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await Editor(routes: routes, ledger: ledger, processor: processor).lent(to: body)
}

extension Editor {
  /// Runs `body`, and closes the editor when it returns or throws.
  func lent<Result>(to body: (Editor) async throws -> Result) async throws -> Result {
    do {
      let result = try await body(self)
      await close()
      return result
    } catch {
      await close()
      throw error
    }
  }
}

/// Creates an editor with one gateway, passes it to `body`, and closes it when `body` returns or throws.
///
/// - Parameters:
///   - gateway: the gateway that edits are sent to.
///   - key: where the key is read from, at each edit; `nil`: the gateway's own environment variables.
///     Default: `nil`.
///   - baseURL: as in `Route`. Default: `nil`.
///   - ledger: the ledger in which edits are recorded. Default: `.standard`.
///   - processor: where pictures are decoded.
///   - body: the work to do with the editor.
/// - Returns: the value that `body` returns.
/// - Throws: the errors of `Editor.init` and of `body`.
public func withEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
  processor: ImageProcessor, _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withEditor(
    routes: [Route(gateway, key: key, baseURL: baseURL)], ledger: ledger, processor: processor, body)
}
