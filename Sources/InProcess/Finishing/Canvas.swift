import Finishing
import Imaging
import PictureFormats
import Core

/// The canvas of a finished picture, onto which the result is warped and composited.
struct Canvas {
  /// The size of the finished picture.
  let size: PixelSize
  /// The part of the canvas that the result shows.
  let area: PixelArea
  /// The map from the result's pixels to those of `area`.
  let map: AffineTransform
  private let crop: OriginalCrop
  private let original: PixelSize
  private let isOriginals: Bool

  init(_ crop: OriginalCrop, _ place: Placement, _ original: PixelSize, _ options: FinishingOptions) {
    self.crop = crop
    self.original = original
    isOriginals = options.hasOriginalsSize
    // Without an exact size to meet, the result keeps its own resolution.
    area =
      isOriginals
      ? crop.area
      : PixelArea(crop.area.size.scaled(by: 1 / abs(place.start.determinant).squareRoot()))
    size = isOriginals ? original : area.size
    map = place.map.then(.stretch(crop.area.size, to: area.size))
  }

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

  /// Composites the result over the original.
  ///
  /// - Parameter warped: the result, warped into `area`.
  func composed(
    _ warped: consuming Image, _ limits: consuming Image?, over originalImage: borrowing OriginalImage
  ) throws(ImagingError) -> Image {
    guard let limits else { return warped }
    let under = try part(of: originalImage)
    let bands = warped.hasAlpha || under.hasAlpha ? 4 : 3
    var over = try warped.widened(toBands: bands)
    if let space = originalImage.space { over = try over.fromSRGB(to: space) }
    if originalImage.isDeep { over = try over.deepened() }
    if area != PixelArea(size) { over = try over.embedded(in: size, left: area.left, top: area.top) }
    return try over.blended(over: originalImage.isDeep ? under : under.widened(toBands: bands), mask: limits)
  }

  /// Replaces the picture's alpha with the original's.
  func restoringAlpha(
    of originalImage: borrowing OriginalImage, in picture: consuming Image
  ) throws(ImagingError) -> Image {
    let under = try part(of: originalImage)
    guard under.hasAlpha else { return picture.hasAlpha ? try picture.withoutAlpha() : picture }
    let opaque = picture.hasAlpha ? try picture.withoutAlpha() : try picture.widened(toBands: 3)
    return try opaque.with(alpha: under.alpha())
  }

  /// The part of the original under the canvas, in the canvas's size.
  private func part(of originalImage: borrowing OriginalImage) throws(ImagingError) -> Image {
    let picture = try originalImage.picture()
    guard !isOriginals else { return picture }
    let cropped =
      crop.area == PixelArea(original)
      ? picture : try picture.cropped(left: crop.area.left, top: crop.area.top, to: crop.area.size)
    return try cropped.resized(to: size)
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
