public import PictureWork
public import Base64
public import Core
import Finishing
import PictureFormats
public import Preparation

/// The preprocessing half alone: prepares pictures as references. It needs no gateway and no network, except
/// to fetch a picture by URL.
public struct Preparer: Sendable {
  /// How pictures are prepared.
  public let options: PreparationOptions
  /// Decodes and encodes the pictures.
  package let processor: ImageProcessor
  /// The time that a worker may take to encode a picture after decoding it: searching for a small PNG takes
  /// minutes for a large picture. Default: `nil`, no limit.
  public let timeout: Duration?

  /// Creates a preparer, by default without a time limit.
  public init(
    options: PreparationOptions = PreparationOptions(), processor: ImageProcessor,
    timeout: Duration? = nil
  ) {
    self.options = options
    self.processor = processor
    self.timeout = timeout
  }

  /// A prepared picture and its source. A file that is passed through unchanged is held open, not in memory.
  public struct Result: Sendable {
    /// The original picture.
    public let source: Reference
    /// The prepared picture.
    public let reference: PreparedReference
    /// The time that the preparation took.
    public let elapsed: Duration

    /// The bytes of the prepared file.
    ///
    /// - Throws: `PlantainError` with the code `unreadable` when a passed-through picture has changed since
    ///   it was prepared.
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

    /// The prepared file as a data URI.
    ///
    /// - Throws: as `bytes`.
    public func dataURI() throws(PlantainError) -> DataURI {
      DataURI(mediaType: reference.mediaType, bytes: try bytes())
    }

    /// Writes the prepared file into `folder` as `NAME.EXT`, with its true extension. Creates the folder.
    ///
    /// - Parameters:
    ///   - folder: the output folder.
    ///   - name: the file name without extension; `nil`: the source's. Default: `nil`.
    ///   - overwriting: whether an existing file is replaced. Default: `false`.
    /// - Returns: the path.
    /// - Throws: `PlantainError` with the code `outputExists` when the file exists and must not be replaced,
    ///   `outputNotWritable` when it cannot be written, `unreadable` when a passed-through picture has
    ///   changed since it was prepared.
    public func write(
      into folder: String, as name: String? = nil, overwriting: Bool = false
    ) throws(PlantainError) -> String {
      let format = PictureFormat.writable(reference.mediaType)?.extensions[0] ?? "jpg"
      let path = Path(folder).appending("\(name ?? source.stem).\(format)").string
      try write(to: path, overwriting: overwriting)
      return path
    }

    /// Writes the prepared file to `path`. Creates the folder.
    ///
    /// - Parameters:
    ///   - path: the output path, without an extension or with one of the prepared format.
    ///   - overwriting: whether an existing file is replaced. Default: `false`.
    /// - Throws: as `write(into:as:overwriting:)`; also `usage` for the extension of another format.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      try OutputPlan.requireName(path, of: reference.mediaType)
      do throws(WriteError) {
        try OutputFile.createFolder(Path(path).parent)
        try OutputFile.write(reference.content, to: path, overwriting: overwriting)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  /// Reads a picture and prepares it. The pixels are processed on the pool of imaging threads.
  ///
  /// - Throws: `PlantainError` with the code `usage` for an option out of range; `missing`, `notAFile` or
  ///   `unreadable` for a picture that cannot be read; and one that names the reason, such as
  ///   `truncatedPicture`, for a picture that cannot be used.
  public func prepare(_ source: Reference) async throws(PlantainError) -> Result {
    try await prepare(source, isShared: true)
  }

  /// - Parameter isShared: as in `ImageProcessor.prepare`.
  private func prepare(_ source: Reference, isShared: Bool) async throws(PlantainError) -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let reference = try await processor.prepare(source, options, isShared: isShared, timeout: timeout)
    return Result(source: source, reference: reference, elapsed: clock.now - start)
  }

  /// Prepares many pictures, a few at a time, and passes each outcome to `each` in the order of the sources.
  /// Among the next pictures, the larger ones are started first, so the first outcome may take as long as a
  /// dozen pictures.
  public func prepare(
    _ sources: [Reference],
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let jobs = sources.map { Job(source: $0, options: options) }
    await Self.prepare(jobs, by: processor, areShared: false, timeout: timeout, each: each)
  }

  /// One picture with its own options.
  package struct Job: Sendable {
    package let source: Reference
    package var options: PreparationOptions
  }

  package static func prepare(
    _ jobs: [Job], by processor: ImageProcessor, areShared: Bool = true, timeout: Duration? = nil,
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let width = 2 * ThreadPool.shared.width
    // Each result that waits for an earlier one may hold a file open.
    let ahead = max(width, min(4 * width, 64))
    await orderedConcurrentMap(jobs, weighing: { $0.source.expectedSize.bytes }, width: width, ahead: ahead) {
      job in
      do throws(PlantainError) {
        let preparer = Preparer(options: job.options, processor: processor, timeout: timeout)
        return .success(try await preparer.prepare(job.source, isShared: areShared))
      } catch {
        return .failure(error)
      }
    } consume: {
      await each($0)
    }
  }

  /// Reports what a picture is and what `prepare` would do to it with these options, without decoding it.
  ///
  /// - Throws: as `prepare`.
  public static func inspect(
    _ source: Reference, options: PreparationOptions = PreparationOptions()
  ) async throws(PlantainError) -> InspectReport {
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
  /// Reads the bytes on a thread of the pool: reading may block, so it must not run on the cooperative pool.
  package func readOnPool() async throws(PlantainError) -> PictureBytes {
    try await onPool { () throws(PlantainError) in try read() }
  }
}
