package import Finishing
import Imaging
import PictureFormats
package import Ledger
package import Preparation
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How the results of one edit are finished, with everything that takes, gathered before it is sent.
package struct EditFinishing: Sendable {
  /// For messages; `nil` where no picture was edited.
  package let original: String?
  package let mask: String?
  package let options: FinishingOptions
  package var maximumDrift: Double?
  package let comparison: String?
  let contents: FinishingContents
  /// The mask lets next to everything change.
  var maskCoversAll = false
  /// For the ledger, from which a later process can do the same.
  package let entry: EditEntry.Finishing
}

extension Editor {
  /// Gathers what finishing needs, and checks that it fits together: nothing that could be seen before may come out after the
  /// payment.
  ///
  /// - Parameters:
  ///   - finish: with the region in the original's pixels.
  ///   - source: the picture to edit, read already where it can be read only once; `nil` without one.
  ///   - prepared: what was made of it.
  /// - Returns: `nil` when nothing is asked for.
  package func finishing(
    _ job: EditJob, _ finish: FinishOptions, of source: Reference?, _ prepared: PreparedReference?,
    _ provenance: Provenance
  ) async throws(PlantainError) -> EditFinishing? {
    guard !finish.isEmpty else { return nil }
    try finish.validate()
    var options = finish.finishing(job.output.wanted)
    guard let source, let prepared, case let geometry = prepared.geometry else {
      guard !options.looksAtOriginal else {
        throw .usage("there is no original to finish the result by", hint: "Give the picture to edit.")
      }
      return EditFinishing(options, finish, provenance)
    }
    options.shown = geometry.shown
    options.reading.page = prepared.page
    options.reading.allowed = job.options.allowed
    options.reading.allowsTruncated = job.options.allowsTruncated
    let original = try await workers.keep(source)
    if prepared.isPassthrough { try await requireDecodable(source, job.options) }
    let mask = try await prepareMask(finish.mask)
    let maskDigest = try await finish.mask == nil ? nil : digest(of: workers.keep(finish.mask ?? source))
    do throws(FinishingError) {
      try options.check(against: geometry.source)
      if let mask { try requireSameShape(mask.geometry.source, geometry.source) }
    } catch {
      throw .unfinishable(error, original: source.name, mask: finish.mask?.name)
    }
    var reading: MaskReading?
    if let mask { reading = try await readMask(mask, finish) }
    options.maskEdits = reading?.edits
    let digest = try await digest(of: original)
    var finishing = EditFinishing(
      options, finish, provenance, original: job.references[0], digest: digest, maskDigest: maskDigest,
      FinishingContents(original: original, mask: mask?.content))
    finishing.maskCoversAll = reading?.coversAll == true
    return finishing
  }

  /// What passed without being decoded may still be damaged, which would come out after the payment.
  private func requireDecodable(_ source: Reference, _ edit: EditOptions) async throws(PlantainError) {
    var options = PreparationOptions()
    (options.format, options.maximumEdge) = (.png, 64)
    (options.page, options.allowed) = (edit.page, edit.allowed)
    (options.maximumPixels, options.allowsTruncated) = (edit.maximumPixels, edit.allowsTruncated)
    _ = try await workers.prepare(source, options)
  }

  /// The mask as a picture that can certainly be read later.
  private func prepareMask(_ mask: Reference?) async throws(PlantainError) -> PreparedReference? {
    guard let mask else { return nil }
    var options = PreparationOptions()
    options.format = .png
    return try await workers.prepare(mask, options)
  }

  private func readMask(_ mask: PreparedReference, _ finish: FinishOptions) async throws(PlantainError)
    -> MaskReading
  {
    do {
      return try await workers.readMask(mask.content, as: finish.maskEdits)
    } catch {
      throw .readingMask(error, finish.mask?.name)
    }
  }

  private func mask(_ known: EditEntry.Finishing) async throws(PlantainError) -> PreparedReference? {
    guard let maskDigest = known.maskSHA256 else { return nil }
    guard let path = known.mask else { throw .usage("the mask of the edit was no file", hint: nil) }
    guard try await digest(of: workers.keep(.file(path))) == maskDigest else { throw .losing(.changed(path)) }
    return try await prepareMask(.file(path))
  }

