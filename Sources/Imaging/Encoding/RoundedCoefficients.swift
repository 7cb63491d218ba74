package import PictureFormats
package import Core

extension JPEGCoefficients {
  /// Rewrites the file, turned upright.
  ///
  /// - Parameters:
  ///   - file: the file from which these values were read and which `structure` describes.
  ///   - quality: as in `written(exifOrientation:isDetailed:quality:)`.
  package func written(
    _ file: PictureBytes, _ structure: PictureStructure, within limit: ByteCount, quality: Int?
  ) -> PictureBytes? {
    let maximum = min(limit.bytes, file.count)
    return written(
      exifOrientation: structure.orientation, isDetailed: maximum * 8 > structure.size.pixelCount,
      quality: quality)
  }

  /// The outcome of rounding.
  package struct Rounding {
    /// The highest quality whose file fits, and that file; `nil` if none fits down to the floor.
    package var best: (quality: Int, file: PictureBytes)?
    package var encodes = 0
    /// The smallest file in bytes.
    package var smallest: Int?
  }

  /// Rounds the values only as far as a byte limit requires.
  ///
  /// - Returns: `nil` when the file cannot be written in this way.
  package func rounded(
    _ file: PictureBytes, _ structure: PictureStructure, within limit: ByteCount
  ) -> Rounding? {
    var hint = CapSearch.Hint(quality: structure.estimatedQuality ?? 95, bytes: file.count)
    if let likely = likelyQuality(structure, within: limit, hint) {
      hint = CapSearch.Hint(quality: likely, bytes: limit.bytes)
    }
    var search = search(limit, hint)
    var rounding = Rounding()
    while let setting = search.next() {
      rounding.encodes += 1
      guard let written = written(file, structure, within: limit, quality: setting.quality) else {
        return nil
      }
      search.record(written.count, for: setting)
      if search.result == setting { rounding.best = (setting.quality, written) }
    }
    rounding.smallest = search.smallest
    return rounding
  }

  private func search(_ limit: ByteCount, _ hint: CapSearch.Hint) -> CapSearch {
    CapSearch(
      limit: limit.bytes, best: 100, floor: qualityFloor, lastLevel: 0, decline: .jpegCoefficients, hint: hint
    )
  }

  /// Predicts the highest quality that fits, from samples. Two files then prove it, instead of three or four.
  private func likelyQuality(
    _ structure: PictureStructure, within limit: ByteCount, _ hint: CapSearch.Hint
  ) -> Int? {
    var sampling = search(limit, hint)
    while let setting = sampling.next() {
      let isDetailed = limit.bytes * 8 > structure.size.pixelCount
      guard let size = likelySize(isDetailed: isDetailed, quality: setting.quality) else { return nil }
      sampling.record(size, for: setting)
    }
    return sampling.result?.quality
  }
}
