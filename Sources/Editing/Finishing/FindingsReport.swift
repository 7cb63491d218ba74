import Core
package import Finishing

/// What was found by holding a result against its original. Absent values are left out.
public struct FindingsReport: Encodable, Sendable {
  public let align: Alignment?
  public let color: Color?
  /// The share of the original that differs visibly, where it may, 0…1; absent where nothing was held against it.
  public let changed: Double?
  /// How far the result, aligned and in the original's colors where that was asked, is from its original where it must not
  /// change it (mean CIEDE2000); without region and mask, of the three fifths that differ least.
  public let drift: Double?
  /// What in the mask said where the result may change its original: `white` or `transparent`; absent without a mask.
  public let mask: String?
  /// Where the original shows because the result does not reach; absent where it reaches everywhere.
  public let uncovered: Uncovered?
  public let warnings: [String]
  private let findings: Findings
  private let remedy: String?

  private enum CodingKeys: CodingKey { case align, color, changed, drift, mask, uncovered, warnings }

  /// In pixels of the finished picture, from its edges or those of what may change.
  public struct Uncovered: Encodable, Sendable {
    public let left: Int
    public let top: Int
    public let right: Int
    public let bottom: Int
  }

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

  /// The middle difference of what is unchanged (CIEDE2000), before and after the colors were matched.
  public struct Color: Encodable, Sendable {
    public let before: Double
    public let after: Double
  }

  /// - Parameter remedy: against what is not covered.
  package init(_ findings: Findings, remedy: String? = nil) {
    (self.findings, self.remedy) = (findings, remedy)
    align = findings.alignment.map {
      Alignment(
        dx: $0.dx.rounded(to: 2), dy: $0.dy.rounded(to: 2), scale: $0.scale.rounded(to: 5),
        rotation: $0.rotation.rounded(to: 3), residual: $0.residual.rounded(to: 2), trusted: $0.isTrusted)
    }
    color = findings.color.map { Color(before: $0.before.rounded(to: 2), after: $0.after.rounded(to: 2)) }
    changed = findings.changed?.rounded(to: 4)
    drift = findings.drift?.rounded(to: 2)
    mask = findings.mask?.rawValue
    uncovered = findings.uncovered.map {
      Uncovered(left: $0.left, top: $0.top, right: $0.right, bottom: $0.bottom)
    }
    warnings = findings.warnings.map(\.rawValue)
  }

  /// The same for people.
  public var lines: [String] {
    var lines: [String] = []
    if let align, align.trusted { lines.append("aligned: \(align.message)") }
    if let color { lines.append("color: \(color.message)") }
    if let changed { lines.append("changed: \((changed * 100).rounded(to: 1)) % of the picture") }
    if let written = findings.written { lines.append(written.message(ofAnswer: drift)) }
    if let mask { lines.append("mask: what is \(mask) in it was edited") }
    return lines + notes.map { "note: \($0)" }
  }

  /// The warnings, for people.
  package var notes: [String] {
    let notes = findings.warnings.map { $0.explanation(findings) }
    guard let uncovered else { return notes }
    let remedy = remedy.map { ": \($0)" } ?? ""
    return notes + ["the answer does not reach \(uncovered.message), where the original shows" + remedy]
  }
}
