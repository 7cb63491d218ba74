package import Finishing
import Imaging
import PictureFormats
import Isolation
public import Core

/// The post-processing half alone: a picture that a model returned, and the original, in; the finished picture out.
public struct Finisher: Sendable {
  public let options: FinishOptions
  public let workers: ImageProcessor

  public init(options: FinishOptions, workers: ImageProcessor = .inProcess) {
    self.options = options
    self.workers = workers
  }

  /// A finished picture.
  public struct Result: Sendable {
    package let picture: FinishedPicture
    package let options: FinishOptions
    package let source: Reference
    package let original: Reference
    /// Where it goes when no name is given, without extension.
    package let stem: String

    public var bytes: PictureBytes { picture.bytes }
    public var mediaType: MediaType { picture.format.mediaType }
    public var size: PixelSize { picture.size }
    /// A PNG with the original, the finished picture and their difference, where that was asked for.
    public var comparison: PictureBytes? { picture.comparison }

    /// - Parameter path: what it is for, near which one that drifted too far is kept; `nil`: nothing.
    /// - Throws: 1 when it did.
    public func requireNoDrift(_ path: String? = nil) throws(PlantainError) {
      guard let drift = picture.drift(over: options.maximumDrift) else { return }
      let kept =
        path.map { OutputPlan.keepAside(picture, near: $0) }
        ?? OutputPlan.keep(picture.bytes, extension: picture.format.extensions[0])
      throw .drifted(drift, keptAt: kept, of: path)
    }

    /// Writes the comparison, if there is one, under its name.
    ///
    /// - Throws: 73.
    public func writeComparison(overwriting: Bool = false) throws(PlantainError) {
      guard let comparison, let place = options.comparison else { return }
      try Self.write(comparison, to: place, overwriting: overwriting)
    }

    /// Writes it under that name, and the comparison under its; a folder that is missing is made.
    ///
    /// - Throws: 73 when it exists already and is not to be overwritten, or cannot be written; 1 when it drifted too far: it is
    ///   then kept aside.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      try writeComparison(overwriting: overwriting)
      try requireNoDrift(path)
      try Self.write(bytes, to: path, overwriting: overwriting)
    }

    private static func write(
      _ bytes: PictureBytes, to path: String, overwriting: Bool
    ) throws(PlantainError) {
      do throws(WriteError) {
        try OutputFile.prepareFolder(of: path)
        try OutputFile.write(PictureContent(bytes), to: path, overwriting: overwriting)
      } catch {
        throw .writing(error, path)
      }
    }

    /// Where it goes when no name is given: `NAME.finished.EXT`, or as a pattern says, in the folder that was, else beside the
    /// picture that the model returned.
    public var usualPath: String { "\(stem).\(picture.format.extensions[0])" }
  }

  /// - Parameters:
  ///   - result: what the model returned.
  ///   - original: the picture that was edited.
  ///   - shown: what the result shows of the upright original, in its pixels, as `ReferenceGeometry.shown`
  ///     of what was sent; `nil`: all of it.
  ///   - output: the name it is for, whose extension says the format; `nil`: the format that came, or the original's where its
  ///     pixels stay, or PNG where that cannot be written.
  ///   - folder: where it is to go under its usual name, when `output` is `nil`.
  ///   - overwriting: a file of that name is no reason not to begin.
  /// - Throws: 64 for an extension that cannot be written or an area outside the original, 65 for a picture that cannot be used,
  ///   66 for one that cannot be read.
  public func finish(
    _ result: Reference, source original: Reference, showing shown: VisibleArea? = nil,
    for output: String? = nil, in folder: String? = nil, overwriting: Bool = false
  ) async throws(PlantainError) -> Result {
    let stem = OutputPlan.path("\(result.stem).finished", in: folder, beside: result)
    return try await finish(result, original, shown, output, stem, overwriting)
  }

  /// The same, the result being named by a pattern, in which the picture that the model returned has the names.
  ///
  /// - Returns: with the place for it.
  /// - Throws: as the other; 64 also for a pattern by which the result would replace a picture that it is made of.
  public func finish(
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

  /// - Parameter usual: the name without extension where there is no `output`.
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
      let stem = output.map { OutputPlan.withoutExtension($0) } ?? usual
      try OutputPlan.requireApart(comparison, from: stem, result, original, options.mask)
    }
    for path in [output, options.comparison].compactMap(\.self) {
      try OutputPlan.requireFree(path, overwriting: overwriting)
    }
    let returned = try await result.readOnPool()
    let whole = try await original.readOnPool()
    var edit = EditOptions()
    edit.finish = options
    let located = try await workers.located(edit, in: .bytes(whole, name: original.name))
    var finishing = located.finishing(wanted ?? nil)
    finishing.shown = shown
    finishing.metadata?.provenance = Provenance(prompt: nil, model: nil, gateway: nil, isGenerated: false)
    var contents = FinishingContents(original: PictureContent(whole))
    if let mask = options.mask {
      let content = PictureContent(try await mask.readOnPool())
      contents.mask = content
      do { finishing.maskEdits = try await workers.readMask(content, as: options.maskEdits).edits } catch {
        throw .readingMask(error, mask.name)
      }
    }
    do {
      let finished = try await workers.finish(
        returned, beside: contents, finishing, refusingAbove: result.name)
      return Result(
        picture: finished, options: options, source: result, original: original, stem: usual)
    } catch {
      throw .finishing(error, result: result.name, original: original.name, mask: options.mask?.name)
    }
  }
}

/// More drift than is allowed.
package struct Drift {
  package let value: Double
  package let maximum: Double
}

extension FinishedPicture {
  /// - Parameter maximum: what is allowed; `nil`: anything.
  package func drift(over maximum: Double?) -> Drift? {
    guard let maximum, let drift = findings.drift, drift > maximum else { return nil }
    return Drift(value: drift, maximum: maximum)
  }
}
