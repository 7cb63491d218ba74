import Foundation

/// External programs that check results independently.
package enum Tool {
  package static func exists(_ name: String) -> Bool {
    (try? run("which", [name])).map { !$0.isEmpty } ?? false
  }

  @discardableResult
  package static func run(_ name: String, _ arguments: [String], input: String = "") throws -> [UInt8] {
    let scratch = try TemporaryFolder()
    try scratch.write(Array(input.utf8), as: "in")
    try scratch.write([], as: "out")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: scratch.file("in")))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.file("out")))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try scratch.read("out")
  }
}
