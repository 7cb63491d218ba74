import Foundation

/// External programs that check results independently.
package enum Tool {
  package static func exists(_ name: String) -> Bool {
    (try? run("which", [name])).map { !$0.isEmpty } ?? false
  }

  @discardableResult
  package static func run(_ name: String, _ arguments: [String], input: String = "") throws -> [UInt8] {
    let scratch = try TemporaryFolder()
    _ = try status(of: name, arguments, input: input, scratch: scratch)
    return try scratch.read("out")
  }

  /// Runs a program, and returns its exit status.
  package static func status(of name: String, _ arguments: String...) throws -> Int32 {
    try status(of: name, arguments, input: "", scratch: TemporaryFolder())
  }

  private static func status(
    of name: String, _ arguments: [String], input: String, scratch: TemporaryFolder
  ) throws -> Int32 {
    try scratch.write(Array(input.utf8), as: "in")
    try scratch.write([], as: "out")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: scratch.file("in")))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.file("out")))
    process.standardError = FileHandle.nullDevice
    try process.run()
    try process.waitForExit()
    return process.terminationStatus
  }
}
