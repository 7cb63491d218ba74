import Core
import PictureFormats

/// What the steps are planned from: the picture's header, the options, and what follows from them for more
/// than one step.
package struct PlanningFacts: Sendable {
  /// The header of the whole picture.
  let structure: PictureStructure
  /// The header of the part that is sent: from the crop on, only this part counts.
  let sent: PictureStructure
  let cleanedBytes: ByteCount
  let options: PreparationOptions
  /// For an SVG, the rendered pixels per declared pixel; otherwise 1.
  let drawingScale: Double
  /// The upright size of the whole picture.
  let whole: PixelSize
  /// The part that is sent, in the pixels of the upright picture; `nil` for the whole picture.
  let cut: PixelArea?
  /// The format to write.
  let format: PictureFormat
  /// The maximum longest edge of the picture that is sent, in pixels.
  let longestEdge: Int
  /// The aspect ratio to which the picture is padded or cropped; `nil` keeps its own.
  let ratio: AspectRatio?
  /// The size to whose aspect ratio the picture is padded by mirroring; `nil` for no padding.
  let answer: PixelSize?
  let fit: FitPlan

  init(_ structure: PictureStructure, cleanedBytes: ByteCount, options: PreparationOptions) {
    self.structure = structure
    self.cleanedBytes = cleanedBytes
    self.options = options
    var sent = structure
    drawingScale = Decode.scale(ofDrawing: structure)
    if drawingScale > 1 { sent.size = structure.size.scaled(toLongestEdge: Decode.smallestDrawing) }
    whole = sent.uprightSize
    let region = options.region.map { [whole] in RegionPlan($0, in: whole, sizes: options.regionSizes) }
    cut = region.flatMap { [whole] in $0.cut == PixelArea(whole) ? nil : $0.cut }
    if let cut { sent.size = cut.stored(sent.orientation, in: sent.size).size }
    self.sent = sent
    format = Encode.format(for: structure, options)
    longestEdge = min(options.maximumEdge ?? .max, region?.longestEdge ?? .max, format.longestEdge)
    ratio = options.fit == .none ? nil : options.ratios.nearest(to: sent.uprightSize)
    answer = options.mirrorPadding?.size(for: sent.uprightSize)
    fit = FitPlan(
      sent, longestEdge, ratio, answer, in: whole, options,
      canShrinkOnLoad: structure.format == .jpeg && cut == nil)
  }

  /// Whether the size of the part that is sent is unchanged, and its frame is the picture itself.
  var keepsSize: Bool { fit.size == sent.size && fit.frame == sent.uprightSize }
  /// The upright size of the picture after scaling.
  var scaled: PixelSize { sent.orientation >= 5 ? fit.size.transposed : fit.size }
}

/// The numbers that the memory of the steps depends on.
package struct WorkingSizes: Sendable {
  /// The pixels of the whole picture, and those that the decoder returns.
  let source: Int
  let shrunk: Int
  let channels: Int
  /// The bytes of a channel of a pixel.
  let sample: Int
  /// The maximum number of pixels that are held at once.
  let held: Int
  /// Their bytes, with one for each channel.
  var fitted: Int { held * channels }

  init(_ facts: PlanningFacts) {
    let (structure, fit) = (facts.structure, facts.fit)
    source = structure.size.pixelCount
    shrunk = source / (fit.shrink * fit.shrink)
    sample = structure.bitsPerChannel > 8 ? 2 : 1
    channels = (structure.color == .cmyk ? 4 : 3) + (structure.hasAlpha ? 1 : 0)
    held = max(min(fit.size.pixelCount, shrunk), fit.frame.pixelCount)
  }
}
