package import Core

/// A GIF written by hand, for files that encoders do not write: frames beyond the screen, truncated blocks.
package struct HandmadeGIF {
  /// A frame of one color.
  package struct Frame {
    package var left = 0
    package var top = 0
    package var size: PixelSize
    /// An index into the palette: white, red, green, blue.
    package var color: Int
    package var transparentColor: Int?
    package var disposal = 0
    /// Whether the rows are interlaced. If so, every other row, from the second on, has the next color.
    package var isInterlaced = false
    /// The number of pixels in its data; all by default.
    package var pixelCount: Int?

    package init(_ width: Int, _ height: Int, at left: Int = 0, _ top: Int = 0, color: Int = 1) {
      (size, self.color, self.left, self.top) = (PixelSize(width: width, height: height), color, left, top)
    }
  }

  package static let palette = [[255, 255, 255], [255, 0, 0], [0, 160, 0], [0, 0, 255]]
  package static let trailer: UInt8 = 0x3B

  /// - Parameter screen: the logical screen size; either edge may be 0.
  package static func file(_ screen: (width: Int, height: Int), _ frames: [Frame]) -> [UInt8] {
    head(screen) + frames.flatMap(block) + [trailer]
  }

  /// The bytes before the frames.
  package static func head(_ screen: (width: Int, height: Int)) -> [UInt8] {
    let size = little(screen.width) + little(screen.height)
    return Array("GIF89a".utf8) + size + [0x91, 0, 0] + palette.flatMap { $0.map(UInt8.init) }
  }

  package static func block(_ frame: Frame) -> [UInt8] {
    let flags = UInt8(frame.disposal << 2 | (frame.transparentColor == nil ? 0 : 1))
    let control = [0x21, 0xF9, 4, flags, 0, 0, UInt8(frame.transparentColor ?? 0), 0]
    let place = [frame.left, frame.top, frame.size.width, frame.size.height].flatMap(little)
    let count = frame.pixelCount ?? frame.size.pixelCount
    return (flags == 0 ? [] : control) + [0x2C] + place + [frame.isInterlaced ? 0x40 : 0, 2]
      + blocks(codes(frame, count)) + [0]
  }

  /// LZW codes of three bits, with a clear code often enough that they stay three bits long.
  private static func codes(_ frame: Frame, _ count: Int) -> [UInt8] {
    var (bytes, bits, width) = ([UInt8](), 0, 0)
    func put(_ code: Int) {
      bits |= code << width
      width += 3
      while width >= 8 {
        bytes.append(UInt8(bits & 255))
        (bits, width) = (bits >> 8, width - 8)
      }
    }
    put(4)
    for pixel in 0..<count {
      put(frame.isInterlaced && pixel >= count / 2 ? frame.color + 1 : frame.color)
      if pixel % 2 == 1 { put(4) }
    }
    put(5)
    return bytes + [UInt8(bits & 255)]
  }

  private static func blocks(_ data: [UInt8]) -> [UInt8] {
    stride(from: 0, to: data.count, by: 255).flatMap { start -> [UInt8] in
      let part = data[start..<min(start + 255, data.count)]
      return [UInt8(part.count)] + part
    }
  }

  private static func little(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8)] }
}
