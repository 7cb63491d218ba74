import Finishing
package import Imaging
package import PictureFormats
package import Core

/// The position of a result relative to its original.
package struct Registration: Sendable, Equatable {
  /// From the result's pixels to the original's.
  package let map: AffineTransform
  /// The remaining displacement of blocks that agree: root mean square, in the original's pixels.
  package let residual: Double
  /// The uncertainty of the corners, by what the picture shows: one standard deviation, in the original's
  /// pixels.
  package let uncertainty: Double
  /// The share of agreeing blocks among those with enough contrast.
  package let agreement: Double
  /// Whether enough of the picture agrees, and such models make maps like this.
  package let isTrusted: Bool
}

/// Registers a result on its original: first by matching blocks on small pictures, then by brightness
/// gradients on larger and larger ones. What the model has changed does not agree and does not count.
/// Brightness and color do not matter.
///
/// - Parameters:
///   - result: upright, in sRGB, in memory.
///   - original: upright, in sRGB, in memory.
///   - start: the expected position.
package func register(
  _ result: borrowing Image, on original: borrowing Image, startingFrom start: AffineTransform
) throws(ImagingError) -> Registration {
  let pyramid = Pyramid(original.size, result.size, start)
  let coarse = try Level(result, original, pyramid.further[0], start)
  var candidate: (map: AffineTransform, fit: DisplacementFit)?
  for scale in scales where candidate?.fit.support ?? 0 < certain {
    let found = try search(result, original, pyramid.first, startingFrom: start, scale: scale)
    guard let fit = found.map({ coarse.fit($0, startingFrom: start) }) else { continue }
    if fit.fit.support > candidate?.fit.support ?? 0 { candidate = fit }
  }
  guard var best = candidate else {
    return Registration(map: start, residual: 0, uncertainty: .infinity, agreement: 0, isTrusted: false)
  }
  var agreement = best.fit.agreement
  for size in pyramid.further.dropFirst() {
    best = try Level(result, original, size, best.map).fit(best.map, startingFrom: start)
    // At larger sizes the redrawn textures of models count as differences.
    if size.longestEdge <= Pyramid.judged { agreement = best.fit.agreement }
  }
  let scale = Double(original.size.longestEdge) / Double(pyramid.finest.longestEdge)
  let isLikely = isLikely(start.inverse.map { $0.then(best.map) }, original.size)
  return Registration(
    map: best.map, residual: best.fit.residual * scale, uncertainty: best.fit.uncertainty * scale,
    agreement: agreement,
    isTrusted: isLikely && agreement >= leastAgreement && best.fit.uncertainty <= maximumUncertainty)
}

/// Block matching tolerates only a limited difference in scale.
private let scales = [1, 1 / 1.08, 1.08]
/// At this support no better candidate is searched for.
private let certain = 0.75
/// The share of blocks that must agree: two fifths of a picture may be changed, and some blocks always look
/// alike elsewhere.
private let leastAgreement = 0.3
/// In pixels of the largest pictures that are compared.
private let maximumUncertainty = 1.0

/// Whether models make such a change: they shift a picture by a few percent of its edge, and scale it by ten
/// percent at most.
private func isLikely(_ change: AffineTransform?, _ size: PixelSize) -> Bool {
  guard let change else { return false }
  let (width, height) = (Double(size.width), Double(size.height))
  let middle = change(width / 2, height / 2)
  let shift = max(abs(middle.x - width / 2) / width, abs(middle.y - height / 2) / height)
  let isScaleLikely = (0.8...1.25).contains(change.xx) && (0.8...1.25).contains(change.yy)
  return shift < 0.12 && isScaleLikely && abs(change.xy) < 0.1 && abs(change.yx) < 0.1
}

/// The sizes at which the pictures are compared, from small to large.
private struct Pyramid {
  /// Large enough for a tenth of a pixel. The map found at this size holds for every size.
  private static let largest = 1_536
  private static let smallest = 128
  /// The size at which the agreement of the pictures is judged.
  static let judged = 640

  /// The size for the search.
  let first: PixelSize
  /// The sizes for all that follows, at least one.
  let further: [PixelSize]
  let finest: PixelSize

  init(_ original: PixelSize, _ result: PixelSize, _ start: AffineTransform) {
    // Detail that the result does not show cannot be matched.
    let shown = Double(original.longestEdge) / max(1, abs(start.determinant).squareRoot())
    let largest = max(
      min(Self.largest, original.longestEdge, Int(shown)), min(Self.smallest, original.longestEdge))
    // A long picture is narrow: the short edge must hold several blocks.
    let shape = Double(original.longestEdge) / Double(max(1, min(original.width, original.height)))
    let least = min(max(Self.smallest, Int(Double(Self.smallest / 2) * shape)), largest)
    var edges: [Int] = []
    var edge = largest
    while edge > 2 * least {
      edges.append(edge)
      edge /= 2
    }
    edges.append(edge)
    first = original.scaled(toLongestEdge: least)
    further = edges.reversed().map { original.scaled(toLongestEdge: $0) }
    finest = original.scaled(toLongestEdge: largest)
  }
}

/// Both pictures at one size.
private struct Level {
  let size: PixelSize
  private let reference: GrayPixels
  private let picture: GrayPixels
  /// From the original's pixels to the reference's, and from the result's pixels to the picture's.
  private let toLevel: AffineTransform
  private let toPicture: AffineTransform

  private static let edge = 16
  private static let leastContrast = 3.0
  /// Grain and compression say nothing of positions, so a little smoothing removes them.
  private static let smoothing = 0.8

  init(
    _ result: borrowing Image, _ original: borrowing Image, _ size: PixelSize, _ map: AffineTransform
  ) throws(ImagingError) {
    self.size = size
    toLevel = .stretch(original.size, to: size)
    // A strip that is placed across another one is not enlarged without limit.
    let maximum = (4 * Double(size.pixelCount) / Double(result.size.pixelCount)).squareRoot()
    let pictureSize = result.size.scaled(by: min(maximum, abs(map.then(toLevel).determinant).squareRoot()))
    toPicture = .stretch(result.size, to: pictureSize)
    reference = try original.shared().resized(to: size).blurred(sigma: Self.smoothing).gray()
    picture = try result.shared().resized(to: pictureSize).blurred(sigma: Self.smoothing).gray()
  }

  /// Refines a map that is right to a few pixels to a fraction of a pixel, as far as this size shows it.
  ///
  /// - Parameter start: the expected position.
  func fit(_ map: AffineTransform, startingFrom start: AffineTransform) -> (
    map: AffineTransform, fit: DisplacementFit
  ) {
    var (map, fit) = refined(map, startingFrom: start)
    for _ in 1..<Self.rounds { (map, fit) = refined(map, startingFrom: start) }
    return (map, fit)
  }

  private static let rounds = 2

  private func refined(
    _ map: AffineTransform, startingFrom start: AffineTransform
  ) -> (map: AffineTransform, fit: DisplacementFit) {
    let here = toPicture.inverse.map { $0.then(map).then(toLevel) }
    let blocks =
      here?.inverse.map {
        reference.displacements(edge: Self.edge, contrast: Self.leastContrast, in: picture, by: $0)
      } ?? []
    // The correction made so far is the opposite of the displacement.
    let known = start.then(toLevel).inverse.map { $0.then(map).then(toLevel) } ?? .identity
    let taken = DisplacementFit.numbers(of: known, size).map { -$0 }
    let fit = DisplacementFit(blocks, size, known: taken)
    guard let back = fit.map.inverse, let out = toLevel.inverse else { return (map, fit) }
    return (map.then(toLevel).then(back).then(out), fit)
  }
}
