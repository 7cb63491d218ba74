package import Core
package import PictureFormats
package import Preparation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Decodes and encodes pictures, in this process or in isolated workers, within a memory limit.
///
/// Decoding in the process starts faster, and suits trusted pictures. With isolated workers, a file that
/// makes a decoder crash, hang or exhaust memory affects only that picture; the results are otherwise the
/// same. Several editors and preparers may share one processor.
public final class ImageProcessor: Sendable {
  /// Does the single jobs.
  package let backend: any PictureBackend
  /// The memory limit of the program, its workers and all pictures.
  package let total: ByteCount
  /// The part of `total` that the program and its workers take without pictures.
  package let programsOwn: ByteCount
  /// The part of `total` left for pictures.
  package let budget: WeightedSemaphore
  /// Limits how many pictures are decoded or encoded at a time.
  private let crew: AsyncSemaphore
  /// Lets only one picture at a time wait for more memory while it holds some.
  package let opening = AsyncSemaphore(width: 1)
  /// Prepares identical pictures with the same options once: a style or a logo is used in many edits. The
  /// capacity allows for the other pictures that are prepared between two such edits.
  package let prepared = SingleFlightCache<Preparation, PreparedReference>(capacity: 32)
  package let store = ContentStore()

  /// A preparation, by the digest of its picture.
  package struct Preparation: Hashable {
    let digest: String
    let options: PreparationOptions

    package init(digest: String, options: PreparationOptions) {
      self.digest = digest
      self.options = options
    }
  }

  /// Creates a processor.
  ///
  /// - Parameters:
  ///   - backend: does the single jobs.
  ///   - memory: the memory limit of the program, its workers and all pictures being processed, by an upper
  ///     bound from the pictures' headers. A picture that alone would exceed it is refused. `nil`: half of
  ///     the machine's memory, at least 1 GiB. Default: `nil`.
  package init(_ backend: any PictureBackend, memory: ByteCount? = nil) {
    self.backend = backend
    total = memory ?? Self.halfOfTheMachine
    let crew = Self.crew(within: total)
    self.crew = AsyncSemaphore(width: crew)
    let own = Self.program + (crew - 1) * Self.waitingWorker
    programsOwn = ByteCount(own)
    budget = WeightedSemaphore(max(0, total.bytes - own))
  }

  /// Measured memory in bytes: of the program with its first worker, and of each further idle worker.
  private static let program = 70_000_000
  private static let waitingWorker = 30_000_000
  /// Bytes of memory per picture below which fewer workers have a higher throughput.
  private static let usualPicture = 120_000_000

  /// The number of pictures processed at a time: one for each core, as far as the memory allows.
  private static func crew(within total: ByteCount) -> Int {
    let maximum = (total.bytes - program) / (waitingWorker + usualPicture)
    return max(1, min(ThreadPool.shared.width, maximum))
  }

  private static var halfOfTheMachine: ByteCount {
    ByteCount(max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2))
  }

  /// Terminates the worker processes, if any, and waits for their end. No picture may be in progress.
  public func close() async { await backend.close() }

  /// Runs a job for which the caller holds the memory, when one of the cores is free.
  package func run<Result: Sendable>(
    _ job: @Sendable (any PictureBackend) async throws -> Result
  ) async throws -> Result {
    try await crew.take { try await job(backend) }
  }
}

// MARK: - Jobs on the program's own pictures

extension ImageProcessor {
  /// As in `PictureBackend`.
  package func pixels(of picture: PictureBytes, over background: RGBColor) async throws -> RawPixels {
    let cost = WorkCost.ofPixels(try PictureStructure.read(picture).size.pixelCount)
    return try await budget.holding(cost.memory.bytes) {
      try await run { try await $0.pixels(of: picture, over: background, cost: cost) }
    }
  }

  /// As in `PictureBackend`.
  package func encode(_ pixels: RawPixels, as encoding: PixelEncoding) async throws -> PictureBytes {
    let cost = WorkCost.ofPixels(pixels.size.pixelCount)
    return try await budget.holding(cost.memory.bytes) {
      try await run { try await $0.encode(pixels, as: encoding, cost: cost) }
    }
  }

  /// As in `PictureBackend`.
  ///
  /// - Parameter source: the size of the picture.
  package func simulate(
    _ edit: SimulatedEdit, on picture: PictureBytes?, _ source: PixelSize?
  ) async throws -> PictureBytes {
    let cost = WorkCost.ofPixels((source?.pixelCount ?? 0) + edit.size.pixelCount)
    return try await budget.holding(cost.memory.bytes) {
      try await run { try await $0.simulate(edit, on: picture, cost: cost) }
    }
  }

  /// As in `PictureBackend`.
  package func decoders() async throws -> InstalledDecoders {
    try await run { try await $0.decoders() }
  }
}
