import Imaging
import PictureFormats
import Core

/// The steps of one preparation, and the log of what they did.
struct PreparationWork {
  let structure: PictureStructure
  let plan: PreparationPlan
  let options: PreparationOptions
  var steps: [PreparationStep]
  private(set) var warnings: [PreparationWarning]
  var encodes = 0
  /// The pixels of all those encodes.
  var encodedPixels = 0
  /// The brightest light of the whole picture in HDR, where only a part of it is converted.
  private var peak: Double?
  /// The size of the picture with its coefficients rounded to the floor's quality, where that was too large.
  var atFloor: Int?

  init(structure: PictureStructure, plan: PreparationPlan, options: PreparationOptions) {
    self.structure = structure
    self.plan = plan
    self.options = options
    self.steps = plan.steps
    self.warnings = plan.warnings
  }

  mutating func warn(_ warning: PreparationWarning) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  /// Decodes once what may pass but whose coding walking it does not check.
  func verify(_ content: PictureContent) throws(PreparationError) {
    guard structure.needsVerification else { return }
    _ = try onPicture { () throws(ImagingError) in try Image.decode(content, structure).copiedToMemory().size
    }
  }

  /// Opens the picture, already reduced where its decoder can; an alpha channel that hides nothing is dropped.
  mutating func decode(
    _ content: PictureContent, _ tolerance: DecodingTolerance
  ) throws(PreparationError) -> Image {
    if let hdr = structure.hdr, plan.cut != nil {
      // A part is shown as it is in the whole.
      peak = try onPicture { () throws(ImagingError) in
        try Image.decode(content, structure, tolerance: tolerance).peak(hdr, bits: structure.bitsPerChannel)
      }
    }
    return try onPicture { () throws(ImagingError) in
      let image = try Image.decode(
        content, structure, shrink: plan.fit.shrink, scale: plan.drawingScale, tolerance: tolerance)
      // A drawing's declared size is rounded by its own rules; its pixels do not exist before now.
      guard structure.format.codec != .svg else {
        guard image.size.pixelCount <= options.maximumPixels else {
          throw .tooManyPixels(image.size, limit: options.maximumPixels)
        }
        return try image.copiedToMemory()
      }
      guard plan.fit.shrink > 1 || image.size == structure.size else {
        throw .damaged("its header says \(structure.size), its decoder \(image.size)")
      }
      if let cut = plan.cut?.stored(structure.orientation, in: structure.size) {
        return try image.cropped(left: cut.left, top: cut.top, to: cut.size)
      }
      // Larger ones are reduced first, row by row, and looked at then.
      let bytes = image.size.pixelCount * image.bands * (structure.bitsPerChannel > 8 ? 2 : 1)
      guard image.hasAlpha, bytes <= Self.maximumHeldBytes else { return image }
      let realized = try image.copiedToMemory()
      return try realized.isOpaque() ? realized.withoutAlpha() : realized
    }
  }

  /// An alpha channel that hides nothing is looked for in the whole picture, up to this size in memory.
  static let maximumHeldBytes = 128_000_000

  func fit(_ image: consuming Image) throws(PreparationError) -> Image {
    guard image.size != plan.fit.size else { return image }
    do throws(ImagingError) {
      return try image.resized(to: plan.fit.size)
    } catch {
      throw .picture(error)
    }
  }

  mutating func orient(_ image: consuming Image) throws(PreparationError) -> Image {
    guard structure.orientation != 1 else { return image }
    if let planned = steps.firstIndex(where: { $0.kind == .rotateLossless }) {
      // Its blocks were turned, and it was still too large.
      steps[planned] = PreparationPlan.turnStep(structure, losslessly: false)
    }
    do throws(ImagingError) {
      return try image.copiedToMemory().oriented(structure.orientation)
    } catch {
      throw .picture(error)
    }
  }

  mutating func color(_ image: consuming Image) throws(PreparationError) -> Image {
    guard plan.needsColor || !image.isEightBitSRGB || structure.format.permission != nil && image.hasProfile
    else { return image }
    do throws(ImagingError) {
      if let hdr = structure.hdr {
        let whole = try image.copiedToMemory()
        let peak =
          if let known = self.peak { known } else {
            try whole.shared().peak(hdr, bits: structure.bitsPerChannel)
          }
        return try whole.inSRGB(from: hdr, bits: structure.bitsPerChannel, peak: peak)
      }
      if structure.profileIsMade, let made = structure.profile {
        return try image.withProfile(made).inSRGB(usingProfile: true)
      }
      // The profile of a format that is not parsed here is known only to its decoder.
      if plan.usesProfile || structure.format.permission != nil && image.hasProfile {
        if let converted = try? image.inSRGB(usingProfile: true) { return converted }
        warn(.profileIgnored)
      }
      return try image.inSRGB(usingProfile: false)
    } catch {
      throw .picture(error)
    }
  }

  /// Adds or cuts off what the shape asks for. Done upright and in sRGB, in which the margins' color is meant.
  func frame(_ image: consuming Image) throws(PreparationError) -> Image {
    guard image.size != plan.fit.frame else { return image }
    do throws(ImagingError) {
      if plan.isMirrored {
        // A mirror is read from both ends.
        return try image.copiedToMemory().mirrored(
          into: plan.fit.frame, left: plan.fit.offset.x, top: plan.fit.offset.y)
      }
      return try image.framed(
        plan.fit.frame, offset: plan.fit.offset, isCropped: options.fit == .crop,
        background: options.background)
    } catch {
      throw .picture(error)
    }
  }

  /// Everything so far happens here, once; every encode then starts from the same pixels in memory.
  mutating func realize(_ image: consuming Image) throws(PreparationError) -> Image {
    do throws(ImagingError) {
      let realized = try image.copiedToMemory()
      if structure.bitsPerChannel > 8, try realized.isNearlyBlank() { warn(.nearlyBlank) }
      guard realized.hasAlpha else { return realized }
      if try realized.isOpaque() { return try realized.withoutAlpha().copiedToMemory() }
      guard !plan.format.hasAlpha else { return realized }
      steps.append(
        PreparationStep(
          .flatten, "\(plan.format.name) has no transparency", after: options.background.description))
      return try realized.flattened(onto: options.background).copiedToMemory()
    } catch {
      throw .picture(error)
    }
  }

  /// The bytes that the picture itself may have, beside the names that stay with it.
  var limit: ByteCount {
    ByteCount(max(0, options.maximumBytes.bytes - EmbeddedMetadata(options.kept(of: structure)).length))
  }

  /// Reads the result as if it were anybody's: what leaves here carries nothing private, whoever wrote it.
  private func requireClean(_ content: PictureContent) throws(PreparationError) {
    // Of a file that passes byte for byte it was read already.
    let isAsRead =
      plan.isPassthrough && structure.metadata.isEmpty && structure.repairs.isEmpty && structure.isComplete
    let result =
      isAsRead ? structure : try onPicture { () throws(ImagingError) in try PictureStructure.read(content) }
    let allowed: [MetadataKind] = options.kept(of: structure).isEmpty ? [] : [.exif]
    guard result.metadata.allSatisfy(allowed.contains), content.byteCount <= options.maximumBytes else {
      let kinds = result.metadata.map(\.rawValue).joined(separator: ", ")
      throw .picture(
        .stepFailed(.encode, detail: "the result has \(content.byteCount) and carries \(kinds)"))
    }
  }

  func finished(
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
