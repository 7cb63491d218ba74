package import PictureFormats
package import Core

/// Runs work on one of the pictures, and marks its errors with that picture.
package func on<Value: ~Copyable>(
  _ picture: (ImagingError) -> FinishingError, _ work: () throws(ImagingError) -> Value
) throws(FinishingError) -> Value {
  do throws(ImagingError) { return try work() } catch { throw picture(error) }
}

/// The pictures that accompany a result, if the options need them.
package struct FinishingPictures: Sendable {
  package var original: PictureBytes?
  package var mask: PictureBytes?

  package init(original: PictureBytes? = nil, mask: PictureBytes? = nil) {
    self.original = original
    self.mask = mask
  }
}

/// What is known of a returned picture before it is decoded, and the plan for finishing it.
@dynamicMemberLookup
package struct ResultInspection: Sendable {
  package typealias Original = ResultFacts.Original

  package let facts: ResultFacts
  package let plan: FinishingPlan
  /// The file to write if nothing has to be decoded for it.
  package let untouched: PictureBytes?

  init(_ facts: ResultFacts) {
    self.facts = facts
    plan = FinishingPlan(facts)
    untouched = plan.needsPixels ? nil : plan.embedMetadata.withoutDecoder()
  }

  /// A property of the pictures and options.
  package subscript<Value>(dynamicMember path: KeyPath<ResultFacts, Value>) -> Value {
    facts[keyPath: path]
  }

  /// Whether a decoder has to read the file.
  package var needsDecoder: Bool { untouched == nil || facts.options.looksAtOriginal }
  /// The maximum cost of finishing.
  package var cost: WorkCost { plan.cost }

  package var warnings: [FinishingWarning] {
    let isChanged = untouched == nil || plan.embedMetadata.isRewriting
    let losesCredentials = facts.structure.metadata.contains(.c2pa) && isChanged
    return (losesCredentials ? [.credentialsRemoved] : []) + (plan.compose.losesDepth ? [.depthReduced] : [])
  }
}

/// Reads the headers of a returned picture, its original, and a mask, and checks that they fit together.
package func inspectResult(
  _ bytes: PictureBytes, beside pictures: FinishingPictures = FinishingPictures(), options: FinishingOptions
) throws(FinishingError) -> ResultInspection {
  let structure = try on(FinishingError.picture) { () throws(ImagingError) in
    try PictureStructure.read(bytes)
  }
  let looks = options.looksAtOriginal
  guard !looks || !options.usesMask || pictures.mask != nil else { throw .mask(.damaged("it is missing")) }
  let needsOriginal = looks || options.metadata != nil && pictures.original != nil
  let inspection = ResultInspection(
    ResultFacts(
      bytes: bytes, structure: structure, options: options,
      original: needsOriginal ? try read(pictures.original, options.reading, FinishingError.original) : nil,
      mask: looks && options.usesMask ? try read(pictures.mask, ReadingOptions(), FinishingError.mask) : nil)
  )
  if inspection.needsDecoder { try check(structure, FinishingError.picture) }
  if looks, let original = inspection.original?.structure.uprightSize {
    try options.check(against: original)
    if let mask = inspection.mask?.structure.uprightSize {
      try requireSameShape(mask, original)
    }
  }
  return inspection
}

private func read(
  _ bytes: PictureBytes?, _ reading: ReadingOptions, _ error: (ImagingError) -> FinishingError
) throws(FinishingError) -> ResultInspection.Original? {
  guard let bytes else { return nil }
  return try readHeader(of: bytes, reading, error)
}

func readHeader(
  of bytes: PictureBytes, _ reading: ReadingOptions, _ error: (ImagingError) -> FinishingError
) throws(FinishingError) -> ResultInspection.Original {
  let structure = try on(error) { () throws(ImagingError) in
    try PictureStructure.read(bytes, page: reading.page, tolerance: reading.tolerance)
  }
  try check(structure, allowing: reading.allowed, error)
  return ResultInspection.Original(bytes: bytes, structure: structure, reading: reading)
}

/// Refuses vector formats, and formats whose decoders libvips does not trust: they are never an answer, and
/// are read only if allowed.
private func check(
  _ structure: PictureStructure, allowing allowed: Set<String> = [],
  _ error: (ImagingError) -> FinishingError
) throws(FinishingError) {
  if let word = structure.format.permission, !allowed.contains(word) {
    throw error(.notAllowed(structure.format, word: word))
  }
  guard structure.decodedSize.pixelCount <= maximumPixels else {
    throw error(.tooManyPixels(structure.decodedSize, limit: maximumPixels))
  }
}

/// A decoded 4K picture is at most 270 MB. Anything far above is not an answer of these models, and few
/// cameras make more.
package let maximumPixels = 200_000_000

/// Checks that a mask has the original's aspect ratio. It may be smaller or larger, but with another shape
/// its meaning is unclear.
package func requireSameShape(_ mask: PixelSize, _ original: PixelSize) throws(FinishingError) {
  let scale = (
    x: Double(original.width) / Double(mask.width), y: Double(original.height) / Double(mask.height)
  )
  // Half a pixel of rounding at either edge, and a margin for programs that round less exactly.
  let tolerance = 0.01 + 1 / Double(min(mask.width, mask.height))
  guard abs(scale.x / scale.y - 1) <= tolerance else { throw .maskShape(mask, original: original) }
}
