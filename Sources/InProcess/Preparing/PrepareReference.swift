package import Preparation
import Imaging
import PictureFormats
package import Core

/// Prepares a picture for an image-edit API: upright, sRGB, without private metadata, and within every limit.
/// A picture that already meets all requirements is unchanged.
///
/// Synchronous, from bytes to bytes; call it on a thread of the worker pool.
///
/// - Throws: `invalidOption`; `pageMissing`; `regionOutside`; `picture` if the picture cannot be read;
///   `capNotReachable`.
package func prepareReference(
  _ source: PictureBytes, options: PreparationOptions
) throws(PreparationError) -> PreparedReference {
  try prepareReference(PictureContent(source), options: options)
}

/// The same for a picture that may be in a file. A picture that passes unchanged stays there; any other is
/// read into memory only if its decoder requires it.
///
/// - Throws: also when the file changes during the preparation.
package func prepareReference(
  _ source: PictureContent, options: PreparationOptions
) throws(PreparationError) -> PreparedReference {
  try prepareReference(inspectPicture(source, options: options))
}

/// The same for a picture that was already inspected.
package func prepareReference(
  _ inspection: PictureInspection
) throws(PreparationError) -> PreparedReference {
  let result: Result<PreparedReference, PreparationError>
  do throws(PreparationError) { result = .success(try prepare(inspection)) } catch {
    result = .failure(error)
  }
  // If the file changed, the decoder may have read a mixture of two versions, and its result or error means
  // nothing.
  try onPicture { () throws(ImagingError) in try requireUnchanged(inspection.source) }
  return try result.get()
}

private func prepare(_ inspection: PictureInspection) throws(PreparationError) -> PreparedReference {
  let (structure, plan, options) = (inspection.structure, inspection.plan, inspection.options)
  var work = PreparationWork(structure: structure, plan: plan, options: options)
  // Decoders read the cleaned file too, so that a text chunk that inflates to gigabytes never reaches them.
  let cleaned = try onPicture { () throws(ImagingError) in try structure.cleaned(inspection.source) }
  if plan.isPassthrough {
    try verify(cleaned, structure)
    return try work.finished(cleaned, as: structure.format, size: structure.size)
  }
  let encoded =
    if let rewritten = try plan.rewrite?.apply(cleaned, &work) { rewritten } else {
      try encodePixels(cleaned, &work)
    }
  return try work.finished(PictureContent(encoded.bytes), as: encoded.format, size: encoded.size)
}

/// Decodes a picture that could pass unchanged but whose encoding cannot be verified by parsing it.
private func verify(
  _ content: PictureContent, _ structure: PictureStructure
) throws(PreparationError) {
  guard structure.needsVerification else { return }
  _ = try onPicture { () throws(ImagingError) in try Image.decode(content, structure).copiedToMemory().size }
}

private func encodePixels(
  _ cleaned: PictureContent, _ work: inout PreparationWork
) throws(PreparationError) -> EncodedPicture {
  let ready = try renderAsAllowed(cleaned, &work)
  ImagingRuntime.noteDecoded()
  return try work.plan.encode.apply(ready, &work)
}

private func render(
  _ cleaned: PictureContent, _ work: inout PreparationWork, _ tolerance: DecodingTolerance
) throws(PreparationError) -> Image {
  let plan = work.plan
  do throws(ImagingError) {
    return try plan.render(cleaned, tolerance, &work)
  } catch {
    throw .picture(error)
  }
}

/// Renders a damaged picture only if the options allow it, and then adds a warning.
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
