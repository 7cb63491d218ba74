import Foundation
package import Testing

/// Compares lines with those of `Tests/StoredShapes/NAME`. If there is no such file, it is recorded, and the
/// test fails once.
///
/// - Parameter advice: what to do when the lines differ.
package func expectRecorded(_ lines: [String], as name: String, _ advice: Comment) throws {
  let path = Samples.root.appending(path: "Tests/StoredShapes/\(name)")
  guard let golden = try? String(contentsOf: path, encoding: .utf8) else {
    try (lines.joined(separator: "\n") + "\n").write(to: path, atomically: true, encoding: .utf8)
    Issue.record("recorded \(name), which did not exist")
    return
  }
  let stored = golden.split(separator: "\n").map(String.init)
  #expect(lines.count == stored.count, advice)
  for (line, stored) in zip(lines, stored) { #expect(line == stored, advice) }
}
