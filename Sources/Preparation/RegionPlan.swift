import Core

/// Which part of a picture is sent where only a region of it is to be edited. Pure arithmetic.
struct RegionPlan {
  /// The region with what is around it, in the upright picture's pixels.
  let cut: PixelArea
  /// The longest edge of what is sent.
  let longestEdge: Int?

  /// - Parameters:
  ///   - region: inside the picture.
  ///   - picture: upright.
  ///   - sizes: what the model can give.
  init(_ region: PixelArea, in picture: PixelSize, sizes: [PixelSize]) {
    let wanted = region.grown(by: Self.context(of: region.size)).intersection(PixelArea(picture)) ?? region
    let choices = sizes.compactMap { Choice($0, for: wanted.size, least: region.size, in: picture) }
    // What is around it first; then as many of the model's pixels as there can be for each of the picture's, of which one is enough;
    // then the shape that is nearest to what is wanted.
    let order = { (choice: Choice) in (choice.shortage, max(1, choice.scale), choice.distortion) }
    guard let best = choices.min(by: { order($0) < order($1) }) else {
      (cut, longestEdge) = (wanted, sizes.map(\.longestEdge).max())
      return
    }
    // Around the region's middle, but inside the picture.
    let left = region.left + (region.size.width - best.size.width) / 2
    let top = region.top + (region.size.height - best.size.height) / 2
    cut = PixelArea(
      left: min(max(0, left), picture.width - best.size.width),
      top: min(max(0, top), picture.height - best.size.height), size: best.size)
    longestEdge = best.native.longestEdge
  }

  /// A model needs to see what the region belongs to: a quarter of it on every side.
  private static func context(of region: PixelSize) -> Int {
    max(16, (max(region.width, region.height) + 3) / 4)
  }

  /// A cut in the shape of one of the model's sizes.
  private struct Choice {
    let native: PixelSize
    let size: PixelSize
    /// The picture's pixels for each of the model's, along an edge; less than one where the picture has no more.
    let scale: Double
    /// The share of the wanted width or height, whichever lacks more, that it does not show.
    let shortage: Double
    /// How far its shape is from the wanted one.
    let distortion: Double

    /// - Returns: `nil` when the picture has no room for it around the region.
    init?(_ native: PixelSize, for wanted: PixelSize, least: PixelSize, in picture: PixelSize) {
      let (width, height) = (Double(native.width), Double(native.height))
      let needed = max(1, Double(wanted.width) / width, Double(wanted.height) / height)
      let room = min(Double(picture.width) / width, Double(picture.height) / height)
      scale = min(needed, room)
      self.native = native
      size = PixelSize(
        width: min(picture.width, Int((width * scale).rounded())),
        height: min(picture.height, Int((height * scale).rounded())))
      guard size.width >= least.width, size.height >= least.height else { return nil }
      let shape = { (size: PixelSize) in Double(size.width) / Double(size.height) }
      distortion = max(shape(size) / shape(wanted), shape(wanted) / shape(size))
      shortage = max(
        0, 1 - Double(size.width) / Double(wanted.width), 1 - Double(size.height) / Double(wanted.height))
    }
  }
}

extension PixelArea {
  /// Where an area of the upright picture lies in the picture as it is stored, by its EXIF orientation.
  ///
  /// - Parameter stored: the whole picture's size as it is stored.
  func stored(_ orientation: Int, in stored: PixelSize) -> PixelArea {
    let isOnItsSide = orientation >= 5
    let (x, y) = isOnItsSide ? (top, left) : (left, top)
    let size = isOnItsSide ? size.transposed : size
    let mirrorsX = [2, 3, 7, 8].contains(orientation)
    let mirrorsY = [3, 4, 6, 7].contains(orientation)
    return PixelArea(
      left: mirrorsX ? stored.width - x - size.width : x,
      top: mirrorsY ? stored.height - y - size.height : y, size: size)
  }
}
