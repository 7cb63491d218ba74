import Imaging
import PictureFormats
public import Isolation
import InProcess
package import Preparation
public import Core

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
  /// Where the decoders run.
  public enum Location: Sendable {
    /// In this process.
    case inProcess
    /// In child processes of the program `plantain-worker`.
    case isolated(WorkerFleet)
  }

  /// A processor that decodes in this process, with half of the machine's memory.
  public static let inProcess = ImageProcessor(.inProcess)

  /// Where the decoders run.
  public let location: Location
  /// The memory limit of the program, its workers and all pictures.
  package let total: ByteCount
  /// The part of `total` that the program and its workers take without pictures.
  let programsOwn: ByteCount
  /// The part of `total` left for pictures.
  package let budget: WeightedSemaphore
  /// Limits how many pictures are decoded or encoded at a time.
  private let crew: AsyncSemaphore
  /// Lets only one picture at a time wait for more memory while it holds some.
  private let opening = AsyncSemaphore(width: 1)
  /// Prepares identical pictures with the same options once: a style or a logo is used in many edits. The
  /// capacity allows for the other pictures that are prepared between two such edits.
  private let prepared = SingleFlightCache<Job, PreparedReference>(capacity: 32)
  package let store = ContentStore()

  private struct Job: Hashable {
    let digest: String
    let options: PreparationOptions
  }

  /// Creates a processor.
  ///
  /// - Parameters:
  ///   - location: where the decoders run.
  ///   - memory: the memory limit of the program, its workers and all pictures being processed, by an upper
  ///     bound from the pictures' headers. A picture that alone would exceed it is refused. `nil`: half of
  ///     the machine's memory, at least 1 GiB. Default: `nil`.
  public init(_ location: Location, memory: ByteCount? = nil) {
    self.location = location
    total = memory ?? Self.halfOfTheMachine
    let crew = Self.crew(location, within: total)
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
  private static func crew(_ location: Location, within total: ByteCount) -> Int {
    let maximum = (total.bytes - program) / (waitingWorker + usualPicture)
    return max(1, min(WorkerPool.shared.width, maximum))
  }

  /// Terminates the worker processes, if any, and waits for their end. No picture may be in progress.
  public func close() async {
    if case .isolated(let fleet) = location { await fleet.close() }
  }

  private static var halfOfTheMachine: ByteCount {
    ByteCount(max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2))
  }

  /// Sends a job to a worker, within the concurrency limit of all work on pictures.
  ///
  /// - Throws: `IsolationError`, `CancellationError`.
  package func ask<Answer: Decodable>(
    _ fleet: WorkerFleet, _ kind: String, _ options: some Encodable, about files: [PictureContent],
    results: Int = 1, _ limits: WorkerJob.Limits, largestResult: ByteCount
  ) async throws -> (answer: Answer, files: [PictureContent]) {
    do {
      let job = WorkerJob(
        kind: kind, limits: limits, options: try MessageText.encode(options), further: files.count - 1,
        results: results)
      let reply = try await crew.take {
        try await fleet.perform(job, files: files, largestResult: largestResult)
      }
      return (try MessageText.decode(Answer.self, from: reply.text), reply.files.map(PictureContent.init))
    } catch is ChannelError {
      throw IsolationError.workerUnusable("a message cannot be encoded or decoded")
    } catch IsolationError.canceled {
      throw CancellationError()
    }
  }
}

// MARK: - Preparing

extension ImageProcessor {
  /// Reads and prepares a picture. A picture that can be sent unchanged needs no decoder, and so no worker.
  ///
  /// - Parameters:
  ///   - isShared: whether the same picture may be used again, such as a style, a logo or a mask in the next
  ///     edit. Such a picture is identified by a hash of its bytes, which takes time to compute. Default:
  ///     `true`.
  ///   - timeout: the timeout of the steps after decoding, in a worker; `nil`: none. Default: `nil`.
  package func prepare(
    _ source: Reference, _ options: PreparationOptions, isShared: Bool = true, timeout: Duration? = nil
  ) async throws(PlantainError) -> PreparedReference {
    let source = try await source.fetched()
    let share = WeightedSemaphore.Share(of: budget)
    defer { share.giveBack() }
    do {
      let opened = try await opening.take { try await open(source, options, share, isShared: isShared) }
      let reference: PreparedReference
      switch opened.next {
      case .ready(let ready): reference = ready
      case .toDecode(let picture):
        if let digest = picture.digest {
          let job = Job(digest: digest, options: options)
          reference = try await prepared.value(for: job) { try await decode(picture.inspection, timeout) }
        } else {
          reference = try await decode(picture.inspection, timeout)
        }
      }
      return opened.isMislabeled ? reference.warning(of: .labelWrong) : reference
    } catch let error as PlantainError {
      throw error
    } catch let error as PreparationError {
      throw .preparing(error, source.name, mayBeCut: source.mayBeCut(options))
    } catch let error as IsolationError {
      throw .isolating(error, source.name)
    } catch let error as ContentError {
      throw .losing(error)
    } catch {
      throw .interrupted(.preparation)
    }
  }

  /// A picture whose header was read, and its next step.
  private struct Opened: Sendable {
    let next: Next
    let isMislabeled: Bool

    enum Next {
      case ready(PreparedReference)
      case toDecode(Undecoded)
    }
  }

