import Core
package import Finishing

/// What a difference (CIEDE2000) is to the eye.
private let visible = "above about 5 is visible"

extension FindingsReport.Alignment {
  /// Less than that, in pixels and degrees, is not seen, and hardly measured.
  private static let least = (shift: 0.5, scale: 0.000_5, rotation: 0.03)

  package var message: String {
    let shifts = [(dx, "to the right", "to the left"), (dy, "too low", "too high")].compactMap {
      shift, positive, negative in
      abs(shift) < Self.least.shift
        ? nil : "\(abs(shift).rounded(to: 1)) px \(shift > 0 ? positive : negative)"
    }
    var parts = shifts.isEmpty ? [] : ["lay \(shifts.joined(separator: " and "))"]
    if abs(scale - 1) >= Self.least.scale {
      parts.append("was \((abs(scale - 1) * 100).rounded(to: 2)) % too \(scale > 1 ? "large" : "small")")
    }
    if abs(rotation) >= Self.least.rotation {
      let direction = rotation > 0 ? "clockwise" : "counterclockwise"
      parts.append("was turned \(abs(rotation).rounded(to: 2))° \(direction)")
    }
    return parts.isEmpty ? "already in place" : "it \(parts.joined(separator: ", ")); that was taken back"
  }
}

extension FindingsReport.Color {
  package var message: String {
    before < 1
      ? "already the original's"
      : "what is unchanged differed by \(before), and now by \(after); \(visible)"
  }
}

extension Findings.WrittenDrift {
  /// - Parameter answer: how far what came was from its original where this was measured.
  package func message(ofAnswer answer: Double?) -> String {
    switch scope {
    case .outsideChange:
      let own = answer.map { $0 > value + 1 ? " (the answer itself, which is not used there: \($0))" : "" }
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

  /// As in `12 px at the left and 3 px at the top`.
  package var message: String {
    let parts = edges.map { "\($0.count) px at the \($0.name)" }
    guard let last = parts.last, parts.count > 1 else { return parts.joined() }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension String {
  /// What to do where an answer does not cover its original.
  ///
  /// - Parameter isMirrored: whether what was sent was completed to the answer's shape; `nil`: not known.
  package static func uncovered(isMirrored: Bool?) -> String {
    switch isMirrored {
    case true?: "the model has moved it further than is allowed for; cut that off, or try once more"
    case false?: "without --fit and --aspect what is sent is completed, so that the answer reaches it"
    case nil:
      "cut that off; edit completes what it sends, so that the answer reaches it, without --fit and --aspect"
    }
  }
}

extension Findings.TintFailure {
  fileprivate var message: String {
    func percent(_ share: Double) -> String { "\((share * 100).rounded(to: 0).whole) %" }
    switch self {
    case .notRecognized: return "without a place in the original there is nothing to hold them against"
    case .fewColors(let count, let least):
      return
        "a tint was looked for in what both pictures show, which has \(count) colors to compare; \(least) are needed"
    case .littleAgreement(let share, let least):
      return
        "a tint was looked for (brightness and balance of the channels), and the best one fits \(percent(share)) of the colors; \(percent(least)) are needed"
    case .otherColors:
      return "what most colors have in common is no tint: it mixes channels, or makes one half or double"
    case .strong(let difference, let maximum):
      return
        "the tint that was found is a difference of \(difference.rounded(to: 1)), and models tint by \(maximum.whole) at most: it was taken as what was asked for"
    }
  }
}

extension Double {
  fileprivate var whole: String { "\(Int(self))" }
}

extension FinishingWarning {
  /// - Parameter findings: what was found with it.
  package func explanation(_ findings: Findings) -> String {
    switch self {
    case .notAligned: "the result cannot be recognized in the original, so it was laid on it as a whole"
    case .resultCropped: "the result has another shape than the original; what stuck out was cut off"
    case .colorNotMatched:
      "the colors were left as they are: "
        + (findings.tintFailure?.message ?? "too little is unchanged to tell a tint")
    case .changedMostly:
      "most of the picture is changed, so what is unchanged was not looked for: the answer was taken wherever it may show"
    case .maskEmpty: "nothing in the mask is white, so the picture is the original"
    case .maskCoversAll: "the mask lets next to everything change"
    case .paintedCheckerboard: "the squares that stand for transparency are painted into the picture"
    case .pixelsReduced: "it has fewer pixels than it had, to have no more bytes than it may"
    case .credentialsRemoved:
      "content credentials (C2PA) of the result were removed, because they would not be valid any more"
    case .depthReduced: "the original has more than 8 bits per channel; the finished picture has 8"
    }
  }
}