  /// The same from the ledger's entry.
  ///
  /// - Returns: `nil` when nothing was asked for; a failure when the original or the mask is not there any more, or not the same.
  package func finishing(_ entry: EditEntry) async throws(PlantainError) -> EditFinishing? {
    guard let known = entry.finishing else { return nil }
    let stored = try? JSONDecoder().decode(StoredFinishing.self, from: Data(known.options.utf8))
    guard let stored, let options = FinishingOptions(stored) else {
      throw .ledger("how the edit \(entry.id) was to be finished cannot be read", store.path)
    }
    var contents = FinishingContents()
    if let digest = known.sha256 {
      guard let path = known.original else {
        throw .usage("the original of the edit \(entry.id) was no file", hint: nil)
      }
      let original = try await workers.keep(.file(path))
      guard try await self.digest(of: original) == digest else { throw .losing(.changed(path)) }
      let mask = try await mask(known)
      contents = FinishingContents(original: original, mask: mask?.content)
    }
    return EditFinishing(
      original: known.original, mask: known.mask, options: options.with(Provenance(entry)),
      maximumDrift: known.maximumDrift, comparison: known.comparison, contents: contents, entry: known)
  }
}

extension EditFinishing {
  /// - Parameters:
  ///   - original: `nil` where no picture was edited.
  ///   - digest: of its file.
  fileprivate init(
    _ options: FinishingOptions, _ finish: FinishOptions, _ provenance: Provenance,
    original: Reference? = nil, digest: String? = nil, maskDigest: String? = nil,
    _ contents: FinishingContents = FinishingContents()
  ) {
    // How it is made stands in the ledger already.
    let stored = try? JSONEncoder().encode(StoredFinishing(options))
    let text = stored.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    self.init(
      original: original?.name, mask: finish.mask?.name, options: options.with(provenance),
      maximumDrift: finish.maximumDrift, comparison: finish.comparison, contents: contents,
      entry: EditEntry.Finishing(
        options: text, original: original?.absolutePath, sha256: digest, mask: finish.mask?.absolutePath,
        maskSHA256: maskDigest, maximumDrift: finish.maximumDrift,
        comparison: finish.comparison.map(OutputFile.absolute)))
  }
}

extension FinishingOptions {
  fileprivate func with(_ provenance: Provenance) -> FinishingOptions {
    var options = self
    options.metadata?.provenance = provenance
    return options
  }
}

extension Provenance {
  /// - Parameter date: when it is written.
  init(prompt: String?, model: String?, gateway: String?, isGenerated: Bool, date: Int = .now) {
    self.init()
    self.prompt = prompt
    self.model = model
    self.gateway = gateway
    self.isGenerated = isGenerated
    self.date = Timestamp(milliseconds: date).description
  }

  fileprivate init(_ entry: EditEntry) {
    self.init(
      prompt: entry.prompt, model: entry.model, gateway: entry.gateway, isGenerated: entry.sources.isEmpty)
  }
}

extension Reference {
  /// Where a later process finds it, if it is a file.
  fileprivate var absolutePath: String? {
    if case .file(let path) = self { OutputFile.absolute(path) } else { nil }
  }
}

extension Editor {
  /// - Throws: 66 when it has changed meanwhile.
  fileprivate func digest(of content: PictureContent) async throws(PlantainError) -> String {
    try await onPool { () throws(PlantainError) in
      do throws(ContentError) { return try content.sha256() } catch { throw .losing(error) }
    }
  }
}

extension ImageProcessor {
  /// A picture's file, open, so that it can be read once more when it is needed; or its bytes, where they may wait.
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
  /// With a region in pixels of the picture that is edited, whose size its header says.
  package func located(_ edit: EditOptions, in source: Reference?) async throws(PlantainError)
    -> FinishOptions
  {
    guard let source, let region = edit.finish.statedRegion, region.pixels == nil else { return edit.finish }
    let size = try await onPool { () throws(PlantainError) in
      let content = try source.open().content
      do throws(ImagingError) {
        return try PictureStructure.read(
          content, page: edit.page, tolerance: edit.allowsTruncated ? .lenient : .strict
        ).uprightSize
      } catch {
        throw .picture(error, source.name)
      }
    }
    return try edit.finish.located(in: size, source.name)
  }
}
