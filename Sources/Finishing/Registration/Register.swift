import Imaging
import Vocabulary

/// How a result lies on its original.
struct Registration: Sendable, Equatable {
  /// From the result's pixels to the original's.
  let map: AffineMap
  /// How far blocks that agree with it still lie from it: the root of the mean square, in the original's pixels.
  let residual: Double
  /// The share of the blocks with something to see in them that agree.
  let agreement: Double
  /// Whether enough of the picture agrees, and the map is one that such models make.
  let isTrusted: Bool
}

/// Finds how the result lies on its original, by blocks of one that are looked for in the other, on pictures from small to
/// large. What the model has changed does not agree and does not count; brightness and colour do not matter.
///
/// - Parameters:
///   - result: upright, in sRGB, in memory.
///   - original: the same.
///   - start: how it should lie.
func register(
  _ result: borrowing Image, on original: borrowing Image, startingFrom start: AffineMap
) throws(ImagingError) -> Registration {
  let pyramid = Pyramid(original.size)
  var map = start
  var fit: PairFit?
  var blocks = 0
  for level in pyramid.levels {
    let reference = try original.shared().resized(to: level.size).grey()
    let toLevel = AffineMap.stretch(original.size, to: level.size)
    let laid = try laid(result, by: map.then(toLevel), into: level.size).grey()
    let pairs: [PairFit.Pair]
    (pairs, blocks) = level.pairs(of: reference, with: laid)
    // The smallest may show too little to begin with.
    if blocks == 0 { continue }
    fit = PairFit(pairs, tolerance: level.tolerance, level.freedom)
    guard let fit, let back = toLevel.inverse else { break }
    map = map.then(toLevel).then(fit.map).then(back)
  }
  guard let fit, let finest = pyramid.levels.last else {
    return Registration(map: start, residual: 0, agreement: 0, isTrusted: false)
  }
  let scale = Double(original.size.longestEdge) / Double(finest.size.longestEdge)
  let agreement = Double(fit.inliers.count) / Double(max(1, blocks))
  let isLikely = isLikely(start.inverse.map { $0.then(map) }, original.size)
  return Registration(
    map: map, residual: fit.residual * scale, agreement: agreement,
    isTrusted: isLikely && agreement >= leastAgreement && fit.inliers.count >= leastBlocks)
}

/// As much as that has to agree: two fifths of a picture may be changed, and there is always some that looks alike elsewhere.
private let leastAgreement = 0.3
private let leastBlocks = 10

/// Such models shift a picture by a few percent of its edge, and scale it by ten at most.
private func isLikely(_ change: AffineMap?, _ size: PixelSize) -> Bool {
  guard let change else { return false }
  let (width, height) = (Double(size.width), Double(size.height))
  let middle = change(width / 2, height / 2)
  let shift = max(abs(middle.x - width / 2) / width, abs(middle.y - height / 2) / height)
  let isScaleLikely = (0.8...1.25).contains(change.xx) && (0.8...1.25).contains(change.yy)
  return shift < 0.12 && isScaleLikely && abs(change.xy) < 0.1 && abs(change.yx) < 0.1
}

/// The sizes at which pictures are compared, from small to large.
private struct Pyramid {
  /// Large enough for a tenth of a pixel; the map found here holds for every size.
  private static let largest = 1_536
  private static let smallest = 128

  let levels: [Level]

  init(_ size: PixelSize) {
    let largest = min(Self.largest, size.longestEdge)
    var edges: [Int] = []
    // A long picture is narrow: the short edge has to hold some blocks.
    let shape = Double(size.longestEdge) / Double(max(1, min(size.width, size.height)))
    var edge = min(max(Self.smallest, Int(Double(Self.smallest / 2) * shape)), largest)
    while edge < largest {
      edges.append(edge)
      edge *= 2
    }
    edges.append(largest)
    levels = edges.enumerated().map { position, edge in
      Level(size: size.scaled(toLongestEdge: edge), isFirst: position == 0)
    }
  }
}

/// One size, and how blocks are looked for at it.
private struct Level {
  let size: PixelSize
  let isFirst: Bool

  /// At first the whole shift and scale, later what the level before could not see.
  private var reach: Int { isFirst ? min(64, size.longestEdge * 2 / 15) : 5 }
  private var edge: Int { isFirst ? 24 : 40 }
  var tolerance: Double { isFirst ? 2.5 : 1 }
  var freedom: PairFit.Freedom { isFirst ? .similarity : .affine }

  private static let mostBlocksInARow = 16
  /// Flat blocks lie anywhere.
  private static let leastContrast = 4.0
  private static let leastScore = 0.5

  /// Where the blocks of the original were found in the result, and where they belong; and how many were looked for.
  func pairs(of reference: GreyPixels, with laid: GreyPixels) -> (found: [PairFit.Pair], blocks: Int) {
    var pairs: [PairFit.Pair] = []
    var blocks = 0
    for top in positions(size.height) {
      for left in positions(size.width) {
        guard reference.contrast(left: left, top: top, edge: edge) >= Self.leastContrast else { continue }
        blocks += 1
        guard let match = reference.find(left: left, top: top, edge: edge, in: laid, reach: reach),
          match.score >= Self.leastScore
        else { continue }
        let middle = Double(edge) / 2
        let place = PairFit.Point(x: Double(left) + middle, y: Double(top) + middle)
        pairs.append(
          PairFit.Pair(from: PairFit.Point(x: place.x + match.dx, y: place.y + match.dy), to: place))
      }
    }
    return (pairs, blocks)
  }

  private func positions(_ length: Int) -> [Int] {
    let last = length - edge
    guard last > 0 else { return last == 0 ? [0] : [] }
    let step = max(edge / 2, last / (Self.mostBlocksInARow - 1))
    return Array(stride(from: 0, through: last, by: step))
  }
}
