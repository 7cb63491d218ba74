import Testing

@testable import Finishing
@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `What finishing found, as text` {
  private func line(_ word: String, _ change: (inout Findings) -> Void) throws -> String {
    var findings = Findings()
    change(&findings)
    return try #require(FindingsReport(findings).lines.first { $0.contains(word) })
  }

  private func alignment(
    _ dx: Double, _ dy: Double, _ scale: Double, _ rotation: Double
  ) throws -> String {
    try line("aligned") {
      $0.alignment = Findings.Alignment(
        dx: dx, dy: dy, scale: scale, rotation: rotation, residual: 0.1, isTrusted: true)
    }
  }

  @Test func `alignment reports the offset that was removed, or that there was none`() throws {
    #expect(try alignment(0.03, -0.2, 0.99999, 0.001) == "aligned: already in place")
    #expect(
      try alignment(12.34, -3, 1.0125, -0.5)
        == "aligned: the result was 12.3 px too far right and 3.0 px too high, 1.25 % too large, "
        + "rotated 0.5° counterclockwise; corrected")
    #expect(
      try alignment(-1, 0.1, 0.99, 0)
        == "aligned: the result was 1.0 px too far left, 1.0 % too small; corrected")
  }

  @Test func `drift is reported for the file, with the area where it was measured`() throws {
    let outside = try line("drift") {
      $0.drift = 17.4
      $0.written = Findings.WrittenDrift(value: 0.26, scope: .outsideChange)
    }
    #expect(outside.hasPrefix("drift outside the change: 0.3 (") && outside.contains("17.4"))
    #expect(outside.hasSuffix("above about 5 is visible"))
    let least = try line("drift") {
      $0.drift = 17.4
      $0.written = Findings.WrittenDrift(value: 17.4, scope: .leastChanged)
    }
    #expect(least == "drift in the three fifths that differ least: 17.4; above about 5 is visible")
  }

  @Test(arguments: [
    (Findings.TintFailure.notRecognized, "could not be located"), (.fewColors(9, least: 16), "9 colors"),
    (.littleAgreement(0.123, least: 0.3), "fits 12 % of the colors; 30 %"), (.otherColors, "is not a tint"),
    (.strong(21.57, maximum: 12), "difference of 21.6"),
  ])
  func `a tint that cannot be determined gives the reason`(
    failure: Findings.TintFailure, words: String
  ) throws {
    let note = try line("colors were left") {
      $0.warnings = [.colorNotMatched]
      $0.tintFailure = failure
    }
    #expect(note.contains(words), "\(note)")
  }

  @Test func `uncovered sides are reported in pixels, and a large change is not called total`() throws {
    let note = try line("does not cover") {
      $0.uncovered = Findings.Uncovered(left: 12, top: 0, right: 13, bottom: 2)
      $0.warnings = [.changedMostly]
    }
    #expect(
      note.contains("12 px at the left, 13 px at the right and 2 px at the bottom, where the original shows"))
    let mostly = try line("most of the picture") { $0.warnings = [.changedMostly] }
    #expect(!mostly.contains("nothing of the original"))
  }
}
