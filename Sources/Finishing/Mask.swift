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
    try self.init(Image.fromPixels(grey.pixels, size: grey.size, bands: 1).settled().realised())
  }

  func image() -> Image { picture.shared() }

  /// In another size, with edges that go over within so many pixels.
  func image(_ size: PixelSize, feather: Int) throws(ImagingError) -> Image {
    guard feather > 0 else {
      return size == picture.size ? image() : try image().resized(to: size).settled().realised()
    }
    // What is going to be soft does not need every pixel; a blur of the whole would take as long as it is wide.
    let scale = min(1, Double(Self.finest) / Double(feather))
    let small = try image().resized(to: size.scaled(by: scale))
      .blurred(sigma: max(0.5, Double(feather) * scale / 3)).realised()
    return try small.resized(to: size).settled().realised()
  }

  /// Over so many pixels an edge goes over as softly as over more.
  private static let finest = 24
}
