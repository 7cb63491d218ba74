import Finishing
import Imaging
import Isolation
import Vocabulary

/// What is to be done to a picture that a model returned, before it is written. Nothing, by default.
public struct FinishOptions: Sendable, Equatable {
  /// The original's exact width and height, upright.
  public var fitsSource = false
  /// Shift, scale and turn against the original are found and taken back, to a fraction of a pixel.
  public var aligns = false
  /// The tint of what the model has not changed is taken back.
  public var matchesColour = false

  public init() {}

  /// - Parameter wanted: the format to write; `nil`: as it comes.
  func finishing(_ wanted: PictureFormat?) -> FinishingOptions {
    var options = FinishingOptions(wanted: wanted)
    options.fitsSource = fitsSource
    options.aligns = aligns
    options.matchesColour = matchesColour
    return options
  }
}

/// The post-processing half alone: a picture that a model returned, and the original, in; the finished picture out.
public struct Finisher: Sendable {
  public let options: FinishOptions
  public let workers: PictureWorkers

  public init(options: FinishOptions, workers: PictureWorkers = .inProcess) {
    self.options = options
    self.workers = workers
  }

  /// A finished picture.
  public struct Result: Sendable {
    let picture: FinishedPicture
    let source: Reference

    public var bytes: PictureBytes { picture.bytes }
    public var mediaType: MediaType { picture.format.mediaType }
    public var size: PixelSize { picture.size }

    /// Writes it under that name; a folder that is missing is made.
    ///
    /// - Throws: 73 when it exists already and is not to be overwritten, or cannot be written.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      do throws(WriteError) {
        try OutputFile.prepareFolder(of: path)
        try OutputFile.write(PictureContent(picture.bytes), to: path, overwriting: overwriting)
      } catch {
        throw .writing(error, path)
      }
    }

    /// Where it goes when nobody says: beside the picture that the model returned, as `NAME.finished.EXT`.
    public var usualPath: String {
      let name = "\(source.stem).finished.\(picture.format.extensions[0])"
      guard case .file(let path) = source else { return name }
      let folder = OutputFile.parent(of: path)
      return folder == "." ? name : "\(folder)/\(name)"
    }
  }

  private static let remedy = "Give a whole JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC file of it."

  /// - Parameters:
  ///   - result: what the model returned.
  ///   - original: the picture that was edited.
  ///   - output: the name it is for, whose extension says the format; `nil`: the format that came, or PNG where that cannot be
  ///     written.
  ///   - overwriting: a file of that name is no reason not to begin.
  /// - Throws: 64 for an extension that cannot be written, 65 for a picture that cannot be used, 66 for one that cannot be read.
  public func finish(
    _ result: Reference, source original: Reference, for output: String? = nil, overwriting: Bool = false
  ) async throws(PlantainError) -> Result {
    let wanted = try output.map { path throws(PlantainError) in
      try OutputPlan.requireWritableExtension(path)
      return OutputPlan.format(byNameOf: path)
    }
    if let output { try OutputPlan.requireFree(output, overwriting: overwriting) }
    let returned = try await result.readOnPool()
    let ground = PictureContent(try await original.readOnPool())
    do {
      let finished = try await workers.finish(
        returned, original: ground, options.finishing(wanted ?? nil), refusingAbove: result.name)
      return Result(picture: finished, source: result)
    } catch FinishingError.picture(let error) {
      throw .picture(error, result.name, .finishing, remedy: Self.remedy)
    } catch FinishingError.original(let error) {
      throw .picture(error, original.name, .finishing, remedy: Self.remedy)
    } catch let error as IsolationError {
      throw .isolating(error, result.name)
    } catch let error as PlantainError {
      throw error
    } catch is CancellationError {
      throw .interrupted(.finishing)
    } catch {
      throw .unexpected(error)
    }
  }
}
