import PictureFormats
import CImaging
package import Core

/// A grayscale picture in memory, one byte per pixel, row by row, for block matching against another one.
package struct GrayPixels: Sendable {
  package let size: PixelSize
  package let pixels: [UInt8]

  package init(size: PixelSize, pixels: [UInt8]) {
    self.size = size
    self.pixels = pixels
  }

  /// The position at which a block was found.
  package struct Match: Sendable {
    /// The offset from the searched position, in pixels with fractions.
    package let dx: Double
    package let dy: Double
    /// The correlation, at most 1. It is independent of brightness and contrast.
    package let score: Double
  }

  /// The standard deviation of the square block at (`left`, `top`), which must lie inside the picture, in
  /// levels of 255.
  package func contrast(left: Int, top: Int, edge: Int) -> Double {
    withGray { cimaging_block_contrast($0, Int32(left), Int32(top), Int32(edge)) }
  }

  /// Searches for the square block at (`left`, `top`) in `other`, which has the same size.
  ///
  /// - Parameters:
  ///   - edge: the edge of the block in pixels.
  ///   - reach: the search radius in pixels, 1…64.
  /// - Returns: `nil` when the correlation has no peak within the radius.
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

  /// What one block says about its displacement from the position to which a map brings it.
  package struct Displacement: Sendable {
    /// The center of the block, in this picture's pixels.
    package let x: Double
    package let y: Double
    /// The structure tensor of the block, and `pull`, the other side of the equations by Lucas and Kanade. Up
    /// to noise, the displacement d from the mapped position, in this picture's pixels, satisfies `(xx xy; xy
    /// yy) d = -pull`.
    package let xx: Double
    package let xy: Double
    package let yy: Double
    package let pull: (x: Double, y: Double)
    /// The mean square of the remaining difference, in levels of 255.
    package let noise: Double
    /// The correlation, at most 1.
    package let score: Double
  }

  /// Measures the displacements of the square blocks of this picture in another picture.
  ///
  /// - Parameters:
  ///   - edge: the edge of a block, 2…32 pixels.
  ///   - contrast: the minimum standard deviation of a block to measure, in levels of 255.
  ///   - map: from this picture's pixels to the other's. It must be right to within a pixel or two, and have
  ///     a scale of about one.
  /// - Returns: the blocks that the map brings inside the other picture.
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
