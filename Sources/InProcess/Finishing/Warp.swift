import Finishing
import Imaging
import PictureFormats
import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Warps a picture, which must be in memory, into a frame, by a map from its pixels to the frame's. The
/// picture is reduced first, so that detail finer than the frame's pixels does not cause aliasing. A map that
/// only changes the size is a plain resize.
func warp(
  _ image: borrowing Image, by map: AffineTransform, into size: PixelSize
) throws(ImagingError) -> Image {
  if map.isClose(to: .stretch(image.size, to: size), over: image.size) {
    return size == image.size ? image.shared() : try image.shared().resized(to: size)
  }
  let scale = min(1, abs(map.determinant).squareRoot())
  guard scale < 1 else { return try image.shared().warped(by: map, into: size) }
  let reduced = image.size.scaled(by: scale)
  let rest = AffineTransform.stretch(reduced, to: image.size).then(map)
  return try image.shared().resized(to: reduced).warped(by: rest, into: size)
}

/// The part of a canvas that a picture warped onto it covers, if that is not all of it: the largest rectangle
/// within its four edges, in whole pixels.
struct CoveredArea {
  let area: PixelArea
  /// The width over which the picture fades into its surroundings, in pixels.
  let feather: Int

  /// - Parameter map: from the picture's pixels to those of `part`, a part of the canvas.
  /// - Returns: `nil` when the picture covers the whole canvas.
  init?(_ map: AffineTransform, _ picture: PixelSize, _ part: PixelArea, on canvas: PixelSize) {
    let (width, height) = (Double(picture.width), Double(picture.height))
    let corners = [map(0, 0), map(width, 0), map(0, height), map(width, height)]
    let left = Int(ceil(max(corners[0].x, corners[2].x) - 0.5))
    let top = Int(ceil(max(corners[0].y, corners[1].y) - 0.5))
    let right = Int(floor(min(corners[1].x, corners[3].x) + 0.5))
    let bottom = Int(floor(min(corners[2].y, corners[3].y) + 0.5))
    let covered = PixelArea(
      left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
    let visible =
      covered.intersection(PixelArea(part.size))
      ?? PixelArea(left: 0, top: 0, size: PixelSize(width: 1, height: 1))
    area = visible.moved(x: part.left, y: part.top)
    guard area != PixelArea(canvas) else { return nil }
    let (shorter, longer) = (min(area.size.width, area.size.height), area.size.longestEdge)
    feather = min(64, max(2, longer / 80), shorter / 4)
  }
}

extension AffineTransform {
  /// Whether it maps every point of a picture to within a hundredth of a pixel of where another map does.
  fileprivate func isClose(to other: AffineTransform, over size: PixelSize) -> Bool {
    let (width, height) = (Double(size.width), Double(size.height))
    return [(0, 0), (width, 0), (0, height), (width, height)].allSatisfy { x, y in
      let (one, two) = (self(x, y), other(x, y))
      return abs(one.x - two.x) < 0.01 && abs(one.y - two.y) < 0.01
    }
  }
}

extension AffineTransform {
  /// The pixels of a frame that show the picture under this map.
  func shows(_ picture: PixelSize, over frame: PixelSize) -> [Bool] {
    let back = inverse ?? .identity
    let (width, height) = (Double(picture.width), Double(picture.height))
    return (0..<frame.pixelCount).map { place in
      let (x, y) = back(Double(place % frame.width) + 0.5, Double(place / frame.width) + 0.5)
      return x >= 0 && y >= 0 && x <= width && y <= height
    }
  }
}

/// The angle of (x, y) in degrees, clockwise if y points down.
func degrees(_ y: Double, _ x: Double) -> Double { atan2(y, x) * 180 / .pi }

/// Linear light for each 8-bit sRGB level, 0…1.
let linearLight: [Double] = (0...255).map { SRGBCurve.light(of: Double($0) / 255) }
