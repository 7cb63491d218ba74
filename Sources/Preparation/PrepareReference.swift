import Imaging
package import PictureFormats
package import Core

/// Makes a picture right for an image-edit API: upright, sRGB, without private metadata, within every limit, and
/// untouched when nothing needs doing.
///
/// One synchronous function from bytes to bytes, for a thread of the worker pool.
///
/// - Throws: `invalidOption`; `picture` for what cannot be read; `capNotReachable`.
package func prepareReference(
  _ source: PictureBytes, options: PreparationOptions
) throws(PreparationError) -> PreparedReference {
  try prepareReference(PictureContent(source), options: options)
}

/// The same for a picture that may be in a file. What passes stays there; else it is in memory only where its decoder wants that.
///
/// - Throws: also where the file changes meanwhile.
package func prepareReference(
  _ source: PictureContent, options: PreparationOptions
) throws(PreparationError) -> PreparedReference {
  try prepareReference(inspectPicture(source, options: options))
}

/// The same for a picture that was inspected already.
package func prepareReference(
  _ inspection: PictureInspection
) throws(PreparationError) -> PreparedReference {
  let result: Result<PreparedReference, PreparationError>
  do throws(PreparationError) { result = .success(try prepare(inspection)) } catch {
    result = .failure(error)
  }
  // A decoder may have seen two files in one; whatever became of that is not the reason.
  try onPicture { () throws(ImagingError) in try requireUnchanged(inspection.source) }
  return try result.get()
}

private func prepare(_ inspection: PictureInspection) throws(PreparationError) -> PreparedReference {
  let (structure, plan, options) = (inspection.structure, inspection.plan, inspection.options)
  var work = PreparationWork(structure: structure, plan: plan, options: options)
  // Decoders see the cleaned file too: a text chunk that inflates to gigabytes never reaches them.
  let cleaned = try onPicture { () throws(ImagingError) in try structure.cleaned(inspection.source) }
  if plan.isPassthrough {
    try work.verify(cleaned)
    return try work.finished(cleaned, as: structure.format, size: structure.size)
  }

  if let rewritten = try work.rewriteWithoutPixels(cleaned) {
    return try work.finished(PictureContent(rewritten.bytes), as: rewritten.format, size: rewritten.size)
  }

  let ready = try renderAsAllowed(cleaned, &work)
  ImagingRuntime.noteDecoded()
  let encoded = try work.encodeUnderCap(ready)
  return try work.finished(PictureContent(encoded.bytes), as: encoded.format, size: encoded.size)
}

/// The picture as it will be encoded, in memory.
private func render(
  _ cleaned: PictureContent, _ work: inout PreparationWork, _ tolerance: DecodingTolerance
) throws(PreparationError) -> Image {
  let decoded = try work.decode(cleaned, tolerance)
  // Turning and color come after fitting: they are then done to fewer pixels, with the same result.
  let fitted = try work.fit(decoded)
  let upright = try work.orient(fitted)
  let colored = try work.color(upright)
  let framed = try work.frame(colored)
  return try work.realize(framed)
}

/// A damaged picture is taken only where that is asked for, and never without a word.
private func renderAsAllowed(
  _ cleaned: PictureContent, _ work: inout PreparationWork
) throws(PreparationError) -> Image {
  var strict = work
  do throws(PreparationError) {
    let image = try render(cleaned, &strict, .strict)
    work = strict
    return image
  } catch {
    if case .picture(.unreadable) = error { throw error }
    guard work.options.tolerance == .lenient else { throw error }
  }
  work.warn(.truncated)
  return try render(cleaned, &work, .lenient)
}

/// What is known of a picture before it is touched, and what will be done to it.
package struct PictureInspection: Sendable {
  package let structure: PictureStructure
  package let plan: PreparationPlan
  package let source: PictureContent
  package let options: PreparationOptions

  /// Whether a decoder has to see the picture. A JPEG or PNG that passes as it is was verified by walking it.
  package var needsDecoder: Bool { !plan.isPassthrough || structure.needsVerification }
  /// How much of its file is in memory while it is prepared from there, beside what `cost` counts.
  package var heldBytes: Int {
    guard needsDecoder else { return options.kept(of: structure).isEmpty ? 0 : 2 * source.count }
    return structure.format == .png ? 0 : source.count
  }
  /// What decoding and encoding it may take.
  package var cost: DecodingCost { DecodingCost(structure, plan, options) }
}

/// Reads a picture's header and decides what `prepareReference` would do, without decoding a pixel.
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
      "a drawing has no pixels of its own that a region could name: make a picture of it first")
  }
  if let region = options.region, !region.isInside(structure.uprightSize) {
    throw .regionOutside(region, structure.uprightSize)
  }
  guard structure.decodedSize.pixelCount <= options.maximumPixels else {
    throw .picture(.tooManyPixels(structure.decodedSize, limit: options.maximumPixels))
  }
  var plan = PreparationPlan(structure, cleanedBytes: structure.cleanedByteCount, options: options)
  if plan.isPassthrough, structure.format == .png {
    // No decoder will see it here, so what one would find is looked for now.
    try onPicture { () throws(ImagingError) in try structure.checkPNGPixels(source, options.tolerance) }
    plan = PreparationPlan(structure, cleanedBytes: structure.cleanedByteCount, options: options)
  }
  guard plan.fit.frame.pixelCount <= options.maximumPixels else {
    throw .picture(.tooManyPixels(plan.fit.frame, limit: options.maximumPixels))
  }
  return PictureInspection(structure: structure, plan: plan, source: source, options: options)
}
