import Core
package import PictureFormats

/// Encodes the picture in an accepted format, within the byte limit.
package struct Encode: PlannedStep {
  package let report: [PreparationStep]
  /// For another format, an explicit quality, or a truncated file.
  package let needsPixels: Bool
  package let format: PictureFormat
  /// The quality with which the search starts.
  package let quality: Int
  /// Whether only the byte limit, or an explicit quality, requires encoding.
  package let isOnlyAboutBytes: Bool
  /// Whether to try a lossless WebP first: for a lossless source whose bytes, in proportion to the pixels
  /// sent, would fit.
  package let triesLossless: Bool
  /// Whether the source has reduced chroma and keeps its size. A reduced picture has full chroma: its color
  /// is then as fine as its brightness.
  package let hasHalvedChroma: Bool

  /// The initial quality: `usualQuality` for a picture that must be encoded anyway, `carefulQuality` for one
  /// that is encoded only because of its bytes.
  private static let usualQuality = 92
  private static let carefulQuality = 97

  /// - Parameter earlier: the steps that change the picture before.
  init(_ facts: PlanningFacts, after earlier: [any PlannedStep]) {
    let (structure, options) = (facts.structure, facts.options)
    let isChanged = earlier.contains { !$0.report.isEmpty }
    format = facts.format
    let asked = format.mediaType == .png ? nil : options.quality
    needsPixels = format != structure.format || asked != nil || !structure.isComplete
    report = Self.steps(facts, isChanged: isChanged, asked: asked)
    isOnlyAboutBytes = !isChanged && report.allSatisfy { $0.kind == .quality }
    quality = options.quality ?? (isOnlyAboutBytes ? Self.carefulQuality : Self.usualQuality)
    let share = Double(facts.fit.size.pixelCount) / Double(facts.sent.size.pixelCount)
    triesLossless =
      format == .webp && structure.isLossless && options.quality == nil
      && Double(facts.cleanedBytes.bytes) * share <= Double(options.maximumBytes.bytes)
    hasHalvedChroma = structure.hasReducedChroma && facts.fit.size == structure.size
  }

  /// The format to write.
  static func format(for structure: PictureStructure, _ options: PreparationOptions) -> PictureFormat {
    let accepted = options.acceptedFormats.compactMap(PictureFormat.writable)
    if let asked = options.format.flatMap(PictureFormat.writable) { return asked }
    if accepted.contains(structure.format) { return structure.format }
    // A GIF is more often a drawing than a photograph.
    let wantsPNG = structure.hasAlpha || structure.format == .gif
    return wantsPNG && accepted.contains(.png) ? .png : accepted.first ?? .jpeg
  }

  private static func steps(_ facts: PlanningFacts, isChanged: Bool, asked: Int?) -> [PreparationStep] {
    let (structure, options) = (facts.structure, facts.options)
    func rewritten(_ reason: String) -> PreparationStep {
      PreparationStep(
        .format, reason, before: structure.format.mediaType.name, after: facts.format.mediaType.name)
    }
    var steps: [PreparationStep] = []
    if facts.format != structure.format { steps.append(rewritten(formatReason(structure, options))) }
    if !structure.outsideReferences.isEmpty { steps.append(referencesStep(structure)) }
    if !isChanged, steps.isEmpty, let asked {
      steps.append(PreparationStep(.quality, "quality \(asked) was requested", after: "\(asked)"))
    }
    if !isChanged, steps.isEmpty, !structure.isCommonlyCoded {
      steps.append(rewritten("rarely supported coding"))
    }
    // The missing part appears gray or black. The file is rewritten as a complete one, so that every decoder
    // shows the same.
    if !structure.isComplete { steps.append(rewritten("rewritten, because the file is truncated")) }
    if !isChanged, steps.isEmpty, !facts.fitsUnchanged {
      steps.append(
        PreparationStep(.quality, "at most \(options.maximumBytes)", before: "\(facts.cleanedBytes)"))
    }
    return steps
  }

  private static func formatReason(_ structure: PictureStructure, _ options: PreparationOptions) -> String {
    options.format == nil
      ? "\(structure.format.name) is not accepted here" : "\(options.format?.name ?? "it") was requested"
  }

  private static func referencesStep(_ structure: PictureStructure) -> PreparationStep {
    let named = structure.outsideReferences.prefix(5)
    let rest = structure.outsideReferences.count - named.count
    let more = rest > 0 ? " and \(rest) more" : ""
    return PreparationStep(
      .strip, "left out the files that it refers to: " + named.joined(separator: ", ") + more)
  }

  /// The WebP encoder holds planes and tokens of the whole picture or, when lossless, its chains of equal
  /// pixels.
  package func memory(_ sizes: WorkingSizes) -> Int {
    format == .webp ? sizes.held * (triesLossless ? 48 : 14) : 0
  }
}

extension PlanningFacts {
  /// Whether the file, with the metadata that is kept, is within the byte limit as it is.
  fileprivate var fitsUnchanged: Bool {
    let kept = EmbeddedMetadata(options.kept(of: structure)).length
    return cleanedBytes.bytes + kept <= options.maximumBytes.bytes
  }
}
