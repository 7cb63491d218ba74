import Imaging
import Vocabulary

/// Where a result may change its original: 255 where it may, 0 where it must not. In memory, to be used more than once.
final class Mask {
  private let picture: Image
  /// Nothing may be changed.
  let isEmpty: Bool

  init(_ picture: consuming Image) throws(ImagingError) {
    let pixels = try picture.pixels()
    isEmpty = pixels.allSatisfy { $0 == 0 }
    self.picture = picture
  }

  /// By a picture's brightness; what is transparent counts as black.
  convenience init?(_ file: ResultInspection.Original?) throws(ImagingError) {
    guard let file else { return nil }
    let picture = try decodeUpright(file.bytes, file.structure)
    let flat = picture.hasAlpha ? try picture.flattened(onto: RGBColour(red: 0, green: 0, blue: 0)) : picture
    let grey = try flat.grey()
    try self.init(Image.fromPixels(grey.pixels, size: grey.size, bands: 1))
  }

  func image() -> Image { picture.shared() }
}
