package import PictureFormats
package import Core

/// The steps for preparing a picture, determined from its header and the options alone.
package struct PreparationPlan: Sendable {
  package let fit: FitPlan
  /// Whether the padding mirrors the picture at its edges.
  package let isMirrored: Bool
  /// The part that is sent, in the pixels of the upright picture; `nil` for the whole picture.
  package let cut: PixelArea?
  package let format: PictureFormat
  /// Whether the compressed pixels can stay as they are.
  package let isPassthrough: Bool
  /// Whether the colors must be converted to 8-bit sRGB.
  package let needsColor: Bool
  /// Whether that conversion uses the embedded ICC profile.
  package let usesProfile: Bool
  /// Whether the picture is turned losslessly, by moving whole blocks of coefficients.
  private let turnsBlocks: Bool
  /// Whether the pixels must be encoded: for another format, an explicit quality, or a truncated file.
  let rewritesFormat: Bool
  /// Whether to try a lossless WebP first: for a lossless source whose bytes, in proportion to the pixels
  /// sent, would fit.
  package let triesLossless: Bool
  /// For an SVG, the rendered pixels per declared pixel; otherwise 1.
  package let drawingScale: Double
  /// The steps that are known before any pixel is decoded, in order.
  package let steps: [PreparationStep]
  package let warnings: [PreparationWarning]

  /// Plans the preparation.
  ///
  /// - Parameter cleanedBytes: the file's size without its private blocks.
  package init(_ declared: PictureStructure, cleanedBytes: ByteCount, options: PreparationOptions) {
    var structure = declared
    drawingScale = structure.format.codec == .svg ? Self.scale(ofDrawing: structure.size) : 1
    if drawingScale > 1 {
      structure.size = structure.size.scaled(toLongestEdge: Self.smallestDrawing)
    }
    let whole = structure.uprightSize
    let region = options.region.map { RegionPlan($0, in: whole, sizes: options.regionSizes) }
    cut = region.flatMap { $0.cut == PixelArea(whole) ? nil : $0.cut }
    // From here on, only the part that is sent counts.
    if let cut { structure.size = cut.stored(structure.orientation, in: structure.size).size }
    // Lab is device-independent, so a profile adds nothing.
    let profile = structure.color == .lab ? nil : structure.profile.map(ICCProfile.init)
    let source = structure.format
    usesProfile = structure.hdr == nil && profile.map { !$0.isSRGB } ?? false
    needsColor =
      usesProfile || structure.hdr != nil || structure.bitsPerChannel > 8
      || [.cmyk, .lab].contains(structure.color)

    let format = Self.chooseFormat(structure, options: options)
    let limit = min(options.maximumEdge ?? .max, region?.longestEdge ?? .max, format.longestEdge)
    let ratio = options.fit == .none ? nil : options.ratios.nearest(to: structure.uprightSize)
    let answer = options.mirrorPadding?.size(for: structure.uprightSize)
    fit = Self.fit(
      structure, limit, ratio, answer, in: whole, options, canShrinkOnLoad: source == .jpeg && cut == nil)
    isMirrored = answer != nil

    var changes: [PreparationStep] = []
    if structure.pageCount > 1 {
      changes.append(
        PreparationStep(
          .page, structure.skipsPreview ? "the first that is not a preview" : "one of several",
          before: "\(structure.pageCount)", after: "\(structure.page)")
      )
    }
    if let cut {
      changes.append(
        PreparationStep(.crop, "the region and its surroundings", before: "\(whole)", after: "\(cut)"))
    }
    if structure.orientation != 1 {
      turnsBlocks = cut == nil && Self.turnsBlocks(structure, format, fit, needsColor: needsColor, options)
      changes.append(Self.turnStep(structure, losslessly: turnsBlocks))
    } else {
      turnsBlocks = false
    }
    if needsColor { changes.append(Self.colorStep(structure, profile)) }
    if fit.size != structure.size {
      let upright = structure.orientation >= 5 ? fit.size.transposed : fit.size
      changes.append(
        PreparationStep(
          .downscale, "longest edge at most \(limit.grouped) px", before: "\(structure.uprightSize)",
          after: "\(upright)"))
    }
    let scaled = structure.orientation >= 5 ? fit.size.transposed : fit.size
    if fit.frame != scaled {
      changes.append(Self.frameStep(from: scaled, to: fit.frame, ratio, answer, options.fit))
    }
    if format != source {
      changes.append(
        PreparationStep(
          .format, Self.formatReason(structure, options), before: source.mediaType.name,
          after: format.mediaType.name))
    }
    if !structure.outsideReferences.isEmpty { changes.append(Self.referencesStep(structure)) }
    let asked = format.mediaType == .png ? nil : options.quality
    if changes.isEmpty, let asked {
      changes.append(PreparationStep(.quality, "quality \(asked) was requested", after: "\(asked)"))
    }
    if changes.isEmpty, !structure.isCommonlyCoded {
      changes.append(
        PreparationStep(
          .format, "rarely supported coding", before: source.mediaType.name, after: format.mediaType.name))
    }
    if !structure.isComplete {
      // The missing part appears gray or black. The file is rewritten as a complete one, so that every
      // decoder shows the same.
      changes.append(
        PreparationStep(
          .format, "rewritten, because the file is truncated", before: source.mediaType.name,
          after: format.mediaType.name))
    }

    let share = Double(fit.size.pixelCount) / Double(structure.size.pixelCount)
    triesLossless =
      format == .webp && structure.isLossless && options.quality == nil
      && Double(cleanedBytes.bytes) * share <= Double(options.maximumBytes.bytes)
    rewritesFormat = format != source || asked != nil || !structure.isComplete
    let kept = options.kept(of: structure)
    let fits = cleanedBytes.bytes + EmbeddedMetadata(kept).length <= options.maximumBytes.bytes
    isPassthrough = changes.isEmpty && fits
    changes = Self.untouchedSteps(structure, keeping: kept, isPassthrough: isPassthrough) + changes
    if changes.allSatisfy({ [.strip, .repair].contains($0.kind) }), !isPassthrough {
      changes.append(
        PreparationStep(
          .quality, "at most \(options.maximumBytes)", before: "\(cleanedBytes)"))
    }
    self.format = format
    steps = changes
    warnings =
      Self.pageWarnings(structure) + (structure.skipsPreview ? [.previewSkipped] : [])
      + (structure.isComplete ? [] : [.truncated])
      + (structure.repairs.contains(.end) ? [.endMissing] : [])
      + (structure.metadata.contains(.c2pa) ? [.credentialsRemoved] : [])
      + (structure.metadata.contains(.unusableProfile) ? [.profileIgnored] : [])
      + (structure.hasUnknownColors ? [.colorIgnored] : [])
      + (structure.outsideReferences.isEmpty ? [] : [.referencesLeftOut])
      + (structure.metadata.contains(.damaged) ? [.dataDamaged] : [])
  }

  private static func referencesStep(_ structure: PictureStructure) -> PreparationStep {
    let named = structure.outsideReferences.prefix(5)
    let rest = structure.outsideReferences.count - named.count
    let more = rest > 0 ? " and \(rest) more" : ""
    return PreparationStep(
      .strip, "left out the files that it refers to: " + named.joined(separator: ", ") + more)
  }

  private static func pageWarnings(_ structure: PictureStructure) -> [PreparationWarning] {
    if structure.pageCount > 1 { return [structure.format == .tiff ? .pagesDropped : .animationDropped] }
    return structure.metadata.contains(.animation) ? [.animationDropped] : []
  }

  /// Whether only the byte limit requires encoding.
  package var isOnlyAboutBytes: Bool {
    !isPassthrough && steps.allSatisfy { [.strip, .repair, .quality].contains($0.kind) }
  }

  /// Whether the picture keeps its size, colors and format, and is complete. It may have to be turned, packed
  /// better, or made coarser, all of which is possible without decoding it.
  package var keepsPixels: Bool {
    !isPassthrough && !needsColor && !rewritesFormat
      && steps.allSatisfy { ![.downscale, .page, .orient, .pad, .crop].contains($0.kind) }
  }

  /// Whether a JPEG that must be turned needs nothing else and can be turned losslessly. For that, the edges
  /// that become the left or top edge must consist of whole blocks.
  private static func turnsBlocks(
    _ structure: PictureStructure, _ format: PictureFormat, _ fit: FitPlan, needsColor: Bool,
    _ options: PreparationOptions
  ) -> Bool {
    guard let unit = structure.blockUnit, format == .jpeg, structure.isComplete, !needsColor,
      fit.size == structure.size, fit.frame == structure.uprightSize, options.quality == nil
    else { return false }
    let reversesColumns = [2, 3, 7, 8].contains(structure.orientation)
    let reversesRows = [3, 4, 6, 7].contains(structure.orientation)
    return (!reversesColumns || structure.size.width % unit.width == 0)
      && (!reversesRows || structure.size.height % unit.height == 0)
  }

  package static func turnStep(_ structure: PictureStructure, losslessly: Bool) -> PreparationStep {
    losslessly
      ? PreparationStep(
        .rotateLossless, "EXIF orientation \(structure.orientation) applied to whole blocks of coefficients")
      : PreparationStep(.orient, "EXIF orientation \(structure.orientation) applied to the pixels")
  }

  /// The minimum longest edge in pixels for drawings, which have no pixels of their own: smaller ones, such
  /// as icons, are rendered at this size.
  private static let smallestDrawing = 1_024

  private static func scale(ofDrawing size: PixelSize) -> Double {
    max(1, Double(smallestDrawing) / Double(size.longestEdge))
  }

  private static func chooseFormat(
    _ structure: PictureStructure, options: PreparationOptions
  ) -> PictureFormat {
    let accepted = options.acceptedFormats.compactMap(PictureFormat.writable)
    if let asked = options.format.flatMap(PictureFormat.writable) { return asked }
    if accepted.contains(structure.format) { return structure.format }
    // A GIF is more often a drawing than a photograph.
    let wantsPNG = structure.hasAlpha || structure.format == .gif
    return wantsPNG && accepted.contains(.png) ? .png : accepted.first ?? .jpeg
  }

  private static func formatReason(_ structure: PictureStructure, _ options: PreparationOptions) -> String {
    options.format == nil
      ? "\(structure.format.name) is not accepted here" : "\(options.format?.name ?? "it") was requested"
  }

  private static func colorStep(_ structure: PictureStructure, _ profile: ICCProfile?) -> PreparationStep {
    if let hdr = structure.hdr {
      return PreparationStep(
        .color,
        "converted from HDR to 8-bit sRGB with white at 203 cd/m² (BT.2408); brighter light is rolled off",
        before: hdr.name, after: "sRGB")
    }
    let from = profile?.name ?? "\(structure.bitsPerChannel)-bit \(structure.color.rawValue)"
    return PreparationStep(
      .color, "converted to 8-bit sRGB, relative colorimetric", before: from, after: "sRGB")
  }

  /// The steps that change the file but not its pixels.
  private static func untouchedSteps(
    _ structure: PictureStructure, keeping kept: Attribution, isPassthrough: Bool
  ) -> [PreparationStep] {
    let stays = isPassthrough ? "; the compressed pixels are unchanged" : ""
    var steps: [PreparationStep] = []
    if !structure.metadata.isEmpty {
      let kinds = structure.metadata.map(\.rawValue).joined(separator: ", ")
      let names = kept.isEmpty ? "" : "; creator and copyright are kept"
      steps.append(PreparationStep(.strip, "removed \(kinds)" + names + stays))
    }
    if !structure.repairs.isEmpty {
      let kinds = structure.repairs.map(\.rawValue).joined(separator: ", ")
      steps.append(PreparationStep(.repair, "repaired: \(kinds)" + stays))
    }
    guard isPassthrough, steps.isEmpty else { return steps }
    return [
      PreparationStep(
        .passthrough,
        "within every limit according to its header; no byte is changed, and its pixels were not examined")
    ]
  }
}
