package import Finishing
import PictureFormats
public import PictureWork
public import Core

/// The postprocessing half alone: takes a picture that a model returned and its original, and gives the
/// finished picture.
public struct Finisher: Sendable {
  /// The finishing options.
  public let options: FinishOptions
  /// Decodes and encodes the pictures.
  package let processor: ImageProcessor

  /// Creates a finisher.
  public init(options: FinishOptions, processor: ImageProcessor) {
    self.options = options
    self.processor = processor
  }

  /// A finished picture.
  public struct Result: Sendable {
    package let picture: FinishedPicture
    package let options: FinishOptions
    package let source: Reference
    package let original: Reference
    /// The default output path without extension.
    package let stem: String

    /// The bytes of the finished file.
    public var bytes: PictureBytes { picture.bytes }
    /// The media type of the finished file.
    public var mediaType: MediaType { picture.format.mediaType }
    /// The size of the finished picture, in pixels.
    public var size: PixelSize { picture.size }
    /// A PNG of the original, the finished picture, and their difference, if requested.
    public var comparison: PictureBytes? { picture.comparison }

    /// Keeps the picture aside and throws if it drifted too far.
    ///
    /// - Parameter path: the intended output path, near which the picture is kept; `nil`: there is none.
    ///   Default: `nil`.
    /// - Throws: `PlantainError` with the code `drifted` when the picture drifted more than `maximumDrift`.
    public func requireNoDrift(_ path: String? = nil) throws(PlantainError) {
      guard let drift = picture.drift(over: options.maximumDrift) else { return }
      let kept =
        path.map { OutputPlan.keepAside(picture, near: $0) }
        ?? OutputPlan.keep(picture.bytes, extension: picture.format.extensions[0])
      throw .drifted(drift, keptAt: kept, of: path)
    }

    /// Writes the comparison to its path, if there is one.
    ///
    /// - Parameter overwriting: whether an existing file is replaced. Default: `false`.
    /// - Throws: `outputExists` when the file exists and must not be replaced, `outputNotWritable` when it
    ///   cannot be written.
    package func writeComparison(overwriting: Bool = false) throws(PlantainError) {
      guard let comparison, let place = options.comparison else { return }
      try comparison.write(to: place, overwriting: overwriting)
    }

    /// Writes the picture to `path`, and the comparison to its own path. Creates missing folders.
    ///
    /// - Parameters:
    ///   - path: the output path, without an extension or with one of the picture's format.
    ///   - overwriting: whether existing files are replaced. Default: `false`.
    /// - Throws: `PlantainError` with the code `usage` for the extension of another format, `outputExists`
    ///   when the file exists and must not be replaced, `outputNotWritable` when it cannot be written,
    ///   `drifted` when the picture drifted too far, in which case it is kept aside.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      try OutputPlan.requireName(path, of: mediaType)
      try writeComparison(overwriting: overwriting)
      try requireNoDrift(path)
      try bytes.write(to: path, overwriting: overwriting)
    }

