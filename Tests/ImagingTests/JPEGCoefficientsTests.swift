import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite struct `A JPEG's coefficients` {
  /// Odd sizes end in blocks that are not whole; halved colors come in rows of two blocks.
  @Test(
    .enabled(if: !isFastRun),
    arguments: [true, false],
    [PixelSize(width: 1_200, height: 2_400), PixelSize(width: 1_501, height: 1_827)])
  func `tell from a sample how large the whole will be`(halvesChroma: Bool, size: PixelSize) throws {
    let jpeg = try Synthetic.jpeg(size, quality: 97, halvedChroma: halvesChroma)
    guard let coefficients = JPEGCoefficients(PictureBytes(jpeg)) else {
      Issue.record("it cannot be taken apart")
      return
    }
    for (isDetailed, quality) in [(true, 95), (true, 80), (false, 60)] {
      let sample = coefficients.likelySize(isDetailed: isDetailed, quality: quality)
      let file = coefficients.written(exifOrientation: 1, isDetailed: isDetailed, quality: quality)
      let (likely, whole) = (try #require(sample), try #require(file).count)
      #expect(abs(Double(likely) / Double(whole) - 1) < 0.1, "\(quality): \(likely), \(whole)")
    }
  }

  @Test func `are too few to tell in a small picture`() throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 400, height: 300))
    guard let coefficients = JPEGCoefficients(PictureBytes(jpeg)) else {
      Issue.record("it cannot be taken apart")
      return
    }
    let likely = coefficients.likelySize(isDetailed: true, quality: 80)
    #expect(likely == nil)
  }
}
