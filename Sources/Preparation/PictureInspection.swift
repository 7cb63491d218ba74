package import Core
package import PictureFormats

/// What is known about a picture before it is changed, and the plan for preparing it.
package struct PictureInspection: Sendable {
  package let structure: PictureStructure
  package let plan: PreparationPlan
  package let source: PictureContent
  package let options: PreparationOptions

  /// Whether the picture must be decoded. A JPEG or PNG that passes unchanged was verified by parsing it.
  package var needsDecoder: Bool { !plan.isPassthrough || structure.needsVerification }
  /// The bytes of the file that are in memory while it is prepared from there, in addition to `cost`.
  package var heldBytes: Int {
    guard needsDecoder else { return options.kept(of: structure).isEmpty ? 0 : 2 * source.count }
    return structure.format == .png ? 0 : source.count
  }
  /// The maximum cost of decoding and encoding it.
  package var cost: WorkCost { plan.cost }
}

/// Reads a picture's header and plans the preparation, without decoding a pixel.
package func inspectPicture(
  _ source: PictureContent, options: PreparationOptions
) throws(PreparationError) -> PictureInspection {
  try options.validate()
  var structure = try onPicture { () throws(ImagingError) in
    try PictureStructure.read(source, page: options.page, tolerance: options.tolerance)
  }
  if let word = structure.format.permission, !options.allowed.contains(word) {
    throw .picture(.notAllowed(structure.format, word: word))
  }
  if let page = options.page, page > structure.pageCount {
    throw .pageMissing(page, of: structure.pageCount)
  }
  guard options.region == nil || structure.format.codec != .svg else {
    throw .invalidOption(
      "expected a picture with pixels of its own for a region, received a drawing: convert it to PNG first")
  }
  if let region = options.region, !region.isInside(structure.uprightSize) {
    throw .regionOutside(region, structure.uprightSize)
  }
  guard structure.decodedSize.pixelCount <= options.maximumPixels else {
    throw .picture(.tooManyPixels(structure.decodedSize, limit: options.maximumPixels))
  }
  var plan = PreparationPlan(structure, cleanedBytes: structure.cleanedByteCount, options: options)
  if plan.isPassthrough, structure.format == .png {
    // No decoder will read it here, so look now for the faults that one would find.
    try onPicture { () throws(ImagingError) in try structure.checkPNGPixels(source, options.tolerance) }
    plan = PreparationPlan(structure, cleanedBytes: structure.cleanedByteCount, options: options)
  }
  guard plan.fit.frame.pixelCount <= options.maximumPixels else {
    throw .picture(.tooManyPixels(plan.fit.frame, limit: options.maximumPixels))
  }
  return PictureInspection(structure: structure, plan: plan, source: source, options: options)
}
