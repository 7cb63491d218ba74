import Finishing
import Imaging
import PictureFormats
import Core

extension Compose {
  /// Composites the result over the original.
  ///
  /// - Parameters:
  ///   - warped: the result, warped into the canvas's `area`.
  ///   - limits: the alpha, as from `Canvas.limits`; `nil`: the result covers everything.
  func apply(
    _ warped: consuming Image, on canvas: Canvas, _ limits: consuming Image?,
    over originalImage: borrowing OriginalImage
  ) throws(ImagingError) -> Image {
    guard let limits else { return warped }
    let (area, size) = (canvas.area, canvas.size)
    let under = try canvas.part(of: originalImage)
    let bands = warped.hasAlpha || under.hasAlpha ? 4 : 3
    var over = try warped.widened(toBands: bands)
    if let space = originalImage.space { over = try over.fromSRGB(to: space) }
    if originalImage.isDeep { over = try over.deepened() }
    if area != PixelArea(size) { over = try over.embedded(in: size, left: area.left, top: area.top) }
    return try over.blended(over: originalImage.isDeep ? under : under.widened(toBands: bands), mask: limits)
  }
}

extension Canvas {
  /// The alpha with which the result is composited over the original; `nil` when it is opaque everywhere.
  ///
  /// - Parameter changes: the changed areas, over the part that the result shows.
  func limits(
    _ result: PixelSize, _ mask: Mask?, _ changes: Mask?, _ options: FinishingOptions
  ) throws(ImagingError) -> Image? {
    var limits = Limits()
    if let covered = CoveredArea(map, result, area, on: size) {
      try limits.add(Image.mask(size, covered.area, feather: covered.feather))
    }
    if let region = options.region {
      let feather = options.feather ?? Self.feather(for: region.size)
      try limits.add(Image.mask(size, region.grown(by: feather), feather: feather))
    }
    if let mask {
      try limits.add(mask.image(size, feather: options.region == nil ? options.feather ?? 0 : 0))
    }
    if let changes = changes?.image() {
      let own = try warp(changes, by: .stretch(changes.size, to: area.size), into: area.size)
      try limits.add(area == PixelArea(size) ? own : own.embedded(in: size, left: area.left, top: area.top))
    }
    return limits.taken()
  }

  /// Where nothing of the result shows, over `area`, at the size `small`.
  ///
  /// - Parameter limits: the alpha, as from `limits`.
  func kept(_ limits: consuming Image?, _ small: PixelSize) throws(ImagingError) -> [Bool]? {
    guard let limits else { return nil }
    let part =
      area == PixelArea(size)
      ? limits : try limits.cropped(left: area.left, top: area.top, to: area.size)
    return try part.resized(to: small).pixels().map { $0 == 0 }
  }

  /// How far the result stays away from the edges of the area where it may show; `nil` when it reaches all of
  /// them.
  func uncovered(
    _ result: PixelSize, _ mask: Mask?, _ changes: Mask?, _ options: FinishingOptions
  ) throws(ImagingError) -> Findings.Uncovered? {
    guard let covered = CoveredArea(map, result, area, on: size)?.area else { return nil }
    let region = options.region ?? PixelArea(size)
    let masked = try mask.map { mask throws(ImagingError) in try mask.extent(over: PixelArea(size)) }
    guard let wanted = masked.map({ $0?.intersection(region) }) ?? region else { return nil }
    var missing = Findings.Uncovered(of: wanted, by: covered)
    // Where the area up to an edge of the result is unchanged, the original continues it.
    if let changes { missing.keep(onlyBeside: try changes.extent(over: area), covered) }
    return missing == Findings.Uncovered() ? nil : missing
  }

  /// A feather of a sixteenth of the region hides a seam, and more than 64 pixels hide it hardly better.
  private static func feather(for region: PixelSize) -> Int {
    min(64, min(region.width, region.height) / 16)
  }
}

/// The product of masks that all apply.
private struct Limits: ~Copyable {
  private var product: Image?

  mutating func add(_ mask: consuming Image) throws(ImagingError) {
    guard let before = product.take() else {
      product = consume mask
      return
    }
    let both = try mask.multiplied(by: before)
    product = consume both
  }

  consuming func taken() -> Image? { product }
}

extension Findings.Uncovered {
  fileprivate init(of wanted: PixelArea, by covered: PixelArea) {
    self.init()
    let (width, height) = (wanted.size.width, wanted.size.height)
    left = max(0, min(width, covered.left - wanted.left))
    top = max(0, min(height, covered.top - wanted.top))
    right = max(0, min(width, wanted.right - covered.right))
    bottom = max(0, min(height, wanted.bottom - covered.bottom))
  }

  /// Keeps only the uncovered edges that changed content reaches.
  ///
  /// - Parameter changed: the extent of what is changed; `nil`: nothing is.
  fileprivate mutating func keep(onlyBeside changed: PixelArea?, _ covered: PixelArea) {
    let changed = changed ?? covered
    if changed.left >= covered.left { left = 0 }
    if changed.top >= covered.top { top = 0 }
    if changed.right <= covered.right { right = 0 }
    if changed.bottom <= covered.bottom { bottom = 0 }
  }
}
