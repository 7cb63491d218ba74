import Finishing
import Imaging
import PictureFormats
import Core

/// The mask of where a result may change its original: 255 where it may, 0 where it must not. Held in memory,
/// to be used more than once.
final class Mask {
  private let picture: Image
  /// Nothing may change.
  let isEmpty: Bool
  /// Almost everything may change: at least 99 % of the pixels are 255.
  let coversAll: Bool

  init(_ picture: consuming Image) throws(ImagingError) {
    let pixels = try picture.pixels()
    isEmpty = pixels.allSatisfy { $0 == 0 }
    coversAll = pixels.count { $0 == 255 } >= pixels.count - pixels.count / 100
    self.picture = picture
  }

  convenience init?(_ file: ResultFacts.Original?, _ edits: MaskEdits) throws(ImagingError) {
    guard let file else { return nil }
    try self.init(decodeUpright(file.bytes, file.structure), edits)
  }

  /// Reads the mask from a picture's brightness, where transparent pixels count as black, or from its
  /// transparency.
  convenience init(_ picture: borrowing Image, _ edits: MaskEdits) throws(ImagingError) {
    let levels =
      switch edits {
      case .white: try Self.brightness(picture)
      case .transparent: try Self.transparency(picture)
      }
    try self.init(Image.fromPixels(levels.pixels, size: levels.size, bands: 1).settled().copiedToMemory())
  }

  private static func brightness(_ picture: borrowing Image) throws(ImagingError) -> GrayPixels {
    let black = RGBColor(red: 0, green: 0, blue: 0)
    return try (picture.hasAlpha ? picture.shared().flattened(onto: black) : picture.shared()).gray()
  }

  private static func transparency(_ picture: borrowing Image) throws(ImagingError) -> GrayPixels {
    let count = picture.size.pixelCount
    let pixels =
      picture.hasAlpha ? try picture.alpha().pixels().map { 255 - $0 } : Array(repeating: 0, count: count)
    return GrayPixels(size: picture.size, pixels: pixels)
  }

  func image() -> Image { picture.shared() }

  /// The mask at another size, with edges softened over `feather` pixels.
  func image(_ size: PixelSize, feather: Int) throws(ImagingError) -> Image {
    guard feather > 0 else {
      return size == picture.size ? image() : try image().resized(to: size).settled().copiedToMemory()
    }
    // A softened mask does not need every pixel, and blurring the whole would take time in proportion to the
    // feather.
    let scale = min(1, Double(Self.finest) / Double(feather))
    let small = try image().resized(to: size.scaled(by: scale))
      .blurred(sigma: max(0.5, Double(feather) * scale / 3)).copiedToMemory()
    return try small.resized(to: size).settled().copiedToMemory()
  }

  /// The smallest rectangle around all that may change, with the mask stretched over `frame`; `nil` when
  /// nothing may.
  func extent(over frame: PixelArea) throws(ImagingError) -> PixelArea? {
    let (pixels, size) = (try picture.pixels(), picture.size)
    let rows = (0..<size.height).filter { row in
      pixels[row * size.width..<(row + 1) * size.width].contains { $0 >= Self.least }
    }
    let columns = (0..<size.width).filter { column in
      rows.contains { pixels[$0 * size.width + column] >= Self.least }
    }
    guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last
    else { return nil }
    let toFrame = AffineTransform.stretch(size, to: frame.size)
    let (first, last) = (toFrame(Double(left), Double(top)), toFrame(Double(right + 1), Double(bottom + 1)))
    let (x, y) = (Int(first.x), Int(first.y))
    return PixelArea(
      left: x, top: y,
      size: PixelSize(
        width: min(frame.size.width, Int(last.x.rounded(.up))) - x,
        height: min(frame.size.height, Int(last.y.rounded(.up))) - y)
    ).moved(x: frame.left, y: frame.top)
  }

  /// Whether anything may change in a region, with the mask stretched over the original.
  func allowsChange(in region: MaskQuestion.Region) throws(ImagingError) -> Bool {
    let (pixels, size) = (try picture.pixels(), picture.size)
    let toMask = AffineTransform.stretch(region.original, to: size)
    let area = region.area
    let first = toMask(Double(area.left), Double(area.top))
    let last = toMask(Double(area.left + area.size.width), Double(area.top + area.size.height))
    let columns = max(0, Int(first.x))..<min(size.width, Int(last.x.rounded(.up)))
    let rows = max(0, Int(first.y))..<min(size.height, Int(last.y.rounded(.up)))
    return rows.contains { row in columns.contains { pixels[row * size.width + $0] >= Self.least } }
  }

  /// Lower levels come from compression and resampling.
  private static let least: UInt8 = 16

  /// A feather of more pixels looks no softer, so the mask is reduced until its feather has this many.
  private static let finest = 24
}
