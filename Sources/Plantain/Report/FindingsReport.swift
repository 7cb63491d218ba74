import Finishing

/// What was found by holding a result against its original. Absent values are left out.
public struct FindingsReport: Encodable, Sendable {
  public let align: Alignment?
  public let colour: Colour?
  /// The share of the original that differs visibly, where it may, 0…1; absent where nothing was held against it.
  public let changed: Double?
  /// How far the result, aligned and in the original's colours where that was asked, is from its original where it must not
  /// change it (mean CIEDE2000); without region and mask, of the three fifths that differ least.
  public let drift: Double?
  /// What in the mask said where the result may change its original: `white` or `transparent`; absent without a mask.
  public let mask: String?
  public let warnings: [String]

  /// How the result lay on its original.
  public struct Alignment: Encodable, Sendable {
    /// Of the middle of what it shows, in the original's pixels: positive where it lay too far to the right, or below.
    public let dx: Double
    public let dy: Double
    /// Above 1 where the result showed things larger.
    public let scale: Double
    /// Clockwise, in degrees.
    public let rotation: Double
    /// Root of the mean square of what could not be explained, in the original's pixels.
    public let residual: Double
    /// Whether it was corrected.
    public let trusted: Bool
  }

  /// The middle difference of what is unchanged (CIEDE2000), before and after the colours were matched.
  public struct Colour: Encodable, Sendable {
    public let before: Double
    public let after: Double
  }

  init(_ findings: Findings) {
    align = findings.alignment.map {
      Alignment(
        dx: $0.dx.rounded(to: 2), dy: $0.dy.rounded(to: 2), scale: $0.scale.rounded(to: 5),
        rotation: $0.rotation.rounded(to: 3), residual: $0.residual.rounded(to: 2), trusted: $0.isTrusted)
    }
    colour = findings.colour.map { Colour(before: $0.before.rounded(to: 2), after: $0.after.rounded(to: 2)) }
    changed = findings.changed?.rounded(to: 4)
    drift = findings.drift?.rounded(to: 2)
    mask = findings.mask?.rawValue
    warnings = findings.warnings.map(\.rawValue)
  }

  /// The same for people.
  public var lines: [String] {
    var lines: [String] = []
    if let align, align.trusted {
      let shift = "\(align.dx), \(align.dy) px"
      lines.append(
        "aligned: it lay off by \(shift), at \(align.scale) times its scale, turned by \(align.rotation)°")
    }
    if let colour { lines.append("colour: from a difference of \(colour.before) to \(colour.after)") }
    if let changed { lines.append("changed: \((changed * 100).rounded(to: 1)) % of the picture") }
    if let drift { lines.append("drift: \(drift)") }
    if let mask { lines.append("mask: what is \(mask) in it was edited") }
    return lines + notes.map { "note: \($0)" }
  }

  /// The warnings, for people.
  var notes: [String] { warnings.compactMap(FinishingWarning.init).map(\.explanation) }
}

extension Double {
  /// To so many decimal places.
  func rounded(to places: Int) -> Double {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    return (self * factor).rounded() / factor
  }
}

extension FinishingWarning {
  fileprivate var explanation: String {
    switch self {
    case .notAligned: "the result cannot be recognised in the original, so it was laid on it as a whole"
    case .resultCropped: "the result has another shape than the original; what stuck out was cut off"
    case .colourNotMatched: "too little is unchanged to tell a tint, so the colours were left as they are"
    case .changedMostly: "most of the picture is changed, so nothing of the original was kept"
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
