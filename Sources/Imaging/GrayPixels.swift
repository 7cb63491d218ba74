import PictureFormats
import CImaging
package import Core

/// A gray picture in memory, row by row, in which blocks of another one can be found.
package struct GrayPixels: Sendable {
  package let size: PixelSize
  package let pixels: [UInt8]

  package init(size: PixelSize, pixels: [UInt8]) {
    self.size = size
    self.pixels = pixels
  }

  /// Where a block was found.
  package struct Match: Sendable {
    /// From where it was looked for, in pixels and parts of them.
    package let dx: Double
    package let dy: Double
    /// The correlation, up to 1. Brightness and contrast do not matter.
    package let score: Double
  }

  /// The standard deviation in the square block at (`left`, `top`), which must lie inside, in levels of 255.
  package func contrast(left: Int, top: Int, edge: Int) -> Double {
    withGray { cimaging_block_contrast($0, Int32(left), Int32(top), Int32(edge)) }
  }

  /// Looks for the square block at (`left`, `top`) in `other`, which has the same size.
  ///
  /// - Parameters:
  ///   - edge: the block's, in pixels.
  ///   - reach: how far away it may lie, 1…64.
  /// - Returns: `nil` when there is no peak in that reach.
  package func find(left: Int, top: Int, edge: Int, in other: GrayPixels, reach: Int) -> Match? {
    var match = CImagingMatch()
    let isFound = withGray { own in
      other.withGray { other in
        cimaging_match_block(own, other, Int32(left), Int32(top), Int32(edge), Int32(reach), &match)
      }
    }
    guard isFound else { return nil }
    return Match(dx: match.dx, dy: match.dy, score: match.score)
  }

  /// What one block shows of how far it lies from where a map brings it.
  package struct Displacement: Sendable {
    /// Its middle, in this picture's pixels.
    package let x: Double
    package let y: Double
    /// How sharply it shows that along either axis and both; and how strongly it is pulled: with d for where it lies, from where it
    /// should, in this picture's pixels, `(xx xy; xy yy) d = -pull`, but for noise.
    package let xx: Double
    package let xy: Double
    package let yy: Double
    package let pull: (x: Double, y: Double)
    /// The mean square of what differs, in levels of 255.
    package let noise: Double
    /// The correlation, up to 1.
    package let score: Double
  }

  /// Measures the square blocks into which this picture is cut against another picture.
  ///
  /// - Parameters:
  ///   - edge: of a block, 2…32 pixels.
  ///   - contrast: the least standard deviation of a block that is looked at, in levels of 255.
  ///   - map: from this picture's pixels to the other's, right to a pixel or two, and of about one scale.
  /// - Returns: those blocks that the map brings inside the other picture.
  package func displacements(
    edge: Int, contrast: Double, in other: GrayPixels, by map: AffineTransform
  ) -> [Displacement] {
    let maximum = (size.width / edge + 1) * (size.height / edge + 1)
    let numbers = [map.xx, map.xy, map.yx, map.yy, map.dx, map.dy]
    let blocks = [CImagingBlock](unsafeUninitializedCapacity: maximum) { room, count in
      count = withGray { own in
        other.withGray { other in
          cimaging_measure_blocks(own, other, numbers, Int32(edge), contrast, room.baseAddress, maximum)
        }
      }
    }
    return blocks.map {
      Displacement(
        x: Double($0.x), y: Double($0.y), xx: Double($0.xx), xy: Double($0.xy), yy: Double($0.yy),
        pull: (Double($0.pull_x), Double($0.pull_y)), noise: Double($0.noise), score: Double($0.score))
    }
  }

  private func withGray<Result>(_ body: (CImagingGray) -> Result) -> Result {
    pixels.withUnsafeBufferPointer { buffer in
      body(CImagingGray(pixels: buffer.baseAddress, width: Int32(size.width), height: Int32(size.height)))
    }
  }
}
