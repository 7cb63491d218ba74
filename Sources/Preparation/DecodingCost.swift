import PictureFormats
import Core

/// The cost of preparing a picture. The memory covers the decoder, the pixels that are held, and the
/// encoders.
extension WorkCost {
  /// The memory in bytes that a decoder, an encoder and libvips' line buffers need for any picture.
  private static let base = 48_000_000

  init(_ structure: PictureStructure, _ plan: PreparationPlan, _ options: PreparationOptions) {
    let sourcePixels = structure.size.pixelCount
    let shrunk = sourcePixels / (plan.fit.shrink * plan.fit.shrink)
    let sample = structure.bitsPerChannel > 8 ? 2 : 1
    let channels = (structure.color == .cmyk ? 4 : 3) + (structure.hasAlpha ? 1 : 0)
    // An alpha channel is examined as a whole, and a picture to be turned is held as a whole.
    let whole = shrunk * channels * sample
    let held = structure.hasAlpha && whole <= PreparationWork.maximumHeldBytes ? whole : 0
    let pixelsSent = max(min(plan.fit.size.pixelCount, shrunk), plan.fit.frame.pixelCount)
    let fitted = pixelsSent * channels
    // An HDR picture is measured before it is converted.
    let measured = structure.hdr == nil ? 0 : fitted * sample
    let turned = structure.orientation == 1 ? 1 : 2
    // The WebP encoder holds planes and tokens of the whole picture or, when lossless, its chains of equal
    // pixels.
    let encoder = plan.format == .webp ? pixelsSent * (plan.triesLossless ? 48 : 14) : 0
    let sums = Self.resamplingMemory(structure, plan, channels: channels)
    // The coefficients that are read and those that are written, two bytes each.
    let coefficients =
      plan.keepsPixels && structure.format == .jpeg ? sourcePixels * (structure.hasReducedChroma ? 8 : 12) : 0
    // Pixels are decoded only if coarser coefficients did not suffice, and after those are freed.
    let pixels =
      Self.decoderMemory(structure, channels * sample) + held + fitted * (turned + 2) + encoder + sums
      + measured
    let memory = ByteCount(Self.base + max(pixels, coefficients) + 3 * options.maximumBytes.bytes)
    // Measured: decoding and fitting take less than 0.1 s per megapixel. A PNG that is recompressed is read
    // and written in one step, in less than 3 s per megapixel. The work after that is on our own pixels and
    // does not count.
    let rate = plan.keepsPixels && structure.format == .png ? 6.0 : 0.3
    self.init(memory: memory, cpuSeconds: 6 + Int(rate * Double(min(sourcePixels, 1_000_000_000)) / 1e6))
  }

  /// The memory of the output rows in progress. Input arrives in strips of 32 rows, each as wide as the
  /// source, as floating-point numbers at most.
  private static func resamplingMemory(
    _ structure: PictureStructure, _ plan: PreparationPlan, channels: Int
  ) -> Int {
    guard plan.fit.size != structure.size else { return 0 }
    let shrink = plan.fit.shrink
    let factor = Double(structure.size.height / shrink) / Double(plan.fit.size.height)
    let rows = min(Double(plan.fit.size.height), (32 + 6 * max(1, factor)) / factor + 2)
    return Int(rows) * (structure.size.width / shrink + 1) * channels * 4
  }

  /// The memory that the format's decoder needs besides the rows that it returns.
  private static func decoderMemory(_ structure: PictureStructure, _ pixelBytes: Int) -> Int {
    let pixels = structure.decodedSize.pixelCount
    switch structure.format.codec {
    // All coefficients of a progressive picture, two bytes each.
    case .jpeg:
      return structure.isProgressive ? pixels * (structure.hasReducedChroma ? 4 : 2 * pixelBytes) : 0
    case .png: return structure.isInterlaced ? pixels * pixelBytes : 0
    // The whole canvas, and the decoder's own copy of it.
    case .webp, .heif, .svg, .jpegXL, .jpeg2000: return pixels * pixelBytes * 2
    // The canvas in four channels, and an earlier one to restore.
    case .gif: return pixels * 8
    // A strip can be the whole picture.
    case .tiff: return pixels * pixelBytes
    case nil: return 0
    }
  }
}
