import Foundation
import Imaging
import PictureFormats
@testable import InProcess
import Preparation
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The verdicts on broken files. A file that is truncated or damaged within its pixels is refused, and stays
/// refused. The golden files record the verdict on each file.
@Suite(.enabled(if: isExtendedRun)) struct `Extended: verdicts on broken files` {
  struct Collection: Sendable, CustomTestStringConvertible {
    let name: String
    let files: @Sendable () throws -> [BrokenFile]

    var testDescription: String { name }
  }

  static let collections = [
    Collection(name: "jpeg", files: BrokenFile.jpegs), Collection(name: "png", files: BrokenFile.pngs),
    Collection(name: "gif", files: BrokenFile.gifs), Collection(name: "tiff", files: BrokenFile.tiffs),
    Collection(name: "webp", files: BrokenFile.webps), Collection(name: "heif", files: BrokenFile.heifs),
    Collection(name: "others", files: BrokenFile.others),
  ]

  @Test(arguments: collections)
  func `the verdicts are the recorded ones`(collection: Collection) throws {
    let lines = try collection.files().map(Self.line)
    #expect(lines.count >= 300)
    #expect(Set(lines).count == lines.count)
    let path = Samples.root.appending(path: "Tests/Verdicts/\(collection.name).txt")
    guard let golden = try? String(contentsOf: path, encoding: .utf8) else {
      try (lines.joined(separator: "\n") + "\n").write(to: path, atomically: true, encoding: .utf8)
      Issue.record("recorded \(path.lastPathComponent), which was missing; check the verdicts")
      return
    }
    let stored = golden.split(separator: "\n")
    let kept = Set(stored)
    for line in lines where !kept.contains(Substring(line)) { Issue.record("\(line)") }
    let found = Set(lines.map { Substring($0) })
    #expect(stored.filter { !found.contains($0) } == [], "verdicts that no longer hold")
  }

  /// A name and three verdicts: on the file as it is, where it must be decoded, and where truncation is
  /// allowed.
  private static func line(_ file: BrokenFile) -> String {
    var options = PreparationOptions()
    options.allowed = ["svg", "jxl", "jp2"]
    let passed = verdict(file.bytes, options)
    options.maximumEdge = 20
    let decoded = verdict(file.bytes, options)
    options.allowsTruncated = true
    return [file.name, passed, decoded, verdict(file.bytes, options)].joined(separator: "\t")
  }

  private static func verdict(_ bytes: [UInt8], _ options: PreparationOptions) -> String {
    do throws(PreparationError) {
      let result = try prepareReference(PictureBytes(bytes), options: options)
      let kind = result.isPassthrough ? "passed" : "made"
      return ([kind, "\(result.size)", result.mediaType.name] + result.warnings.map(\.rawValue)).joined(
        separator: " ")
    } catch {
      if case .picture(.needsOwnProcess) = error { return "asks for a process of its own" }
      return "refused \(PlantainError.preparing(error, "it").code.rawValue)"
    }
  }
}