  /// A picture that must be decoded.
  private struct Undecoded: Sendable {
    let inspection: PictureInspection
    let digest: String?
  }

  /// Reads the header, reserves the memory that the picture may need, and prepares a picture that needs no
  /// decoder. Preparing it here keeps at most one such picture in memory at a time.
  private func open(
    _ source: Reference, _ options: PreparationOptions, _ share: WeightedSemaphore.Share, isShared: Bool
  ) async throws -> Opened {
    await share.grow(by: source.expectedSize.bytes)
    let (inspection, isMislabeled) = try await onPool { () throws(PlantainError) in
      let opened = try source.open()
      do throws(PreparationError) {
        let inspection = try inspectPicture(opened.content, options: options)
        return (inspection, opened.isMislabeled(inspection.structure.format))
      } catch {
        throw PlantainError.preparing(
          error, source.name, mayBeCut: options.mayCut(opened.content))
      }
    }
    let needed = memory(for: inspection)
    guard needed.bytes <= budget.total else {
      throw PlantainError.overMemory(ByteCount(needed.bytes + programsOwn.bytes), limit: total, source.name)
    }
    await share.become(needed.bytes)
    let next: Opened.Next = try await WorkerPool.shared.run { [store] in
      if inspection.needsDecoder {
        return .toDecode(
          Undecoded(inspection: inspection, digest: isShared ? try inspection.source.sha256() : nil))
      }
      return .ready(try store.keep(passedReference(inspection)))
    }
    return Opened(next: next, isMislabeled: isMislabeled)
  }

  private func decode(
    _ inspection: PictureInspection, _ timeout: Duration?
  ) async throws -> PreparedReference {
    guard case .isolated(let fleet) = location else {
      return try await crew.take {
        try await WorkerPool.shared.run { [store] in try store.keep(prepareReference(inspection)) }
      }
    }
    let reference = try await prepare(inspection, in: fleet, timeout)
    return try await WorkerPool.shared.run { [store] in
      do throws(ContentError) {
        return reference.moved(to: try store.keep(reference.content))
      } catch {
        // A worker returns its result in a file that it could still change.
        throw IsolationError.workerUnusable("\(error)")
      }
    }
  }

  /// The memory that a picture may need. It includes the source if that is not in a file, and either a copy
  /// without private blocks, or the memory for decoding. An isolated worker needs two more copies of such a
  /// source: its own, and one in transit.
  private func memory(for inspection: PictureInspection) -> ByteCount {
    let (source, isFile) = (inspection.source.count, inspection.source.isInFile)
    guard inspection.needsDecoder else { return ByteCount(isFile ? inspection.heldBytes : 2 * source) }
    let copies = if case .isolated = location, !isFile { 3 } else { 1 }
    return ByteCount(inspection.cost.memory.bytes + (isFile ? inspection.heldBytes : copies * source))
  }

  private func prepare(
    _ inspection: PictureInspection, in fleet: WorkerFleet, _ timeout: Duration?
  ) async throws -> PreparedReference {
    let (cost, source) = (inspection.cost, inspection.source)
    let limits = WorkerJob.Limits(
      memory: ByteCount(cost.memory.bytes + inspection.heldBytes), cpuSeconds: cost.cpuSeconds,
      encoding: timeout)
    let reply: (answer: PreparedReference.Answer, files: [PictureContent])
    do {
      reply = try await ask(
        fleet, PreparationOptions.jobKind, inspection.options, about: [source], limits,
        largestResult: inspection.options.maximumBytes)
    } catch let error as IsolationError {
      // A file that changed may have exceeded the limits that were computed for the earlier file.
      try source.requireUnchanged()
      throw error
    }
    try source.requireUnchanged()
    switch reply.answer {
    case .prepared(let facts):
      guard let content = reply.files.first else {
        throw IsolationError.workerUnusable("its reply has no picture")
      }
      return PreparedReference(content: content, facts: facts)
    case .failed(let error): throw error
    }
  }
}

extension PreparationOptions {
  /// Whether a truncated picture of this format could be read in part with `allowsTruncated`, which is off.
  func mayCut(_ picture: PictureContent) -> Bool {
    guard !settings.allowsTruncated, let format = try? PictureStructure.format(of: picture) else {
      return false
    }
    return [.jpeg, .png].contains(format)
  }
}

extension Reference {
  /// Whether `mayCut` holds for the picture. Standard input cannot be opened again to find its format, so it
  /// is assumed to be readable in part.
  fileprivate func mayBeCut(_ options: PreparationOptions) -> Bool {
    if case .standardInput = self { return !options.allowsTruncated }
    return (try? open().content).map(options.mayCut) ?? false
  }
}

extension ContentStore {
  /// Stores a prepared picture until it is used. A picture in a file of its own stays there.
  fileprivate func keep(_ reference: PreparedReference) throws(ContentError) -> PreparedReference {
    reference.content.isInFile ? reference : reference.moved(to: try keep(reference.content))
  }
}

/// Runs work on a thread of the imaging pool.
package func onPool<Value: Sendable>(
  _ work: @escaping @Sendable () throws(PlantainError) -> Value
) async throws(PlantainError) -> Value {
  do {
    return try await WorkerPool.shared.run { try work() }
  } catch let error as PlantainError {
    throw error
  } catch {
    throw .interrupted(.preparation)
  }
}
