import CImaging
package import Vocabulary

/// A grey picture in memory, row by row, in which blocks of another one can be found.
package struct GreyPixels: Sendable {
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
    withGrey { cimaging_block_contrast($0, Int32(left), Int32(top), Int32(edge)) }
  }

  /// Looks for the square block at (`left`, `top`) in `other`, which has the same size.
  ///
  /// - Parameters:
  ///   - edge: the block's, in pixels.
  ///   - reach: how far away it may lie, 1…64.
  /// - Returns: `nil` when there is no peak in that reach.
  package func find(left: Int, top: Int, edge: Int, in other: GreyPixels, reach: Int) -> Match? {
    var match = CImagingMatch()
    let isFound = withGrey { own in
      other.withGrey { other in
        cimaging_match_block(own, other, Int32(left), Int32(top), Int32(edge), Int32(reach), &match)
      }
    }
    guard isFound else { return nil }
    return Match(dx: match.dx, dy: match.dy, score: match.score)
  }

  private func withGrey<Result>(_ body: (CImagingGrey) -> Result) -> Result {
    pixels.withUnsafeBufferPointer { buffer in
      body(CImagingGrey(pixels: buffer.baseAddress, width: Int32(size.width), height: Int32(size.height)))
    }
  }
}
