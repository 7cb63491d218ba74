package import Core
package import PictureFormats
package import Raster

/// The steps for preparing a picture, determined from its header and the options alone. A run does what the
/// plan holds.
package struct PreparationPlan: Sendable {
  private let facts: PlanningFacts
  /// Opens the picture.
  private let decode: Decode
  /// The steps, in the order in which they are reported.
  private let pipeline: [any PlannedStep]
  /// Encodes the picture.
  package let encode: Encode
  /// Rewrites the file without decoding it, if the steps permit that.
  package let rewrite: Rewrite?
  /// Whether the compressed pixels can stay as they are.
  package let isPassthrough: Bool
  /// The steps that are known before any pixel is decoded, in order.
  package let steps: [PreparationStep]
  package let warnings: [PreparationWarning]

  /// Plans the preparation. A new step is a line here and the file of that name in `Steps`.
  ///
  /// - Parameter cleanedBytes: the file's size without its private blocks.
  package init(_ declared: PictureStructure, cleanedBytes: ByteCount, options: PreparationOptions) {
    facts = PlanningFacts(declared, cleanedBytes: cleanedBytes, options: options)
    decode = Decode(facts)
    let changes: [any PlannedStep] = [
      SelectPage(facts),
      Crop(facts),
      Orient(facts),
      ConvertColor(facts),
      Resize(facts),
      Frame(facts),
      Flatten(facts),
    ]
    encode = Encode(facts, after: changes)
    let changing = changes + [encode]
    isPassthrough = changing.allSatisfy(\.report.isEmpty)
    pipeline = [Clean(facts, isPassthrough: isPassthrough)] + changing
    rewrite = isPassthrough ? nil : Rewrite(facts, insteadOf: pipeline)
    steps = pipeline.flatMap(\.report)
    warnings = PreparationWarning.all(of: facts.structure)
  }

  /// The geometry of the picture that is sent.
  package var fit: FitPlan { facts.fit }
  /// Whether the padding mirrors the picture at its edges.
  package var isMirrored: Bool { facts.answer != nil }
  /// The part that is sent, in the pixels of the upright picture; `nil` for the whole picture.
  package var cut: PixelArea? { facts.cut }

  /// The maximum cost of decoding and encoding the picture.
  package var cost: WorkCost {
    let sizes = WorkingSizes(facts)
    // A step holds its input and its output, and the encoder another copy.
    let pixels = pipeline.reduce(decode.memory(sizes) + 3 * sizes.fitted) { $0 + $1.memory(sizes) }
    // Pixels are decoded only if coarser coefficients did not suffice, and after those are freed.
    let memory = WorkCost.base + max(pixels, rewrite?.memory ?? 0) + 3 * facts.options.maximumBytes.bytes
    let rate = rewrite?.secondsPerMegapixel ?? Decode.secondsPerMegapixel
    return WorkCost(
      memory: ByteCount(memory), cpuSeconds: 6 + Int(rate * Double(min(sizes.source, 1_000_000_000)) / 1e6))
  }

  /// Renders the picture as it will be encoded, in memory.
  package func render<Picture: Raster & ~Copyable>(
    _ cleaned: PictureContent, _ tolerance: DecodingTolerance, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    var image: Picture = try decode.open(cleaned, tolerance, &work)
    // Turning and color conversion come after fitting: they then handle fewer pixels, with the same result.
    for step in pipeline where step.isReduction { image = try step.apply(image, &work) }
    for step in pipeline where !step.isReduction { image = try step.apply(image, &work) }
    return image
  }
}

extension WorkCost {
  /// The memory in bytes that a decoder, an encoder and libvips' line buffers need for any picture.
  fileprivate static let base = 48_000_000
}
