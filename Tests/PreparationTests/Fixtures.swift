import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Core

/// A picture stored by a camera that was not held upright.
enum StoredOnItsSide {
  /// JPEG pixels that, turned by `orientation`, show the four quadrants of `Synthetic.fields`.
  ///
  /// EXIF (CIPA DC-008, tag Orientation) defines where the stored row 0 and column 0 are in the upright
  /// picture.
  static func fields(_ upright: PixelSize, _ orientation: Int) throws -> [UInt8] {
    let (source, _, _) = try decodedPixels(Synthetic.fields(upright))
    let stored = orientation >= 5 ? upright.transposed : upright
    var pixels = [UInt8](repeating: 0, count: stored.pixelCount * 3)
    let (right, bottom) = (upright.width - 1, upright.height - 1)
    for row in 0..<stored.height {
      for column in 0..<stored.width {
        let (x, y): (Int, Int) =
          switch orientation {
          case 2: (right - column, row)
          case 3: (right - column, bottom - row)
          case 4: (column, bottom - row)
          case 5: (row, column)
          case 6: (right - row, column)
          case 7: (right - row, bottom - column)
          case 8: (row, bottom - column)
          default: (column, row)
          }
        let (from, to) = ((y * upright.width + x) * 3, (row * stored.width + column) * 3)
        pixels.replaceSubrange(to..<to + 3, with: source[from..<from + 3])
      }
    }
    return try Image.fromPixels(pixels, size: stored, bands: 3)
      .encoded(as: .jpeg(quality: 95, halvedChroma: false)).array
  }
}

func prepare(
  _ bytes: [UInt8], _ change: (inout PreparationOptions) -> Void = { _ in }
) throws -> PreparedReference {
  var options = PreparationOptions()
  change(&options)
  return try prepareReference(PictureBytes(bytes), options: options)
}

/// The color at a point, given in fractions of the picture's size.
func color(_ bytes: [UInt8], x: Double, y: Double) throws -> [Int] {
  let (pixels, size, bands) = try decodedPixels(bytes)
  let at = (Int(y * Double(size.height)) * size.width + Int(x * Double(size.width))) * bands
  return pixels[at..<at + min(3, bands)].map(Int.init)
}

func isClose(_ left: [Int], _ right: [Int], within limit: Int) -> Bool {
  zip(left, right).allSatisfy { abs($0 - $1) <= limit }
}

extension PreparedReference {
  /// A preparation's own result is in memory.
  var bytes: PictureBytes { content.inMemory ?? PictureBytes([]) }
}
