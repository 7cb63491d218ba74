import Finishing
import Imaging
import PictureFormats
import Core

/// A PNG of the original, the finished picture, and their difference, side by side.
///
/// - Parameters:
///   - area: the area of the original that the result showed.
///   - longest: the longest edge of each panel, in pixels; `nil`: 1,024.
func comparison(
  of finished: borrowing FinishedPicture, with originalImage: borrowing OriginalImage, _ area: PixelArea,
  longest: Int? = nil
) throws(ImagingError) -> PictureBytes {
  let after = try part(of: finished, area, of: originalImage.size)
  let edge = min(longest ?? Comparison.edge, area.size.longestEdge)
  let size = area.size.scaled(toLongestEdge: edge)
  let before = try originalImage.reference(area).resized(to: size)
  let own = try after.resized(to: size).opaque()
  let differences = try before.differences(from: own)
  let panels = [try before.pixels(), try own.pixels(), try Comparison.map(differences, over: before)]
  return try Comparison.joined(panels, size).encoded(as: .png)
}

/// The part of a finished file that corresponds to an area of its original.
///
/// - Parameter original: the size of the whole original.
func part(
  of finished: borrowing FinishedPicture, _ area: PixelArea, of original: PixelSize
) throws(ImagingError) -> Image {
  let picture = try openInSRGB(finished.bytes, PictureStructure.read(finished.bytes))
  guard finished.size == original, area != PixelArea(original) else { return picture }
  return try picture.cropped(left: area.left, top: area.top, to: area.size)
}

private enum Comparison {
  /// The longest edge of each panel, in pixels.
  static let edge = 1_024
  /// The CIEDE2000 difference that is shown as the strongest red.
  private static let strongest: Float = 20

  /// The original in pale gray, with differences in red.
  static func map(_ differences: [Float], over before: borrowing Image) throws(ImagingError) -> [UInt8] {
    let gray = try before.gray().pixels
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * gray.count)
    for (level, difference) in zip(gray, differences) {
      let pale = 128 + Float(level) / 4
      let red = min(1, max(0, difference - 2) / strongest)
      pixels.append(UInt8(pale + (255 - pale) * red))
      pixels.append(UInt8(pale * (1 - red)))
      pixels.append(UInt8(pale * (1 - red)))
    }
    return pixels
  }

  static func joined(_ panels: [[UInt8]], _ size: PixelSize) throws(ImagingError) -> Image {
    let width = panels.count * size.width + (panels.count - 1) * comparisonGap
    var pixels = [UInt8](repeating: 255, count: 3 * width * size.height)
    for (position, panel) in panels.enumerated() {
      for row in 0..<size.height {
        let to = 3 * (row * width + position * (size.width + comparisonGap))
        pixels.replaceSubrange(
          to..<to + 3 * size.width, with: panel[3 * row * size.width..<3 * (row + 1) * size.width])
      }
    }
    return try Image.fromPixels(pixels, size: PixelSize(width: width, height: size.height), bands: 3)
  }
}
