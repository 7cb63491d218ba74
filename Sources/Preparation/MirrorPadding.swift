import PictureFormats
public import Core

/// Padding that extends a picture to exactly the aspect ratio of a model's result, by mirroring it at its
/// edges. The result then shows the whole picture. `ReferenceGeometry.shown` tells which part of the result
/// is padding, so that it can be removed again.
public struct MirrorPadding: Sendable, Codable, Hashable {
  /// The sizes in pixels that the result can have. The one in which the picture is largest is used. If there
  /// are none, the picture is not padded.
  public var sizes: [PixelSize]
  /// An additional margin on every side, as a fraction of the longest edge, so that a result that is shifted
  /// a little still shows the whole picture. It is omitted for a picture that already has the aspect ratio
  /// and need not be reduced, and for a region that does not reach an edge of the picture, because that has
  /// surroundings instead. 0…0.1. Default: 0.
  public var margin: Double

  /// Creates the padding for the sizes that a result can have.
  public init(_ sizes: [PixelSize], margin: Double = 0) {
    self.sizes = sizes
    self.margin = margin
  }

  /// The size in which a picture is largest; `nil` if there are none.
  package func size(for picture: PixelSize) -> PixelSize? {
    sizes.max { Self.scale(of: picture, in: $0) < Self.scale(of: picture, in: $1) }
  }

  private static func scale(of picture: PixelSize, in size: PixelSize) -> Double {
    min(
      Double(size.width) / Double(picture.width), Double(size.height) / Double(picture.height))
  }
}

extension FitPlan {
  /// Pads a picture to the aspect ratio of `answer`.
  ///
  /// - Parameters:
  ///   - source: the picture's size as stored.
  ///   - answer: the size of the result.
  ///   - limit: the maximum longest edge of the frame in pixels; `nil` for no limit.
  ///   - maximumPixels: the maximum number of pixels of the frame.
  ///   - margin: as in `MirrorPadding`.
  ///   - canPass: whether a picture that already has the aspect ratio can stay as it is encoded. Default:
  ///     `true`.
  init(
    mirroring source: PixelSize, isOnItsSide: Bool, to answer: PixelSize, longestEdge limit: Int?,
    maximumPixels: Int, margin: Double, canPass: Bool = true, canShrinkOnLoad: Bool
  ) {
    let upright = isOnItsSide ? source.transposed : source
    let shape = Double(answer.longestEdge) / Double(min(answer.width, answer.height))
    let maximum = max(1, Int((Double(maximumPixels) * shape).squareRoot() - shape))
    let limit = min(limit ?? .max, maximum)
    var framed = MirroredFrame(upright, to: answer, longestEdge: limit, margin: 0)
    if !canPass || framed.frame != upright, margin > 0 {
      framed = MirroredFrame(upright, to: answer, longestEdge: limit, margin: margin)
    }
    self.init(source, isOnItsSide, scaled: framed.scaled, frame: framed.frame, canShrinkOnLoad)
  }
}

/// The upright sizes of a scaled picture and its frame.
private struct MirroredFrame {
  let scaled: PixelSize
  let frame: PixelSize

  init(_ upright: PixelSize, to answer: PixelSize, longestEdge limit: Int, margin: Double) {
    // The following code turns both so that the frame is wider than the picture with its margins. The frame
    // then has the height of the picture with its margins.
    let edge = 2 * margin * Double(upright.longestEdge)
    let (width, height) = (Double(upright.width) + edge, Double(upright.height) + edge)
    let isTurned = width * Double(answer.height) > height * Double(answer.width)
    let (picture, answer) =
      isTurned ? (upright.transposed, answer.transposed) : (upright, answer)
    let (across, along) = isTurned ? (width, height) : (height, width)
    let framedAlong = max(along, across * Double(answer.width) / Double(answer.height))
    let factor = min(1, Double(limit) / max(across, framedAlong))

    // Round so that the frame is too wide rather than too high: a model that crops it to its aspect ratio
    // then removes only padding.
    let highest = max(1, min(limit, limit * answer.height / answer.width))
    let rows = min(highest, max(1, Int((across * factor).rounded())))
    let columns = min(limit, (rows * answer.width + answer.height - 1) / answer.height)
    let own = PixelSize(
      width: min(columns, Int((Double(picture.width) * factor).rounded())),
      height: min(rows, Int((Double(picture.height) * factor).rounded())))
    var frame = PixelSize(width: columns, height: rows)
    // Half a pixel on either side, across or along, is no reason to encode a picture again.
    let isShaped = columns - own.width <= 1 && own.width * answer.height >= (rows - 1) * answer.width
    if own == picture, rows == own.height, isShaped { frame = own }
    scaled = isTurned ? own.transposed : own
    self.frame = isTurned ? frame.transposed : frame
  }
}

extension FitPlan {
  /// Plans the geometry of the part that is sent.
  ///
  /// - Parameters:
  ///   - sent: the header of that part.
  ///   - limit: the maximum longest edge in pixels.
  ///   - answer: the size to whose aspect ratio the picture is padded; `nil` for no padding.
  ///   - whole: the upright size of the whole picture.
  init(
    _ sent: PictureStructure, _ limit: Int, _ ratio: AspectRatio?, _ answer: PixelSize?,
    in whole: PixelSize, _ options: PreparationOptions, canShrinkOnLoad: Bool
  ) {
    let isOnItsSide = sent.orientation >= 5
    guard let answer else {
      self.init(
        sent.size, isOnItsSide: isOnItsSide, longestEdge: limit, fit: options.fit, ratio: ratio,
        canShrinkOnLoad: canShrinkOnLoad)
      return
    }
    let hasContext = options.region?.grown(by: 1).isInside(whole) ?? false
    let isPart = sent.uprightSize != whole
    self.init(
      mirroring: sent.size, isOnItsSide: isOnItsSide, to: answer, longestEdge: limit,
      maximumPixels: options.maximumPixels, margin: hasContext ? 0 : options.mirrorPadding?.margin ?? 0,
      canPass: !isPart, canShrinkOnLoad: canShrinkOnLoad)
  }
}
