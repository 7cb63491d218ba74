import Finishing
import Imaging
import PictureFormats
import Core

/// Where a result may change its original: 255 where it may, 0 where it must not. In memory, to be used more than once.
final class Mask {
  private let picture: Image
  /// Nothing may be changed.
  let isEmpty: Bool
  /// Next to everything may be changed.
  let coversAll: Bool

  init(_ picture: consuming Image) throws(ImagingError) {
    let pixels = try picture.pixels()
    isEmpty = pixels.allSatisfy { $0 == 0 }
    coversAll = pixels.count { $0 == 255 } >= pixels.count - pixels.count / 100
    self.picture = picture
  }

  convenience init?(_ file: ResultInspection.Original?, _ edits: MaskEdits) throws(ImagingError) {
    guard let file else { return nil }
    try self.init(decodeUpright(file.bytes, file.structure), edits)
  }

  /// By a picture's brightness, where what is transparent counts as black; or by its transparency.
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

  /// In another size, with edges that go over within so many pixels.
  func image(_ size: PixelSize, feather: Int) throws(ImagingError) -> Image {
    guard feather > 0 else {
      return size == picture.size ? image() : try image().resized(to: size).settled().copiedToMemory()
    }
    // What is going to be soft does not need every pixel; a blur of the whole would take as long as it is wide.
    let scale = min(1, Double(Self.finest) / Double(feather))
    let small = try image().resized(to: size.scaled(by: scale))
      .blurred(sigma: max(0.5, Double(feather) * scale / 3)).copiedToMemory()
    return try small.resized(to: size).settled().copiedToMemory()
  }

  /// The smallest rectangle around all that may be changed, where the mask lies over `frame`; `nil` when nothing may.
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

  /// Levels below it come of coding and resampling.
  private static let least: UInt8 = 16

  /// Over so many pixels an edge goes over as softly as over more.
  private static let finest = 24
}
