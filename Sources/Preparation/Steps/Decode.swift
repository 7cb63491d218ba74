import Core
import PictureFormats
import Raster

/// Opens the picture, reduced by its decoder where possible. A fully opaque alpha channel is dropped.
struct Decode: Sendable {
  /// The maximum size in bytes of the decoded picture for which opacity is examined before fitting.
  private static let maximumHeldBytes = 128_000_000
  /// The minimum longest edge in pixels for drawings, which have no pixels of their own: smaller ones, such
  /// as icons, are rendered at this size.
  static let smallestDrawing = 1_024
  /// The CPU seconds. Measured: decoding and fitting take less than 0.1 s per megapixel. The work after that
  /// is on our own pixels and does not count.
  static let secondsPerMegapixel = 0.3

  private let structure: PictureStructure
  private let shrink: Int
  private let scale: Double
  private let isCropped: Bool
  private let maximumPixels: Int

  init(_ facts: PlanningFacts) {
    structure = facts.structure
    shrink = facts.fit.shrink
    scale = facts.drawingScale
    isCropped = facts.cut != nil
    maximumPixels = facts.options.maximumPixels
  }

  /// The rendered pixels per declared pixel of a drawing, or 1.
  static func scale(ofDrawing structure: PictureStructure) -> Double {
    guard structure.format.codec == .svg else { return 1 }
    return max(1, Double(smallestDrawing) / Double(structure.size.longestEdge))
  }

  /// The maximum memory in bytes: the decoder's own, and the picture if its alpha channel is examined as a
  /// whole.
  func memory(_ sizes: WorkingSizes) -> Int {
    let whole = sizes.shrunk * sizes.channels * sizes.sample
    let held = structure.hasAlpha && whole <= Self.maximumHeldBytes ? whole : 0
    return decoderMemory(sizes.channels * sizes.sample) + held
  }

  /// The memory that the format's decoder needs besides the rows that it returns.
  private func decoderMemory(_ pixelBytes: Int) -> Int {
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

  func open<Picture: Raster & ~Copyable>(
    _ content: PictureContent, _ tolerance: DecodingTolerance, _ work: inout PreparationWork
  ) throws(ImagingError) -> Picture {
    if let hdr = structure.hdr, isCropped {
      // A part must look the same as in the whole picture.
      let whole = try Picture.decode(content, structure, shrink: 1, scale: 1, tolerance: tolerance)
      work.peak = try whole.peak(hdr, bits: structure.bitsPerChannel)
    }
    let image = try Picture.decode(content, structure, shrink: shrink, scale: scale, tolerance: tolerance)
    // The size of a drawing is rounded by the renderer's own rules and is known only now.
    guard structure.format.codec != .svg else {
      guard image.size.pixelCount <= maximumPixels else {
        throw .tooManyPixels(image.size, limit: maximumPixels)
      }
      return try image.copiedToMemory()
    }
    guard shrink > 1 || image.size == structure.size else {
      throw .damaged("its header declares \(structure.size), its decoder returned \(image.size)")
    }
    return isCropped ? image : try withoutOpaqueAlpha(image)
  }

  /// Larger pictures are reduced first, row by row, and examined afterwards.
  private func withoutOpaqueAlpha<Picture: Raster & ~Copyable>(
    _ image: consuming Picture
  ) throws(ImagingError) -> Picture {
    let bytes = image.size.pixelCount * image.bands * (structure.bitsPerChannel > 8 ? 2 : 1)
    guard image.hasAlpha, bytes <= Self.maximumHeldBytes else { return image }
    let realized = try image.copiedToMemory()
    return try realized.isOpaque() ? realized.withoutAlpha() : realized
  }
}
