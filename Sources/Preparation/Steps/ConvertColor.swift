import PictureFormats
import Raster

/// Converts the colors to 8-bit sRGB.
struct ConvertColor: PlannedStep {
  let report: [PreparationStep]
  private let structure: PictureStructure

  init(_ facts: PlanningFacts) {
    structure = facts.structure
    report = Self.isNeeded(structure) ? [Self.step(structure)] : []
  }

  /// Whether the colors must be converted.
  static func isNeeded(_ structure: PictureStructure) -> Bool {
    usesProfile(structure) || structure.hdr != nil || structure.bitsPerChannel > 8
      || [.cmyk, .lab].contains(structure.color)
  }

  /// Whether the conversion uses the embedded ICC profile.
  private static func usesProfile(_ structure: PictureStructure) -> Bool {
    structure.hdr == nil && profile(structure).map { !$0.isSRGB } ?? false
  }

  /// Lab is device-independent, so a profile adds nothing.
  private static func profile(_ structure: PictureStructure) -> ICCProfile? {
    structure.color == .lab ? nil : structure.profile.map(ICCProfile.init)
  }

  private static func step(_ structure: PictureStructure) -> PreparationStep {
    if let hdr = structure.hdr {
      return PreparationStep(
        .color,
        "converted from HDR to 8-bit sRGB with white at 203 cd/m² (BT.2408); brighter light is rolled off",
        before: hdr.name, after: "sRGB")
    }
    let from = profile(structure)?.name ?? "\(structure.bitsPerChannel)-bit \(structure.color.rawValue)"
    return PreparationStep(
      .color, "converted to 8-bit sRGB, relative colorimetric", before: from, after: "sRGB")
  }

  /// An HDR picture is measured before it is converted.
  func memory(_ sizes: WorkingSizes) -> Int { structure.hdr == nil ? 0 : sizes.fitted * sizes.sample }

  func apply<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    // The profile of a format that is not parsed here is known only to its decoder.
    let isDecoders = structure.format.permission != nil && image.hasProfile
    guard !report.isEmpty || !image.isEightBitSRGB || isDecoders else { return image }
    if let hdr = structure.hdr { return try converted(image, from: hdr, peak: work.peak) }
    if structure.profileIsMade, let made = structure.profile {
      return try image.withProfile(made).inSRGB(usingProfile: true)
    }
    if Self.usesProfile(structure) || isDecoders {
      if let converted = try? image.inSRGB(usingProfile: true) { return converted }
      work.warn(.profileIgnored)
    }
    return try image.inSRGB(usingProfile: false)
  }

  /// - Parameter peak: the peak brightness, if it was measured already.
  private func converted<Picture: Raster & ~Copyable>(
    _ image: consuming Picture, from hdr: HDRDescription, peak: Double?
  ) throws(ImagingError) -> Picture {
    let whole = try image.copiedToMemory()
    let peak =
      if let peak { peak } else { try whole.shared().peak(hdr, bits: structure.bitsPerChannel) }
    return try whole.inSRGB(from: hdr, bits: structure.bitsPerChannel, peak: peak)
  }
}
