package import PictureFormats
package import Core

extension JPEGCoefficients {
  /// The file once more, turned upright.
  ///
  /// - Parameters:
  ///   - file: what these values were read from, which `structure` describes.
  ///   - quality: as in `written`.
  package func written(
    _ file: PictureBytes, _ structure: PictureStructure, within limit: ByteCount, quality: Int?
  ) -> PictureBytes? {
    let maximum = min(limit.bytes, file.count)
    return written(
      exifOrientation: structure.orientation, isDetailed: maximum * 8 > structure.size.pixelCount,
      quality: quality)
  }

  /// What rounding came to.
  package struct Rounding {
    /// The finest quality whose file fits; `nil` when the floor is reached first.
    package var best: (quality: Int, file: PictureBytes)?
    package var encodes = 0
    /// In bytes.
    package var smallest: Int?
  }

  /// Rounds the values just as far as a limit asks for.
  ///
  /// - Returns: `nil` when the file cannot be written so.
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

  /// What is thought to be the finest quality that fits, from samples: then two files prove it, where else it takes three or four.
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
