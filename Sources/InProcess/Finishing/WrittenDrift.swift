import Finishing
import Imaging
import PictureFormats
import Core

extension RestoredResult {
  /// Measures how far the written file is from its original.
  ///
  /// - Parameter original: the size of the whole original.
  func drift(
    of file: borrowing FinishedPicture, _ original: PixelSize, _ options: FinishingOptions
  ) throws(ImagingError) -> Findings.WrittenDrift? {
    let scope: Findings.WrittenDrift.Scope = kept?.contains(true) == true ? .outsideChange : .leastChanged
    let value: Double?
    if !file.isConverted || scope == .leastChanged && options.maximumBytes == nil {
      // The loss of the last encoding at full quality is invisible.
      value = file.findings.drift
    } else if file.format == .png {
      // Beyond the limits the pixels are the original's.
      value = scope == .outsideChange ? 0 : file.findings.drift
    } else {
      value = try pair.drift(of: part(of: file, area, of: original), at: scope == .outsideChange ? kept : nil)
    }
    return value.map { Findings.WrittenDrift(value: $0, scope: scope) }
  }
}
