import Imaging
import PictureFormats
public import Core

/// How a picture is completed to exactly the shape of an answer, so that the answer shows all of it: continued beyond its edges as in
/// a mirror. What is added is taken off the answer again, by `ReferenceGeometry.shown`.
public struct MirrorPadding: Sendable, Codable, Hashable {
  /// The sizes in pixels that the answer may have; the one in which the picture is largest is taken. With none the picture stays as
  /// it is.
  public var sizes: [PixelSize]
  /// How much more there is on every side, as a share of the longest edge, so that an answer that is moved a little shows all of it,
  /// too. A picture that has the shape already, and need not be reduced, gets none; and a region that does not reach an edge of the
  /// picture has what is around it. 0…0.1; default: 0.
  public var margin: Double

  public init(_ sizes: [PixelSize], margin: Double = 0) {
    self.sizes = sizes
    self.margin = margin
  }

  /// The size in which a picture is largest.
  func size(for picture: PixelSize) -> PixelSize? {
    sizes.max { Self.scale(of: picture, in: $0) < Self.scale(of: picture, in: $1) }
  }

  private static func scale(of picture: PixelSize, in size: PixelSize) -> Double {
    min(
      Double(size.width) / Double(picture.width), Double(size.height) / Double(picture.height))
  }
}

extension FitPlan {
  /// Completes a picture to the shape of `answer`.
  ///
  /// - Parameters:
  ///   - source: the picture's size as it is stored.
  ///   - limit: the longest edge of the frame.
  ///   - maximumPixels: of the frame.
  ///   - margin: as in `MirrorPadding`.
  ///   - canPass: it may stay as it is coded where it has the shape already.
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

/// A picture and its frame, upright.
private struct MirroredFrame {
  let scaled: PixelSize
  let frame: PixelSize

  init(_ upright: PixelSize, to answer: PixelSize, longestEdge limit: Int, margin: Double) {
    // Seen so that the frame is wider than the picture with its margins, whose height it then has.
    let edge = 2 * margin * Double(upright.longestEdge)
    let (width, height) = (Double(upright.width) + edge, Double(upright.height) + edge)
    let isTurned = width * Double(answer.height) > height * Double(answer.width)
    let (picture, answer) =
      isTurned ? (upright.transposed, answer.transposed) : (upright, answer)
    let (across, along) = isTurned ? (width, height) : (height, width)
    let framedAlong = max(along, across * Double(answer.width) / Double(answer.height))
    let factor = min(1, Double(limit) / max(across, framedAlong))

    // Rounded so that the frame is rather too wide than too high: a model that cuts it to its shape then takes of what was added.
    let highest = max(1, min(limit, limit * answer.height / answer.width))
    let rows = min(highest, max(1, Int((across * factor).rounded())))
    let columns = min(limit, (rows * answer.width + answer.height - 1) / answer.height)
    let own = PixelSize(
      width: min(columns, Int((Double(picture.width) * factor).rounded())),
      height: min(rows, Int((Double(picture.height) * factor).rounded())))
    var frame = PixelSize(width: columns, height: rows)
    // Half a pixel on either side, across or along, is no reason to encode a picture anew.
    let isShaped = columns - own.width <= 1 && own.width * answer.height >= (rows - 1) * answer.width
    if own == picture, rows == own.height, isShaped { frame = own }
    scaled = isTurned ? own.transposed : own
    self.frame = isTurned ? frame.transposed : frame
  }
}

extension PreparationPlan {
  /// - Parameters:
  ///   - answer: the shape that the picture is completed to; `nil`: it is not.
  ///   - whole: the picture's size, upright, when a part of it is sent.
  static func fit(
    _ structure: PictureStructure, _ limit: Int, _ ratio: AspectRatio?, _ answer: PixelSize?,
    in whole: PixelSize, _ options: PreparationOptions, canShrinkOnLoad: Bool
  ) -> FitPlan {
    let isOnItsSide = structure.orientation >= 5
    guard let answer else {
      return FitPlan(
        structure.size, isOnItsSide: isOnItsSide, longestEdge: limit, fit: options.fit, ratio: ratio,
        canShrinkOnLoad: canShrinkOnLoad)
    }
    let hasContext = options.region?.grown(by: 1).isInside(whole) ?? false
    let isPart = structure.uprightSize != whole
    return FitPlan(
      mirroring: structure.size, isOnItsSide: isOnItsSide, to: answer, longestEdge: limit,
      maximumPixels: options.maximumPixels, margin: hasContext ? 0 : options.mirrorPadding?.margin ?? 0,
      canPass: !isPart, canShrinkOnLoad: canShrinkOnLoad)
  }

  static func frameStep(
    from scaled: PixelSize, to frame: PixelSize, _ ratio: AspectRatio?, _ answer: PixelSize?, _ fit: Fit
  ) -> PreparationStep {
    let reason =
      answer.map { "mirrored beyond its edges to the shape of \($0), so that the answer shows all of it" }
      ?? "shape \(ratio?.description ?? "")"
    let kind: PreparationStep.Kind = fit == .crop ? .crop : .pad
    return PreparationStep(kind, reason, before: "\(scaled)", after: "\(frame)")
  }
}
