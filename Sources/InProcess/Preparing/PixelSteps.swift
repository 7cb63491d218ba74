import Core
import Imaging
import PictureFormats
import Preparation

/// The steps of a preparation that change pixels, in their order.
extension PreparationWork {
  /// Decodes a picture that could pass unchanged but whose encoding cannot be verified by parsing it.
  func verify(_ content: PictureContent) throws(PreparationError) {
    guard structure.needsVerification else { return }
    _ = try onPicture { () throws(ImagingError) in try Image.decode(content, structure).copiedToMemory().size
    }
  }

  /// Opens the picture, reduced by its decoder where possible. A fully opaque alpha channel is dropped.
  mutating func decode(
    _ content: PictureContent, _ tolerance: DecodingTolerance
  ) throws(PreparationError) -> Image {
    if let hdr = structure.hdr, plan.cut != nil {
      // A part must look the same as in the whole picture.
      peak = try onPicture { () throws(ImagingError) in
        try Image.decode(content, structure, tolerance: tolerance).peak(hdr, bits: structure.bitsPerChannel)
      }
    }
    return try onPicture { () throws(ImagingError) in
      let image = try Image.decode(
        content, structure, shrink: plan.fit.shrink, scale: plan.drawingScale, tolerance: tolerance)
      // The size of a drawing is rounded by the renderer's own rules and is known only now.
      guard structure.format.codec != .svg else {
        guard image.size.pixelCount <= options.maximumPixels else {
          throw .tooManyPixels(image.size, limit: options.maximumPixels)
        }
        return try image.copiedToMemory()
      }
      guard plan.fit.shrink > 1 || image.size == structure.size else {
        throw .damaged("its header declares \(structure.size), its decoder returned \(image.size)")
      }
      if let cut = plan.cut?.stored(structure.orientation, in: structure.size) {
        return try image.cropped(left: cut.left, top: cut.top, to: cut.size)
      }
      // Larger pictures are reduced first, row by row, and examined afterwards.
      let bytes = image.size.pixelCount * image.bands * (structure.bitsPerChannel > 8 ? 2 : 1)
      guard image.hasAlpha, bytes <= Self.maximumHeldBytes else { return image }
      let realized = try image.copiedToMemory()
      return try realized.isOpaque() ? realized.withoutAlpha() : realized
    }
  }

  /// Scales the picture to the planned size.
  func fit(_ image: consuming Image) throws(PreparationError) -> Image {
    guard image.size != plan.fit.size else { return image }
    do throws(ImagingError) {
      return try image.resized(to: plan.fit.size)
    } catch {
      throw .picture(error)
    }
  }

  /// Turns the picture upright.
  mutating func orient(_ image: consuming Image) throws(PreparationError) -> Image {
    guard structure.orientation != 1 else { return image }
    if let planned = steps.firstIndex(where: { $0.kind == .rotateLossless }) {
      // The losslessly turned file was still too large.
      steps[planned] = PreparationPlan.turnStep(structure, losslessly: false)
    }
    do throws(ImagingError) {
      return try image.copiedToMemory().oriented(structure.orientation)
    } catch {
      throw .picture(error)
    }
  }

  /// Converts the colors to 8-bit sRGB.
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

  /// Pads or crops the picture to its frame. This happens upright and in sRGB, the color space of the
  /// background color.
  func frame(_ image: consuming Image) throws(PreparationError) -> Image {
    guard image.size != plan.fit.frame else { return image }
    do throws(ImagingError) {
      if plan.isMirrored {
        // Mirroring reads the picture from both ends.
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

  /// Runs all pending work once, so that every encode starts from the same pixels in memory.
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
}
