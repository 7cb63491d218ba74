import Core
import Imaging
import PictureFormats
import PictureWork

extension SimulatedEdit.Effect {
  /// Applies the effect.
  ///
  /// - Parameter image: An 8-bit sRGB image with three channels.
  func applied(to image: consuming Image) throws(ImagingError) -> Image {
    let edge = Double(image.size.longestEdge)
    switch self {
    case .blur: return try image.blurred(sigma: max(2, edge / 80))
    case .sketch: return try image.edges()
    case .grayscale: return try image.recombined(Self.rows(luma: 1.15, own: 0), offset: [-18, -18, -18])
    case .warm:
      return try image.recombined([[1.15, 0, 0], [0, 1.02, 0], [0, 0, 0.78]], offset: [14, 2, 0])
    case .cool: return try image.recombined([[0.8, 0, 0], [0, 1.0, 0], [0, 0, 1.15]], offset: [0, 2, 16])
    case .night: return try image.recombined(Self.rows(luma: 0.3, own: 0.15), offset: [-8, 0, 28])
    case .addition: return try Self.withSomethingRed(image)
    case .duotone:
      // A mix of 30 % of the picture and 70 % of a gradient from (26, 32, 92) in the shadows to (255, 240,
      // 214) in the highlights.
      let lights = [255.0, 240, 214]
      let shadows = [26.0, 32, 92]
      let matrix = (0..<3).map { channel in
        let gain = 0.7 * (lights[channel] - shadows[channel]) / 255
        return (0..<3).map { gain * Self.luma[$0] + ($0 == channel ? 0.3 : 0) }
      }
      return try image.recombined(matrix, offset: shadows.map { $0 * 0.7 })
    }
  }

  /// Tints the middle ninth of the picture red.
  private static func withSomethingRed(_ image: consuming Image) throws(ImagingError) -> Image {
    let size = image.size
    let third = PixelSize(width: size.width / 3, height: size.height / 3)
    let middle = PixelArea(left: third.width, top: third.height, size: third)
    let below = try image.copiedToMemory()
    let red = try below.shared().recombined(
      [[0.2, 0, 0], [0, 0.2, 0], [0, 0, 0.2]], offset: [160, 20, 30])
    return try red.blended(over: below, mask: Image.mask(size, middle, feather: third.width / 8))
  }

  /// The luma coefficients of ITU-R BT.601.
  private static let luma = [0.299, 0.587, 0.114]

  /// A matrix that makes each channel from `luma` parts of the brightness and `own` parts of the channel
  /// itself.
  private static func rows(luma share: Double, own: Double) -> [[Double]] {
    (0..<3).map { channel in (0..<3).map { share * luma[$0] + ($0 == channel ? own : 0) } }
  }
}
