package import Imaging
package import Vocabulary

/// A returned picture, ready to be written.
package struct FinishedPicture: Sendable {
  package let bytes: PictureBytes
  private let facts: Facts

  package init(bytes: PictureBytes, facts: Facts) {
    self.bytes = bytes
    self.facts = facts
  }

  /// What is known of it beside its bytes.
  package struct Facts: Sendable, Codable {
    var format: PictureFormat
    var size: PixelSize
    var returned: PictureFormat
    var isConverted: Bool
    var findings = Findings()
  }

  package var format: PictureFormat { facts.format }
  package var size: PixelSize { facts.size }
  /// What came, by its bytes.
  package var returned: PictureFormat { facts.returned }
  /// The pixels were encoded anew; otherwise the bytes are the model's own.
  package var isConverted: Bool { facts.isConverted }
  /// What was found by holding it against the original.
  package var findings: Findings { facts.findings }

  /// A finishing's outcome without its bytes, which another process can send beside it.
  package enum Answer: Sendable, Codable {
    case finished(Facts)
    case failed(FinishingError)
  }

  /// The outcome of finishing `result`, as `finishResult` gives it.
  package static func answer(
    finishing result: PictureBytes, original: PictureBytes?, options: FinishingOptions
  ) -> (answer: Answer, bytes: PictureBytes?) {
    do throws(FinishingError) {
      let picture = try finishResult(result, original: original, options: options)
      return (.finished(picture.facts), picture.bytes)
    } catch {
      return (.failed(error), nil)
    }
  }
}

/// What was found by holding a result against its original.
package struct Findings: Sendable, Codable {
  package var alignment: Alignment?
  package var colour: ColourChange?
  /// The share of the picture that differs visibly once both are done, 0…1.
  package var changed: Double?
  package var warnings: [FinishingWarning] = []

  /// How the result lay on its original.
  package struct Alignment: Sendable, Codable {
    /// Of the picture's middle, in the original's pixels: positive where the result lay too far to the right, or below.
    package var dx: Double
    package var dy: Double
    /// Above 1 where the result showed things larger.
    package var scale: Double
    /// Clockwise, in degrees.
    package var rotation: Double
    /// How far blocks that agree still lie from their places: root of the mean square, in the original's pixels.
    package var residual: Double
    /// Whether it was corrected.
    package var isTrusted: Bool
  }

  /// The middle difference of what is unchanged, as CIEDE2000.
  package struct ColourChange: Sendable, Codable {
    package var before: Double
    package var after: Double
  }
}
