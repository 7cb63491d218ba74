import PictureWork
package import Finishing
import PictureFormats
import Gateways
package import Ledger
import Preparation
package import Core

/// The plan for finishing the results of one edit, with everything it needs, gathered before the edit is
/// sent.
package struct EditFinishing: Sendable {
  /// The original's name, for messages; `nil` when no picture was edited.
  package let original: String?
  package let mask: String?
  package let options: FinishingOptions
  package var maximumDrift: Double?
  package let comparison: String?
  let contents: FinishingContents
  /// Whether the mask lets almost everything change.
  var maskCoversAll = false
  /// The ledger's copy, from which a later process can finish the edit the same way.
  package let entry: EditEntry.Finishing
}

extension Prepare {
  /// Gathers what finishing needs and checks that it fits together, so that no error that could be found
  /// earlier appears after the edit is billed.
  ///
  /// - Returns: `nil` when the options request nothing, and in a dry run that does not fetch the original.
  func finishing(
    _ job: EditJob, _ pictures: PreparedPictures, _ resolved: ResolvedRoute
  ) async throws(PlantainError) -> EditFinishing? {
    guard pictures.isEditedPrepared || job.references.isEmpty else { return nil }
    let finish = pictures.finish
    guard !finish.isEmpty else { return nil }
    try finish.validate()
    let provenance = Provenance(
      prompt: job.prompt, model: resolved.options.model.id, gateway: resolved.route.gateway.id,
      isGenerated: job.references.isEmpty)
    var options = finish.finishing(job.output.wanted)
    guard let source = pictures.edited, let prepared = pictures.prepared.first?.reference,
      case let geometry = prepared.geometry
    else {
      guard !options.looksAtOriginal else {
        throw .usage("finishing needs an original, and there is none", hint: "Pass the picture to edit.")
      }
      return try EditFinishing(options, finish, provenance)
    }
    options.shown = geometry.shown
    options.reading = job.options.preparation.reading
    options.reading.page = prepared.page
    let original = try await processor.keep(source)
    if prepared.isPassthrough { try await requireDecodable(source, job.options) }
    let mask = try await processor.prepareMask(finish.mask)
    let maskDigest = try await finish.mask == nil ? nil : processor.keep(finish.mask ?? source).digest()
    do throws(FinishingError) {
      try options.check(against: geometry.source)
      if let mask { try requireSameShape(mask.geometry.source, geometry.source) }
    } catch {
      throw .unfinishable(error, original: source.name, mask: finish.mask?.name)
    }
    var reading: MaskReading?
    if let mask { reading = try await readMask(mask, finish, geometry.source) }
    options.maskEdits = reading?.edits
    let digest = try await original.digest()
    var finishing = try EditFinishing(
      options, finish, provenance, original: job.references[0], digest: digest, maskDigest: maskDigest,
      FinishingContents(original: original, mask: mask?.content))
    finishing.maskCoversAll = reading?.coversAll == true
    return finishing
  }

  /// Decodes a picture that was passed through undecoded: it may be damaged, which would otherwise show only
  /// after the edit is billed.
  private func requireDecodable(_ source: Reference, _ edit: EditOptions) async throws(PlantainError) {
    var options = PreparationOptions()
    (options.format, options.maximumEdge) = (.png, 64)
    options.settings.reading = edit.preparation.reading
    options.maximumPixels = edit.preparation.maximumPixels
    _ = try await processor.prepare(source, options)
  }

  private func readMask(
    _ mask: PreparedReference, _ finish: FinishOptions, _ original: PixelSize
  ) async throws(PlantainError) -> MaskReading {
    do {
      return try await processor.readMask(
        mask.content, as: finish.maskEdits, within: finish.region.map { .init($0, of: original) })
    } catch {
      throw .readingMask(error, finish.mask?.name)
    }
  }
}

