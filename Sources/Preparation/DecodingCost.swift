import Imaging
import PictureFormats
package import Core

/// What preparing a picture may take at most, estimated from its header: the decoder's own memory, the pixels that are
/// held, the encoders', and the time that decoding takes. A bound for planning and for the limits of a worker, not a prediction.
package struct DecodingCost: Equatable, Sendable {
  package let memory: ByteCount
  package let cpuSeconds: Int

  /// What a decoder, an encoder and libvips' line buffers take for any picture.
  private static let base = 48_000_000

  init(_ structure: PictureStructure, _ plan: PreparationPlan, _ options: PreparationOptions) {
    let sourcePixels = structure.size.pixelCount
    let shrunk = sourcePixels / (plan.fit.shrink * plan.fit.shrink)
    let sample = structure.bitsPerChannel > 8 ? 2 : 1
    let channels = (structure.color == .cmyk ? 4 : 3) + (structure.hasAlpha ? 1 : 0)
    // An alpha channel is looked at as a whole, and so is a picture that is to be turned.
    let whole = shrunk * channels * sample
    let held = structure.hasAlpha && whole <= PreparationWork.maximumHeldBytes ? whole : 0
    let pixelsSent = max(min(plan.fit.size.pixelCount, shrunk), plan.fit.frame.pixelCount)
    let fitted = pixelsSent * channels
    // HDR is measured before it is converted.
    let measured = structure.hdr == nil ? 0 : fitted * sample
    let turned = structure.orientation == 1 ? 1 : 2
    // The WebP encoder keeps planes and tokens of the whole picture, or without loss its chains of equal pixels.
    let encoder = plan.format == .webp ? pixelsSent * (plan.triesLossless ? 48 : 14) : 0
    let sums = Self.resamplingMemory(structure, plan, channels: channels)
    // Coefficients that are read and written, two bytes each.
    let coefficients =
      plan.keepsPixels && structure.format == .jpeg ? sourcePixels * (structure.hasReducedChroma ? 8 : 12) : 0
    // Pixels are decoded only where coarser coefficients did not do, and after these are gone.
    let pixels =
      Self.decoderMemory(structure, channels * sample) + held + fitted * (turned + 2) + encoder + sums
      + measured
    memory = ByteCount(Self.base + max(pixels, coefficients) + 3 * options.maximumBytes.bytes)
    // Measured: decoding and fitting stay under 0.1 s a megapixel. A PNG that is packed better is read and written in one go,
    // in under 3 s a megapixel. What comes after that is on our own pixels, and not counted.
    let rate = plan.keepsPixels && structure.format == .png ? 6.0 : 0.3
    cpuSeconds = 6 + Int(rate * Double(min(sourcePixels, 1_000_000_000)) / 1e6)
  }

  /// Output rows that are under way while rows come in strips of 32, each as wide as the source, in floating point at most.
  private static func resamplingMemory(
    _ structure: PictureStructure, _ plan: PreparationPlan, channels: Int
  ) -> Int {
    guard plan.fit.size != structure.size else { return 0 }
    let shrink = plan.fit.shrink
    let factor = Double(structure.size.height / shrink) / Double(plan.fit.size.height)
    let rows = min(Double(plan.fit.size.height), (32 + 6 * max(1, factor)) / factor + 2)
    return Int(rows) * (structure.size.width / shrink + 1) * channels * 4
  }

  /// What the format makes its decoder hold beside the rows it gives.
  private static func decoderMemory(_ structure: PictureStructure, _ pixelBytes: Int) -> Int {
    let pixels = structure.decodedSize.pixelCount
    switch structure.format.codec {
    // All coefficients of a progressive picture, two bytes each.
    case .jpeg:
      return structure.isProgressive ? pixels * (structure.hasReducedChroma ? 4 : 2 * pixelBytes) : 0
    case .png: return structure.isInterlaced ? pixels * pixelBytes : 0
    // The whole canvas, and the decoder's own copy of it.
    case .webp, .heif, .svg, .jpegXL, .jpeg2000: return pixels * pixelBytes * 2
    // Its canvas in four channels, and an earlier one to go back to.
    case .gif: return pixels * 8
    // A strip may be the whole picture.
    case .tiff: return pixels * pixelBytes
    case nil: return 0
    }
  }
}
