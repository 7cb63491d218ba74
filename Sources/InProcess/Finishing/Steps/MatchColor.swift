import Finishing
import Imaging
import PictureFormats
import Core

extension MatchColor {
  /// Removes a tint from the result, if that is planned and most of its unchanged pixels agree on one.
  ///
  /// - Parameters:
  ///   - pair: the result and its original, to which the tint is applied, too.
  ///   - permitted: the area that the result may change; `nil`: all of it.
  func apply(
    _ result: borrowing Image, _ pair: inout ComparedPair, _ permitted: [UInt8]?,
    _ findings: inout Findings
  ) throws(ImagingError) -> Image {
    guard needsPixels else { return result.shared() }
    // If registration failed, there is nothing to compare the colors with.
    let isLost = needsPlace && findings.alignment?.isTrusted != true
    switch isLost ? .failure(.notRecognized) : ColorFit.finding(pair.colors(beside: permitted)) {
    case .success(let fit):
      let change = try pair.change(by: fit)
      guard change.before > Self.maximumTint else {
        findings.color = change
        try pair.take(fit)
        return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).copiedToMemory()
      }
      findings.tintFailure = .strong(change.before, maximum: Self.maximumTint)
    case .failure(let failure): findings.tintFailure = failure
    }
    findings.warnings.append(.colorNotMatched)
    return result.shared()
  }

  /// A larger CIEDE2000 difference is more than models tint a picture by themselves: another mood is the
  /// requested edit.
  private static let maximumTint = 12.0
}
