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

/// Where pictures are decoded and encoded, and how much memory that may take.
///
/// In the process is quicker to begin and right for pictures that one trusts. Isolated, a file that makes a decoder
/// crash, hang or swallow memory costs that one picture; the result is the same otherwise. Several editors and
/// preparers may share one of these.
public final class ImageProcessor: Sendable {
  /// Where the decoders run.
  public enum Location: Sendable {
    case inProcess
    /// In child processes of the program `plantain-worker`.
    case isolated(WorkerFleet)
  }

  /// In the process, with half of the machine's memory.
  public static let inProcess = ImageProcessor(.inProcess)

  public let location: Location
  package let total: ByteCount
  let programsOwn: ByteCount
  package let budget: WeightedSemaphore
  /// How many pictures are in work at a time.
  private let crew: AsyncSemaphore
  /// Only one picture at a time may wait for the rest of its memory.
  private let opening = AsyncSemaphore(width: 1)
  /// A style or a logo goes into many edits: identical pictures with the same options are prepared once. Between two edits that
  /// want it, all others that are prepared meanwhile may come.
  private let prepared = SingleFlightCache<Job, PreparedReference>(capacity: 32)
  package let store = ContentStore()

  private struct Job: Hashable {
    let digest: String
    let options: PreparationOptions
  }

  /// - Parameter memory: what the program and its workers may take together with all pictures in work, by a bound from
  ///   the pictures' headers; a picture that would take more alone is refused. Default: half of the machine's memory.
  public init(_ location: Location, memory: ByteCount? = nil) {
    self.location = location
    total = memory ?? Self.halfOfTheMachine
    let crew = Self.crew(location, within: total)
    self.crew = AsyncSemaphore(width: crew)
    let own = Self.program + (crew - 1) * Self.waitingWorker
    programsOwn = ByteCount(own)
    budget = WeightedSemaphore(max(0, total.bytes - own))
  }

  /// Measured: the program and its first worker, and every further worker that waits.
  private static let program = 70_000_000
  private static let waitingWorker = 30_000_000
  /// With less than this for each, fewer workers get more done.
  private static let usualPicture = 120_000_000

  /// As many as there are cores, and memory for.
  private static func crew(_ location: Location, within total: ByteCount) -> Int {
    let maximum = (total.bytes - program) / (waitingWorker + usualPicture)
    return max(1, min(WorkerPool.shared.width, maximum))
  }

  /// Ends the child processes, if there are any, and waits for that. No picture may be in work.
  public func close() async {
    if case .isolated(let fleet) = location { await fleet.close() }
  }

  private static var halfOfTheMachine: ByteCount {
    ByteCount(max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2))
  }

  /// Has a worker do a job, in turn with all other work on pictures.
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
      throw IsolationError.workerUnusable("a message cannot be written or read")
    } catch IsolationError.canceled {
      throw CancellationError()
    }
  }
}

// MARK: - Preparing

extension ImageProcessor {
  /// Reads a picture and makes it right. What passes as it is needs no decoder, and so no child.
  ///
  /// - Parameters:
  ///   - isShared: whether the same picture may be wanted again, as a style, a logo or a mask is by the next edit; to know it
  ///     again takes a hash of its bytes.
  ///   - timeout: for what comes after decoding, in a worker. `nil`: it takes what it takes.
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

  /// A picture whose header was read, and what happens to it next.
  private struct Opened: Sendable {
    let next: Next
    let isMislabeled: Bool

    enum Next {
      case ready(PreparedReference)
      case toDecode(Undecoded)
    }
  }

  /// A picture that a decoder has to see.
  private struct Undecoded: Sendable {
    let inspection: PictureInspection
    let digest: String?
  }

  /// Reads the header, takes the memory that the picture may need, and prepares one that no decoder has to see: so only one such
  /// picture is in memory at a time, where it is at all.
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
      return .ready(try store.keep(prepareReference(inspection)))
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
        // What a worker hands over lies in a file that it could change.
        throw IsolationError.workerUnusable("\(error)")
      }
    }
  }

  /// The picture where it is in no file, and what is made of it: a copy without its private blocks, or what decoding takes, with
  /// a worker's copy of it, and one on the way there.
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
      // A file that changed may have been too much for a worker that was told of another.
      try source.requireUnchanged()
      throw error
    }
    try source.requireUnchanged()
    switch reply.answer {
    case .prepared(let facts):
      guard let content = reply.files.first else {
        throw IsolationError.workerUnusable("its answer has no picture")
      }
      return PreparedReference(content: content, facts: facts)
    case .failed(let error): throw error
    }
  }
}

extension PreparationOptions {
  /// Whether a part of such a picture can be taken where that is asked for, which it is not.
  func mayCut(_ picture: PictureContent) -> Bool {
    guard !allowsTruncated, let format = try? PictureStructure.format(of: picture) else { return false }
    return [.jpeg, .png].contains(format)
  }
}

extension Reference {
  /// The same of a picture that can be opened once more.
  fileprivate func mayBeCut(_ options: PreparationOptions) -> Bool {
    if case .standardInput = self { return !options.allowsTruncated }
    return (try? open().content).map(options.mayCut) ?? false
  }
}

extension ContentStore {
  /// The same picture, where it may wait: where it was, when it is in its own file.
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
