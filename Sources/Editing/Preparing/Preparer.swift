public import Base64
public import Core
import Finishing
import Imaging
import PictureFormats
public import Preparation

/// The preprocessing half alone: pictures in, prepared references out. Needs no gateway and no network.
public struct Preparer: Sendable {
  public let options: PreparationOptions
  public let workers: ImageProcessor
  /// How long a picture's result may take to encode once it is decoded, in a worker: a search for a small PNG takes minutes for
  /// a large picture. Default: `nil`, as long as it takes.
  public let timeout: Duration?

  public init(
    options: PreparationOptions = PreparationOptions(), workers: ImageProcessor = .inProcess,
    timeout: Duration? = nil
  ) {
    self.options = options
    self.workers = workers
    self.timeout = timeout
  }

  /// A prepared picture with where it came from. That of a file which passes as it is holds the file open, not its bytes in
  /// memory.
  public struct Result: Sendable {
    public let source: Reference
    public let reference: PreparedReference
    public let elapsed: Duration

    /// The prepared file.
    ///
    /// - Throws: 66 when a picture that passes as it is has changed since it was prepared.
    public func bytes() throws(PlantainError) -> PictureBytes {
      do throws(ContentError) {
        return try reference.content.read()
      } catch {
        throw .losing(error)
      }
    }

    /// SHA-256 of the prepared file, as 64 hexadecimal digits.
    ///
    /// - Throws: as `bytes`.
    public func sha256() throws(PlantainError) -> String {
      do throws(ContentError) {
        return try reference.content.sha256()
      } catch {
        throw .losing(error)
      }
    }

    /// The prepared file as text.
    ///
    /// - Throws: as `bytes`.
    public func dataURI() throws(PlantainError) -> DataURI {
      DataURI(mediaType: reference.mediaType, bytes: try bytes())
    }

    /// Writes the prepared file into `folder`, which is created, as `NAME.EXT` with its true extension.
    ///
    /// - Parameter name: without extension; `nil`: the source's.
    /// - Returns: the path.
    /// - Throws: 73 when it exists already and is not to be overwritten, or cannot be written; 66 when a picture that passes as
    ///   it is has changed since it was prepared.
    public func write(
      into folder: String, as name: String? = nil, overwriting: Bool = false
    ) throws(PlantainError) -> String {
      let format = PictureFormat.writable(reference.mediaType)?.extensions[0] ?? "jpg"
      let path = (folder.hasSuffix("/") ? folder : folder + "/") + "\(name ?? source.stem).\(format)"
      try write(to: path, overwriting: overwriting)
      return path
    }

    /// Writes the prepared file under that name, which is to be one of its format; the folder is created.
    ///
    /// - Throws: as the other.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      do throws(WriteError) {
        try OutputFile.createFolder(OutputFile.parent(of: path))
        try OutputFile.write(reference.content, to: path, overwriting: overwriting)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  /// Reads a picture and makes it right. The pixels are worked on by the pool of imaging threads.
  ///
  /// - Throws: 64 for an option out of range, 65 for a picture that cannot be used, 66 when it cannot be read.
  public func prepare(_ source: Reference) async throws(PlantainError) -> Result {
    try await prepare(source, isShared: true)
  }

  /// - Parameter isShared: as in `ImageProcessor.prepare`.
  private func prepare(_ source: Reference, isShared: Bool) async throws(PlantainError) -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let reference = try await workers.prepare(source, options, isShared: isShared, timeout: timeout)
    return Result(source: source, reference: reference, elapsed: clock.now - start)
  }

  /// Prepares many pictures, a few at a time, and hands over each outcome in the order of the sources. Of those that come next, the
  /// larger ones are begun first, so the first outcome may take as long as a dozen pictures.
  public func prepare(
    _ sources: [Reference],
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let jobs = sources.map { Job(source: $0, options: options) }
    await Self.prepare(jobs, by: workers, areShared: false, timeout: timeout, each: each)
  }

  /// One picture with options of its own.
  package struct Job: Sendable {
    package let source: Reference
    package var options: PreparationOptions
  }

  package static func prepare(
    _ jobs: [Job], by workers: ImageProcessor, areShared: Bool = true, timeout: Duration? = nil,
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let width = 2 * WorkerPool.shared.width
    // Each that waits for an earlier one may hold a file open.
    let ahead = max(width, min(4 * width, 64))
    await orderedConcurrentMap(jobs, weighing: { $0.source.expectedSize.bytes }, width: width, ahead: ahead) {
      job in
      do throws(PlantainError) {
        let preparer = Preparer(options: job.options, workers: workers, timeout: timeout)
        return .success(try await preparer.prepare(job.source, isShared: areShared))
      } catch {
        return .failure(error)
      }
    } consume: {
      await each($0)
    }
  }

  /// Says what a picture is and what `prepare` would do to it, without decoding it.
  ///
  /// - Throws: as `prepare`.
  public func inspect(_ source: Reference) async throws(PlantainError) -> InspectReport {
    let options = options
    let source = try await source.fetched()
    return try await onPool { () throws(PlantainError) in
      let opened = try source.open()
      do throws(PreparationError) {
        let inspection = try inspectPicture(opened.content, options: options)
        return InspectReport(
          inspection, source: source.name, isMislabeled: opened.isMislabeled(inspection.structure.format))
      } catch {
        throw .preparing(error, source.name, mayBeCut: options.mayCut(opened.content))
      }
    }
  }
}

extension Reference {
  /// Reading may block, so it does not happen on the cooperative pool.
  package func readOnPool() async throws(PlantainError) -> PictureBytes {
    try await onPool { () throws(PlantainError) in try read() }
  }
}
