public import Core
public import Editing
public import Gateways
import InProcess
import Isolation
public import Logging
public import PictureWork
public import Preparation

extension ImageProcessor {
  /// A processor that decodes in this process, with half of the machine's memory.
  public static let inProcess = ImageProcessor(InProcessBackend())

  /// A processor that decodes in this process.
  ///
  /// - Parameter memory: the memory limit of the program and all pictures being processed, by an upper bound
  ///   from the pictures' headers. A picture that alone would exceed it is refused.
  public static func inProcess(memory: ByteCount) -> ImageProcessor {
    ImageProcessor(InProcessBackend(), memory: memory)
  }

  /// A processor that decodes in child processes of the program `plantain-worker`, which must be of the same
  /// build. Call `close()` when done, which ends them.
  ///
  /// SwiftPM builds the worker beside a program whose target depends on its product:
  ///
  ///     .product(name: "plantain-worker", package: "plantain")
  ///
  /// - Parameters:
  ///   - worker: the path of `plantain-worker`. Default: `nil`, beside the running program, then in
  ///     `../libexec/plantain`, then on `PATH`.
  ///   - memory: the memory limit of the program, its workers and all pictures being processed. Default:
  ///     `nil`, half of the machine's memory, at least 1 GiB.
  /// - Throws: `PlantainError` with the code `configuration` when the worker is not found.
  public static func isolated(
    worker: String? = nil, memory: ByteCount? = nil
  ) throws(PlantainError) -> ImageProcessor {
    do throws(IsolationError) {
      return ImageProcessor(try WorkerFleet(program: worker), memory: memory)
    } catch {
      throw .isolating(error)
    }
  }
}

extension Editor {
  /// Creates an editor with one or more routes that decodes pictures in this process.
  ///
  /// - Parameters: as in the initializer with `processor`.
  public convenience init(
    routes: [Route], ledger: LedgerLocation = .standard, logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(routes: routes, ledger: ledger, processor: .inProcess, logger: logger)
  }

  /// Creates an editor with one gateway that decodes pictures in this process.
  ///
  /// - Parameters: as in the initializer with `processor`.
  public convenience init(
    gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
    logger: Logger = Logger(label: "plantain")
  ) throws(PlantainError) {
    try self.init(
      gateway: gateway, key: key, baseURL: baseURL, ledger: ledger, processor: .inProcess, logger: logger)
  }
}

/// Creates an editor with one or more routes that decodes pictures in this process, passes it to `body`, and
/// closes it when `body` returns or throws.
///
/// - Parameters: as in the function with `processor`.
public func withEditor<Result>(
  routes: [Route], ledger: LedgerLocation = .standard, _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withEditor(routes: routes, ledger: ledger, processor: .inProcess, body)
}

/// Creates an editor with one gateway that decodes pictures in this process, passes it to `body`, and closes
/// it when `body` returns or throws.
///
/// - Parameters: as in the function with `processor`.
public func withEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, ledger: LedgerLocation = .standard,
  _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withEditor(
    gateway: gateway, key: key, baseURL: baseURL, ledger: ledger, processor: .inProcess, body)
}

extension Preparer {
  /// Creates a preparer that works in this process, by default without a time limit.
  public init(options: PreparationOptions = PreparationOptions(), timeout: Duration? = nil) {
    self.init(options: options, processor: .inProcess, timeout: timeout)
  }
}

extension Finisher {
  /// Creates a finisher that works in this process.
  public init(options: FinishOptions) {
    self.init(options: options, processor: .inProcess)
  }
}
