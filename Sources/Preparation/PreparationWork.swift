package import Core
package import PictureFormats

/// The steps of one preparation, and a record of what they did.
package struct PreparationWork {
  package let structure: PictureStructure
  package let plan: PreparationPlan
  package let options: PreparationOptions
  package var steps: [PreparationStep]
  package private(set) var warnings: [PreparationWarning]
  /// How many times a file was encoded.
  package var encodes = 0
  /// The peak brightness of a whole HDR picture of which only a part is converted.
  package var peak: Double?
  /// The size in bytes of the file with its coefficients rounded to the quality floor, if that was too large.
  package var atFloor: Int?

  package init(structure: PictureStructure, plan: PreparationPlan, options: PreparationOptions) {
    self.structure = structure
    self.plan = plan
    self.options = options
    self.steps = plan.steps
    self.warnings = plan.warnings
  }

  package mutating func warn(_ warning: PreparationWarning) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  /// Replaces the first reported step of a kind, if there is one.
  mutating func replace(_ kind: PreparationStep.Kind, with step: PreparationStep) {
    if let planned = steps.firstIndex(where: { $0.kind == kind }) { steps[planned] = step }
  }

  /// The maximum bytes of the picture itself, without the names that are kept with it.
  package var limit: ByteCount {
    ByteCount(max(0, options.maximumBytes.bytes - EmbeddedMetadata(options.kept(of: structure)).length))
  }

  /// Verifies the result as if it came from an unknown source, so that no output contains private metadata,
  /// whichever encoder wrote it.
  private func requireClean(_ content: PictureContent) throws(PreparationError) {
    // A file that passes byte for byte was read already.
    let isAsRead =
      plan.isPassthrough && structure.metadata.isEmpty && structure.repairs.isEmpty && structure.isComplete
    let result =
      isAsRead ? structure : try onPicture { () throws(ImagingError) in try PictureStructure.read(content) }
    let allowed: [MetadataKind] = options.kept(of: structure).isEmpty ? [] : [.exif]
    guard result.metadata.allSatisfy(allowed.contains), content.byteCount <= options.maximumBytes else {
      let kinds = result.metadata.map(\.rawValue).joined(separator: ", ")
      throw .picture(
        .stepFailed(.encode, detail: "the result has \(content.byteCount) and contains \(kinds)"))
    }
  }

  /// Adds the metadata that is kept, verifies the result, and returns it.
  package func finished(
    _ content: PictureContent, as format: PictureFormat, size: PixelSize
  ) throws(PreparationError) -> PreparedReference {
    let kept = options.kept(of: structure)
    let whole = try onPicture { () throws(ImagingError) in
      kept.isEmpty
        ? content : PictureContent(try inMemory(content).adding(EmbeddedMetadata(kept), as: format))
    }
    try requireClean(whole)
    return PreparedReference(
      content: whole,
      facts: PreparedReference.Facts(
        mediaType: format.mediaType, size: size, isPassthrough: plan.isPassthrough, encodes: encodes,
        steps: steps, geometry: geometry(size), page: structure.page, warnings: warnings))
  }

  private func geometry(_ prepared: PixelSize) -> ReferenceGeometry {
    let source = structure.uprightSize
    let whole = plan.fit.scaled(toFrame: prepared, isOnItsSide: structure.orientation >= 5)
    let geometry = ReferenceGeometry(
      orientation: structure.orientation, source: plan.cut?.size ?? source, scaled: whole.size,
      offset: whole.offset, prepared: prepared)
    guard let cut = plan.cut else { return geometry }
    let shown =
      whole.size == prepared ? VisibleArea(cut) : geometry.shown.moved(x: cut.left, y: cut.top)
    return ReferenceGeometry(
      orientation: structure.orientation, source: source, shown: shown, prepared: prepared)
  }
}

/// Prepares a picture that needs no decoder: it is copied without private metadata, or stays in its file.
///
/// - Throws: `picture` when the file changed meanwhile.
package func passedReference(
  _ inspection: PictureInspection
) throws(PreparationError) -> PreparedReference {
  let (structure, plan, options) = (inspection.structure, inspection.plan, inspection.options)
  let work = PreparationWork(structure: structure, plan: plan, options: options)
  let result: Result<PreparedReference, PreparationError>
  do throws(PreparationError) {
    let cleaned = try onPicture { () throws(ImagingError) in try structure.cleaned(inspection.source) }
    result = .success(try work.finished(cleaned, as: structure.format, size: structure.size))
  } catch {
    result = .failure(error)
  }
  try onPicture { () throws(ImagingError) in try requireUnchanged(inspection.source) }
  return try result.get()
}
