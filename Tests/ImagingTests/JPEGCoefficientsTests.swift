import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite struct `The size of a JPEG is estimated without encoding it` {
  /// Odd sizes end in partial blocks. Halved chroma comes in rows of two blocks.
  @Test(
    .enabled(if: !isFastRun),
    arguments: [true, false],
    [PixelSize(width: 1_200, height: 2_400), PixelSize(width: 1_501, height: 1_827)])
  func `a sample of the rows predicts the size of the whole`(halvesChroma: Bool, size: PixelSize) throws {
    let jpeg = try Synthetic.jpeg(size, quality: 97, halvedChroma: halvesChroma)
    guard let coefficients = JPEGCoefficients(PictureBytes(jpeg)) else {
      Issue.record("the coefficients cannot be read")
      return
    }
    for (isDetailed, quality) in [(true, 95), (true, 80), (false, 60)] {
      let sample = coefficients.likelySize(isDetailed: isDetailed, quality: quality)
      let file = coefficients.written(exifOrientation: 1, isDetailed: isDetailed, quality: quality)
      let (likely, whole) = (try #require(sample), try #require(file).count)
      #expect(abs(Double(likely) / Double(whole) - 1) < 0.1, "\(quality): \(likely), \(whole)")
    }
  }

  @Test func `a small picture has too few rows for an estimate`() throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 400, height: 300))
    guard let coefficients = JPEGCoefficients(PictureBytes(jpeg)) else {
      Issue.record("the coefficients cannot be read")
      return
    }
    let likely = coefficients.likelySize(isDetailed: true, quality: 80)
    #expect(likely == nil)
  }
}