extension EditFinishing {
  /// - Parameters:
  ///   - original: `nil` when no picture was edited.
  ///   - digest: the SHA-256 of the original's file.
  fileprivate init(
    _ options: FinishingOptions, _ finish: FinishOptions, _ provenance: Provenance,
    original: Reference? = nil, digest: String? = nil, maskDigest: String? = nil,
    _ contents: FinishingContents = FinishingContents()
  ) throws(PlantainError) {
    // The provenance is already in the ledger, so the stored options leave it out.
    let text = try StoredFinishing(options).text()
    self.init(
      original: original?.name, mask: finish.mask?.name, options: options.with(provenance),
      maximumDrift: finish.maximumDrift, comparison: finish.comparison, contents: contents,
      entry: EditEntry.Finishing(
        options: text, original: original?.absolutePath, sha256: digest, mask: finish.mask?.absolutePath,
        maskSHA256: maskDigest, maximumDrift: finish.maximumDrift,
        comparison: finish.comparison.map { Path($0).absolute.string }))
  }
}

extension FinishingOptions {
  func with(_ provenance: Provenance) -> FinishingOptions {
    var options = self
    options.metadata?.provenance = provenance
    return options
  }
}

extension Provenance {
  /// - Parameter date: the time of writing, in milliseconds.
  init(prompt: String?, model: String?, gateway: String?, isGenerated: Bool, date: Int = .now) {
    self.init()
    self.prompt = prompt
    self.model = model
    self.gateway = gateway
    self.isGenerated = isGenerated
    self.date = Timestamp(milliseconds: date).description
  }

  init(_ entry: EditEntry) {
    self.init(
      prompt: entry.prompt, model: entry.model, gateway: entry.gateway, isGenerated: entry.sources.isEmpty)
  }
}

extension Reference {
  /// The absolute path, by which a later process finds the picture; `nil` if it is not a file.
  fileprivate var absolutePath: String? {
    if case .file(let path) = self { Path(path).absolute.string } else { nil }
  }
}

extension PictureContent {
  /// The SHA-256, in hexadecimal.
  ///
  /// - Throws: `unreadable` when the file has changed since it was opened.
  func digest() async throws(PlantainError) -> String {
    try await onPool { () throws(PlantainError) in
      do throws(ContentError) { return try self.sha256() } catch { throw .losing(error) }
    }
  }
}

extension ImageProcessor {
  /// Prepares the mask as a PNG, so that it can be read later for certain.
  func prepareMask(_ mask: Reference?) async throws(PlantainError) -> PreparedReference? {
    guard let mask else { return nil }
    var options = PreparationOptions()
    options.format = .png
    return try await prepare(mask, options)
  }
}

extension ImageProcessor {
  /// Keeps a picture for later: an open file, to be read again when needed, or bytes in the content store.
  package func keep(_ source: Reference) async throws(PlantainError) -> PictureContent {
    try await onPool { () throws(PlantainError) in
      guard case .file(let path) = source else {
        let bytes = try source.read()
        do throws(ContentError) { return try self.store.keep(PictureContent(bytes)) } catch {
          throw .losing(error)
        }
      }
      do throws(ReadError) {
        return PictureContent(try PictureFile.open(path))
      } catch {
        throw .reading(error, source.name)
      }
    }
  }
}

extension ImageProcessor {
  /// The finishing options with the region in pixels of the edited picture, whose size is read from its
  /// header.
  package func located(_ edit: EditOptions, in source: Reference?) async throws(PlantainError)
    -> FinishOptions
  {
    guard let source, let region = edit.finish.statedRegion, region.pixels == nil else { return edit.finish }
    let size = try await onPool { () throws(PlantainError) in
      let content = try source.open().content
      do throws(ImagingError) {
        return try PictureStructure.read(
          content, page: edit.preparation.page, tolerance: edit.preparation.reading.tolerance
        ).uprightSize
      } catch {
        throw .picture(error, source.name)
      }
    }
    return try edit.finish.located(in: size, source.name)
  }
}
