import Core
package import Finishing

/// A CIEDE2000 difference that the eye can see.
private let visible = "above about 5 is visible"

extension FindingsReport.Alignment {
  /// Smaller values, in pixels and degrees, are invisible and below what can be measured reliably.
  private static let least = (shift: 0.5, scale: 0.000_5, rotation: 0.03)

  package var message: String {
    let shifts = [(dx, "too far right", "too far left"), (dy, "too low", "too high")].compactMap {
      shift, positive, negative in
      abs(shift) < Self.least.shift
        ? nil : "\(abs(shift).rounded(to: 1)) px \(shift > 0 ? positive : negative)"
    }
    var parts = shifts.isEmpty ? [] : [shifts.joined(separator: " and ")]
    if abs(scale - 1) >= Self.least.scale {
      parts.append("\((abs(scale - 1) * 100).rounded(to: 2)) % too \(scale > 1 ? "large" : "small")")
    }
    if abs(rotation) >= Self.least.rotation {
      let direction = rotation > 0 ? "clockwise" : "counterclockwise"
      parts.append("rotated \(abs(rotation).rounded(to: 2))° \(direction)")
    }
    return parts.isEmpty ? "already in place" : "the result was \(parts.joined(separator: ", ")); corrected"
  }
}

extension FindingsReport.Color {
  package var message: String {
    before < 1
      ? "already match the original"
      : "unchanged areas differed by \(before), and now by \(after); \(visible)"
  }
}

extension Findings.WrittenDrift {
  /// - Parameter answer: the drift of the answer before finishing, if it was measured.
  package func message(ofAnswer answer: Double?) -> String {
    switch scope {
    case .outsideChange:
      let own = answer.map { $0 > value + 1 ? " (\($0) in the answer, which is not used there)" : "" }
      return "drift outside the change: \(value.rounded(to: 1))\(own ?? ""); \(visible)"
    case .leastChanged:
      return "drift in the three fifths that differ least: \(value.rounded(to: 1)); \(visible)"
    }
  }
}

extension FindingsReport.Uncovered {
  fileprivate var edges: [(count: Int, name: String)] {
    [(left, "left"), (top, "top"), (right, "right"), (bottom, "bottom")].filter { $0.0 > 0 }
  }

  /// The edges that show the original, as in `12 px at the left and 3 px at the top`.
  package var message: String {
    let parts = edges.map { "\($0.count) px at the \($0.name)" }
    guard let last = parts.last, parts.count > 1 else { return parts.joined() }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension String {
  /// The remedy when an answer does not cover its original.
  ///
  /// - Parameter isMirrored: whether the sent picture was padded to the answer's shape; `nil` if unknown.
  package static func uncovered(isMirrored: Bool?) -> String {
    switch isMirrored {
    case true?: "the model moved the picture beyond the added margin; crop that edge, or try again"
    case false?: "omit `fit` and `aspect`, so that the picture is padded and the answer covers it"
    case nil:
      "crop that edge; without `fit` and `aspect`, edit pads the picture so that the answer covers it"
    }
  }
}

extension Findings.TintFailure {
  fileprivate var message: String {
    func percent(_ share: Double) -> String { "\((share * 100).rounded(to: 0).whole) %" }
    switch self {
    case .notRecognized:
      return "the result could not be located in the original, so its colors cannot be compared"
    case .fewColors(let count, let least):
      return
        "the area that both pictures show has \(count) colors to compare; measuring a tint needs \(least)"
    case .littleAgreement(let share, let least):
      return
        "the best tint (brightness and balance of the channels) fits \(percent(share)) of the colors; "
        + "\(percent(least)) are needed"
    case .otherColors:
      return "the change that most colors share is not a tint: it mixes channels, or halves or doubles one"
    case .strong(let difference, let maximum):
      return
        "the measured tint is a difference of \(difference.rounded(to: 1)), but models tint by at most "
        + "\(maximum.whole), so it was taken for part of the edit"
    }
  }
}

extension Double {
  fileprivate var whole: String { "\(Int(self))" }
}

extension FinishingWarning {
  /// - Parameter findings: the findings that the warning belongs to.
  package func explanation(_ findings: Findings) -> String {
    switch self {
    case .notAligned: "the result could not be aligned with the original, so it was placed on it as a whole"
    case .resultCropped: "the result has another shape than the original; what did not fit was cropped"
    case .colorNotMatched:
      "the colors were left as they are: "
        + (findings.tintFailure?.message ?? "too few pixels are unchanged to measure a tint")
    case .changedMostly:
      "most of the picture is changed, so unchanged areas were not restored: "
        + "the answer is used wherever it may show"
    case .maskEmpty: "nothing in the mask is white, so the picture is the original"
    case .maskCoversAll: "the mask lets almost everything change"
    case .paintedCheckerboard: "the squares that stand for transparency are painted into the picture"
    case .pixelsReduced: "the picture was scaled down to stay within the byte limit"
    case .credentialsRemoved:
      "content credentials (C2PA) of the result were removed, because they would no longer be valid"
    case .depthReduced: "the original has more than 8 bits per channel; the finished picture has 8"
    }
  }
}
