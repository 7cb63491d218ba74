import Foundation
import TestSupport
import Testing

/// Tests that wait for a process, a socket, a signal, a task, or a lock must not hang.
@Suite struct `Tests end in time` {
  @Test func `every suite that waits has a time limit`() throws {
    let tests = Samples.root.appending(path: "Tests")
    let folders = try FileManager.default.contentsOfDirectory(atPath: tests.path(percentEncoded: false))
    var checked = 0
    for folder in folders where folder.hasSuffix("Tests") {
      let path = tests.appending(path: folder).path(percentEncoded: false)
      let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      for name in names where name.hasSuffix(".swift") {
        for suite in try suites(in: "\(path)/\(name)") where suite.contains(") " + "async ") {
          checked += 1
          let head = suite.prefix { $0 != "{" }
          #expect(head.contains(".endsInTime"), "in \(folder)/\(name): @Suite\(head)")
        }
      }
    }
    #expect(checked > 50)
  }

  private func suites(in file: String) throws -> ArraySlice<String> {
    try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "@Suite").dropFirst()
  }
}
