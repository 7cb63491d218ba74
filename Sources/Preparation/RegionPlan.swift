package import Core

/// Determines the part of a picture that is sent when only a region of it is edited. Pure arithmetic.
struct RegionPlan {
  /// The region with its surroundings, in the pixels of the upright picture.
  package let cut: PixelArea
  /// The maximum longest edge of the part that is sent, in pixels; `nil` for no limit.
  package let longestEdge: Int?

  /// - Parameters:
  ///   - region: the region, inside the picture.
  ///   - picture: the upright size of the picture.
  ///   - sizes: the sizes that the model can return.
  init(_ region: PixelArea, in picture: PixelSize, sizes: [PixelSize]) {
    let wanted = region.grown(by: Self.context(of: region.size)).intersection(PixelArea(picture)) ?? region
    let choices = sizes.compactMap { Choice($0, for: wanted.size, least: region.size, in: picture) }
    // First criterion: how much of the surroundings is missing. Second: as many of the model's pixels as
    // possible per pixel of the picture, of which one is enough. Third: the distance from the wanted aspect
    // ratio.
    let order = { (choice: Choice) in (choice.shortage, max(1, choice.scale), choice.distortion) }
    guard let best = choices.min(by: { order($0) < order($1) }) else {
      (cut, longestEdge) = (wanted, sizes.map(\.longestEdge).max())
      return
    }
    // Centered on the region, but inside the picture.
    let left = region.left + (region.size.width - best.size.width) / 2
    let top = region.top + (region.size.height - best.size.height) / 2
    cut = PixelArea(
      left: min(max(0, left), picture.width - best.size.width),
      top: min(max(0, top), picture.height - best.size.height), size: best.size)
    longestEdge = best.native.longestEdge
  }

  /// The width of the surroundings on every side: a quarter of the region's longest edge, at least 16 pixels.
  /// A model needs to see what the region belongs to.
  private static func context(of region: PixelSize) -> Int {
    max(16, (max(region.width, region.height) + 3) / 4)
  }

  /// A crop with the aspect ratio of one of the model's sizes.
  private struct Choice {
    /// The model's size.
    let native: PixelSize
    /// The size of the crop.
    let size: PixelSize
    /// The picture's pixels per pixel of the model's, along an edge; less than one if the picture is too
    /// small.
    let scale: Double
    /// The fraction of the wanted width or height that is missing, whichever is larger.
    let shortage: Double
    /// The ratio between its aspect ratio and the wanted one, at least 1.
    let distortion: Double

    /// - Returns: `nil` when the picture is too small for the crop to contain the region.
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
  /// The area in the stored picture that corresponds to this area of the upright one, for an EXIF
  /// orientation.
  ///
  /// - Parameter stored: the size of the whole picture as stored.
  package func stored(_ orientation: Int, in stored: PixelSize) -> PixelArea {
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
