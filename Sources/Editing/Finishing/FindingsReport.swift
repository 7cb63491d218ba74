import Core
package import Finishing

/// The findings from comparing a result with its original. Absent values are not encoded.
public struct FindingsReport: Encodable, Sendable {
  /// The alignment that was measured; absent if it was not requested.
  public let align: Alignment?
  /// The color match; absent if it was not requested or not possible.
  public let color: Color?
  /// The share of the original that differs visibly where it may change, 0…1; absent if nothing was compared.
  public let changed: Double?
  /// The mean CIEDE2000 difference of the result from its original where it must not change; without region
  /// and mask, that of the three fifths of the pixels that differ least. Measured after alignment and color
  /// matching, if they were requested; absent if nothing was compared.
  public let drift: Double?
  /// What in the mask marks the area to edit: `white` or `transparent`; absent without a mask.
  public let mask: String?
  /// The parts of the edges that the result does not reach, where the original shows; absent if it reaches
  /// all.
  public let uncovered: Uncovered?
  /// The codes of the warnings.
  public let warnings: [String]
  private let findings: Findings
  private let remedy: String?

  private enum CodingKeys: CodingKey { case align, color, changed, drift, mask, uncovered, warnings }

  /// How far the result stays away from each edge of the finished picture, or of the area that may change, in
  /// pixels.
  public struct Uncovered: Encodable, Sendable {
    /// From the left edge.
    public let left: Int
    /// From the top edge.
    public let top: Int
    /// From the right edge.
    public let right: Int
    /// From the bottom edge.
    public let bottom: Int
  }

  /// The position of the result relative to its original.
  public struct Alignment: Encodable, Sendable {
    /// Horizontal shift of the center of the visible area, in the original's pixels; positive if it was too
    /// far right.
    public let dx: Double
    /// Vertical shift of that center, in the original's pixels; positive if it was too low.
    public let dy: Double
    /// Scale of the result relative to the original; above 1 if it showed things larger.
    public let scale: Double
    /// Rotation, clockwise, in degrees.
    public let rotation: Double
    /// Root mean square of the displacement that remains unexplained, in the original's pixels.
    public let residual: Double
    /// Whether the measurement was trusted, and the position corrected.
    public let trusted: Bool
  }

  /// The median color difference of unchanged pixels (CIEDE2000), before and after color matching.
  public struct Color: Encodable, Sendable {
    /// Before color matching.
    public let before: Double
    /// After color matching.
    public let after: Double
  }

  /// - Parameter remedy: advice for uncovered edges.
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

  /// The findings as lines of text for people.
  package var lines: [String] {
    var lines: [String] = []
    if let align, align.trusted { lines.append("aligned: \(align.message)") }
    if let color { lines.append("color: \(color.message)") }
    if let changed { lines.append("changed: \((changed * 100).rounded(to: 1)) % of the picture") }
    if let written = findings.written { lines.append(written.message(ofAnswer: drift)) }
    if let mask { lines.append("mask: \(mask) areas were edited") }
    return lines + notes.map { "note: \($0)" }
  }

  /// The warnings as sentences for people.
  package var notes: [String] {
    let notes = findings.warnings.map { $0.explanation(findings) }
    guard let uncovered else { return notes }
    let remedy = remedy.map { ": \($0)" } ?? ""
    return notes + ["the answer does not cover \(uncovered.message), where the original shows" + remedy]
  }
}
