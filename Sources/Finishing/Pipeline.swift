package import Core
import PictureFormats

/// A step of finishing, planned for one result: whether it needs pixels, and what it costs. Its work on
/// pixels is in the file of the same name in InProcess.
package protocol FinishingStep: Sendable {
  /// Whether the result must be decoded for the step.
  var needsPixels: Bool { get }
  /// The maximum memory in bytes. Default: 0.
  var memory: Int { get }
}

extension FinishingStep {
  package var memory: Int { 0 }
}

/// The steps for finishing a result, determined from headers and options alone.
package struct FinishingPlan: Sendable {
  package let align: Align
  package let matchColor: MatchColor
  package let place: Place
  package let compose: Compose
  package let restoreAlpha: RestoreAlpha
  package let embedMetadata: EmbedMetadata
  package let encode: EncodeResult
  private let facts: ResultFacts

  init(_ facts: ResultFacts) {
    self.facts = facts
    align = Align(facts)
    matchColor = MatchColor(facts)
    place = Place(facts)
    restoreAlpha = RestoreAlpha(facts)
    let format = EncodeResult.format(facts, canvas: place.canvas)
    compose = Compose(facts, as: format)
    embedMetadata = EmbedMetadata(facts, profile: compose.numbers.profile)
    encode = EncodeResult(
      facts, as: format, canvas: place.canvas, isDeep: compose.numbers.isDeep,
      metadata: embedMetadata.metadata)
  }

  /// In the order in which they run.
  private var steps: [any FinishingStep] {
    [align, matchColor, place, compose, restoreAlpha, embedMetadata, encode]
  }

  /// Whether pixels have to be decoded; otherwise the picture stays as it is encoded.
  package var needsPixels: Bool { steps.contains(where: \.needsPixels) }

  /// The maximum cost of finishing.
  package var cost: WorkCost {
    WorkCost(memory: ByteCount(Self.program + memory), cpuSeconds: encode.searchSeconds + cpuSeconds)
  }

  /// The program, its libraries, and everything small.
  private static let program = 110_000_000

  private var memory: Int {
    let decoded = facts.structure.size.pixelCount
    guard let original = facts.original, facts.options.looksAtOriginal else {
      // The decoder's whole canvas, the picture, and a rotated copy of it, with four 16-bit channels, and
      // what an encoder holds.
      return decoded * 20
    }
    // Each file as it arrived, and without the parts that its decoder is not given.
    let files = 2 * (facts.bytes.count + original.bytes.count + (facts.mask?.bytes.count ?? 0))
    // The result as it arrived, color-converted, and reduced.
    return steps.reduce(decoded * 12 + files) { $0 + $1.memory }
  }

  /// The maximum CPU time, in seconds. Measured: decoding and encoding once stay under 0.3 s per megapixel;
  /// compositing over an original and writing as WebP, under 0.9 s.
  private var cpuSeconds: Int {
    let pixels = facts.pixels
    return facts.options.looksAtOriginal ? 20 + pixels * 12 / 10_000_000 : 10 + pixels * 3 / 10_000_000
  }
}