    /// The output path if none is given: `NAME.finished.EXT`, or as the name pattern says, in the given
    /// folder or beside the picture that the model returned.
    package var usualPath: String { "\(stem).\(picture.format.extensions[0])" }
  }

  /// Finishes a picture that a model returned.
  ///
  /// - Parameters:
  ///   - result: the picture that the model returned.
  ///   - original: the picture that was edited.
  ///   - shown: the area of the upright original that the result shows, in its pixels, as
  ///     `ReferenceGeometry.shown` of the sent picture; `nil`: all of it. Default: `nil`.
  ///   - output: the intended output path, whose extension decides the format; `nil`: the format that was
  ///     returned, or the original's if some of its pixels are kept, or PNG if that format cannot be written.
  ///     Default: `nil`.
  ///   - folder: the folder for the default output path, used when `output` is `nil`. Default: `nil`, beside
  ///     the result.
  ///   - overwriting: whether an existing output file is accepted. Default: `false`.
  /// - Throws: `PlantainError` with the code `usage` for an extension that cannot be written or an area
  ///   outside the original, `outputExists` for an output that exists, and the codes of
  ///   `Preparer.prepare(_:)` for a picture that cannot be read or used.
  public func finish(
    _ result: Reference, source original: Reference, showing shown: VisibleArea? = nil,
    for output: String? = nil, in folder: String? = nil, overwriting: Bool = false
  ) async throws(PlantainError) -> Result {
    let stem = OutputPlan.path("\(result.stem).finished", in: folder, beside: result)
    return try await finish(result, original, shown, output, stem, overwriting)
  }

  /// Finishes a picture that a model returned, and names the output by a pattern, whose names refer to that
  /// picture.
  ///
  /// - Returns: the finished picture and its output path.
  /// - Throws: as the method above; also `usage` for a pattern that would replace one of the source pictures.
  package func finish(
    _ result: Reference, source original: Reference, showing shown: VisibleArea? = nil,
    as template: NameTemplate, in folder: String? = nil, overwriting: Bool = false
  ) async throws(PlantainError) -> (Result, path: String) {
    var naming = EditOptions()
    (naming.output, naming.outputTemplate, naming.overwrites) = (.folder(folder), template, overwriting)
    let plan = try OutputPlan(naming, first: result)
    if case .file(let path) = original { try plan.requireOther(than: path) }
    try plan.check()
    let output: String? = if case .file(let path) = plan.output { path } else { nil }
    let finished = try await finish(result, original, shown, output, plan.stem, overwriting)
    return (finished, output ?? finished.usualPath)
  }

  /// - Parameter usual: the output path without extension, used when `output` is `nil`.
  private func finish(
    _ result: Reference, _ original: Reference, _ shown: VisibleArea?, _ output: String?, _ usual: String,
    _ overwriting: Bool
  ) async throws(PlantainError) -> Result {
    try options.validate()
    let wanted = try output.map { path throws(PlantainError) in
      try OutputPlan.requireWritableExtension(path)
      return OutputPlan.format(byNameOf: path)
    }
    if let comparison = options.comparison {
      let stem = output.map { Path($0).withoutExtension.string } ?? usual
      try OutputPlan.requireApart(comparison, from: stem, result, original, options.mask)
    }
    for path in [output, options.comparison].compactMap(\.self) {
      try OutputPlan.requireFree(path, overwriting: overwriting)
      try OutputPlan.requireInput(path, isNoneOf: [result, original, options.mask])
    }
    let returned = try await result.readOnPool()
    let whole = try await original.readOnPool()
    var edit = EditOptions()
    edit.finish = options
    let located = try await processor.located(edit, in: .bytes(whole, name: original.name))
    var finishing = located.finishing(wanted ?? nil)
    finishing.shown = shown
    finishing.metadata?.provenance = Provenance(prompt: nil, model: nil, gateway: nil, isGenerated: false)
    var contents = FinishingContents(original: PictureContent(whole))
    if let mask = options.mask {
      let content = PictureContent(try await mask.readOnPool())
      contents.mask = content
      do { finishing.maskEdits = try await processor.readMask(content, as: options.maskEdits).edits } catch {
        throw .readingMask(error, mask.name)
      }
    }
    do {
      let finished = try await processor.finish(
        returned, beside: contents, finishing, refusingAbove: result.name)
      return Result(
        picture: finished, options: options, source: result, original: original, stem: usual)
    } catch {
      throw .finishing(error, result: result.name, original: original.name, mask: options.mask?.name)
    }
  }
}

/// A drift that exceeds the allowed maximum.
package struct Drift {
  package let value: Double
  package let maximum: Double
}

extension FinishedPicture {
  /// The drift, if it exceeds the maximum.
  ///
  /// - Parameter maximum: the allowed drift; `nil`: any.
  package func drift(over maximum: Double?) -> Drift? {
    guard let maximum, let drift = findings.drift, drift > maximum else { return nil }
    return Drift(value: drift, maximum: maximum)
  }
}

extension PictureBytes {
  /// Writes the bytes to `path`, atomically. Creates missing folders.
  func write(to path: String, overwriting: Bool) throws(PlantainError) {
    do throws(WriteError) {
      try OutputFile.prepareFolder(of: path)
      try OutputFile.write(PictureContent(self), to: path, overwriting: overwriting)
    } catch {
      throw .writing(error, path)
    }
  }
}
