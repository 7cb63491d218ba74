import Finishing
import Imaging
import PictureFormats
import Core

/// Detects what a model has changed: a mask over the part of the original that its result shows, with soft
/// edges that leave room around what differs.
///
/// Models redraw every texture, so single pixels prove nothing. An area counts when enough of it differs
/// clearly, together with all around it that still differs slightly.
///
/// - Parameters:
///   - result: the result, in the original's colors.
///   - map: the map from the result's pixels to the reference's.
/// - Returns: `nil` when most of the picture is changed: the result is another picture then, and no part of
///   the original belongs in it.
func changes(
  in result: borrowing Image, _ map: AffineTransform, against reference: borrowing Image,
  _ findings: inout Findings
) throws(ImagingError) -> Mask? {
  let size =
    reference.size.longestEdge > ChangeMap.longestEdge
    ? reference.size.scaled(toLongestEdge: ChangeMap.longestEdge) : reference.size
  let toSize = map.then(.stretch(reference.size, to: size))
  let own = try warp(result, by: toSize, into: size).opaque().blurred(sigma: 1).copiedToMemory()
  let before = try reference.shared().resized(to: size).blurred(sigma: 1).copiedToMemory()
  var differences = try before.differences(from: own)
  // Where the result does not reach, and within the radius of the blur, changes cannot be measured.
  let shown = toSize.shows(result.size, over: size)
  for place in differences.indices where !isWithin(shown, size, place, 3) { differences[place] = 0 }
  let map = ChangeMap(differences, size)
  guard map.share <= ChangeMap.maximumChanged else {
    findings.warnings.append(.changedMostly)
    return nil
  }
  return try Mask(
    Image.fromPixels(map.mask, size: size, bands: 1).blurred(sigma: map.margin / 3).copiedToMemory())
}

/// Whether everything within `distance` pixels of a pixel, horizontally and vertically, is shown, as far as
/// it is in the frame.
private func isWithin(_ shown: [Bool], _ size: PixelSize, _ place: Int, _ distance: Int) -> Bool {
  let (x, y) = (place % size.width, place / size.width)
  let (left, right) = (max(0, x - distance), min(size.width - 1, x + distance))
  let (top, bottom) = (max(0, y - distance), min(size.height - 1, y + distance))
  return shown[y * size.width + left] && shown[y * size.width + right] && shown[top * size.width + x]
    && shown[bottom * size.width + x]
}

/// A map of the changed pixels.
struct ChangeMap {
  /// Fine enough to follow the outline of an object, coarse enough not to see every redrawn leaf.
  static let longestEdge = 768
  /// Above this share of changed pixels it is no longer the same picture.
  static let maximumChanged = 0.6
  /// A CIEDE2000 difference that no viewer overlooks, and one that is visible where two areas meet.
  private static let clear: Float = 9
  private static let slight: Float = 4
  /// A smaller share of the picture is grain.
  private static let least = 1.0 / 8_000

  private let size: PixelSize
  private let isChanged: [Bool]
  /// How far around the changed pixels the result is also used, in pixels.
  let margin: Double

  init(_ differences: [Float], _ size: PixelSize) {
    self.size = size
    margin = max(2, Double(size.longestEdge) / 100)
    // A small difference everywhere, because the picture is drawn softer or sharper, is not a change. When as
    // much as allowed is changed, this is about the median of the unchanged rest.
    let usual = differences.sorted()[differences.count / 5]
    let clear = min(max(Self.clear, 4 * usual), 2 * Self.clear)
    let slight = min(max(Self.slight, 2 * usual), 2 * Self.slight)
    isChanged = Self.areas(differences, size, clear: clear, slight: slight)
  }

  /// The connected areas of slight differences in which enough pixels differ clearly.
  private static func areas(
    _ differences: [Float], _ size: PixelSize, clear: Float, slight: Float
  ) -> [Bool] {
    var isChanged = [Bool](repeating: false, count: differences.count)
    var isSeen = isChanged
    let least = max(4, Int(Double(size.pixelCount) * Self.least))
    for start in differences.indices where differences[start] > clear && !isSeen[start] {
      var area = [start]
      isSeen[start] = true
      var (next, clearPixels) = (0, 0)
      while next < area.count {
        let place = area[next]
        next += 1
        if differences[place] > clear { clearPixels += 1 }
        forEachNeighbor(of: place, size) { neighbor in
          guard !isSeen[neighbor], differences[neighbor] > slight else { return }
          isSeen[neighbor] = true
          area.append(neighbor)
        }
      }
      if clearPixels >= least { for place in area { isChanged[place] = true } }
    }
    return isChanged
  }

  private static func forEachNeighbor(of place: Int, _ size: PixelSize, _ body: (Int) -> Void) {
    let x = place % size.width
    if x > 0 { body(place - 1) }
    if x < size.width - 1 { body(place + 1) }
    if place >= size.width { body(place - size.width) }
    if place + size.width < size.pixelCount { body(place + size.width) }
  }

  /// The share of changed pixels, 0…1.
  var share: Double { Double(isChanged.count(where: \.self)) / Double(max(1, isChanged.count)) }

  /// 255 where the picture is changed, and around it as far as needed for a softened edge to keep all of it.
  var mask: [UInt8] {
    let reach = Int(margin.rounded(.up))
    let rows = spread(isChanged, reach, count: size.width, step: 1, lines: size.height, lineStep: size.width)
    let both = spread(rows, reach, count: size.height, step: size.width, lines: size.width, lineStep: 1)
    return both.map { $0 ? 255 : 0 }
  }

  /// Dilates the set flags along one direction.
  private func spread(
    _ flags: [Bool], _ reach: Int, count: Int, step: Int, lines: Int, lineStep: Int
  ) -> [Bool] {
    var wide = flags
    for line in 0..<lines {
      let start = line * lineStep
      var last = -reach - 1
      for at in 0..<count {
        if flags[start + at * step] { last = at }
        if at - last <= reach { wide[start + at * step] = true }
      }
      last = count + reach + 1
      for at in (0..<count).reversed() {
        if flags[start + at * step] { last = at }
        if last - at <= reach { wide[start + at * step] = true }
      }
    }
    return wide
  }
}
