package import Core
import Imaging
package import PictureFormats
package import PictureWork

/// Stands in for an image model: changes a picture visibly, and returns it in the requested size.
///
/// - Parameter picture: the picture to edit; `nil`: a picture of soft colors.
package func simulateEdit(
  _ edit: SimulatedEdit, on picture: PictureBytes?
) throws(ImagingError) -> PictureBytes {
  let image = if let picture { try decoded(picture) } else { try softColors() }
  var edited = try edit.effect.applied(to: cover(image, edit.size))
  if let drift = edit.drift { edited = try drifted(edited, drift) }
  if edit.variant > 0 {
    edited = try tinted(edited, [Double](repeating: 1 - 0.04 * Double(edit.variant), count: 3))
  }
  return try edited.encoded(as: edit.encoding.settings)
}

private func decoded(_ picture: PictureBytes) throws(ImagingError) -> Image {
  let format = try PictureStructure.read(picture).format
  guard let codec = format.codec else { throw .unsupportedFormat(format) }
  let image = try Image.decode(picture, as: codec).copiedToMemory().inSRGB(usingProfile: false)
  return image.hasAlpha ? try image.flattened(onto: .white) : image
}

private func drifted(
  _ image: consuming Image, _ drift: SimulatedEdit.Drift
) throws(ImagingError) -> Image {
  let size = image.size
  let scaled = PixelSize(
    width: Int((Double(size.width) * drift.scale).rounded()),
    height: Int((Double(size.height) * drift.scale).rounded()))
  var moved = scaled == size ? image : try image.resized(to: scaled)
  moved = try moved.mirrored(
    into: size, left: (size.width - scaled.width) / 2 + drift.right,
    top: (size.height - scaled.height) / 2 + drift.down)
  return drift.tint == [1, 1, 1] ? moved : try tinted(moved, drift.tint)
}

private func tinted(_ image: consuming Image, _ factors: [Double]) throws(ImagingError) -> Image {
  let matrix = (0..<3).map { row in (0..<3).map { $0 == row ? factors[row] : 0 } }
  return try image.recombined(matrix, offset: [0, 0, 0])
}

/// A picture of 8×8 pixels, which becomes soft when it is scaled.
private func softColors() throws(ImagingError) -> Image {
  let edge = 8
  var pixels: [UInt8] = []
  for y in 0..<edge {
    for x in 0..<edge { pixels += [UInt8(60 + 25 * x), UInt8(90 + 18 * y), UInt8(210 - 11 * (x + y))] }
  }
  return try Image.fromPixels(pixels, size: PixelSize(width: edge, height: edge), bands: 3)
}

/// The image scaled to cover `size`, then cropped to it around the center.
private func cover(
  _ image: consuming Image, _ size: PixelSize
) throws(ImagingError) -> Image {
  let factor = max(
    Double(size.width) / Double(image.size.width), Double(size.height) / Double(image.size.height))
  let scaled = PixelSize(
    width: max(size.width, Int((Double(image.size.width) * factor).rounded())),
    height: max(size.height, Int((Double(image.size.height) * factor).rounded())))
  let resized = try image.resized(to: scaled)
  return try resized.cropped(
    left: (scaled.width - size.width) / 2, top: (scaled.height - size.height) / 2, to: size)
}
