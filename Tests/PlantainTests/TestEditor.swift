import Foundation
import Logging
import Submission
import Synchronization
import TestSupport

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// Runs `body` with an editor that does not wait between attempts. Its ledger is in a temporary folder, which
/// is removed with the editor.
///
/// - Parameter ledger: a folder for the ledger that stays, for inspection.
func withTestEditor<Result>(
  gateway: Gateway, key: APIKey.Source? = nil, baseURL: String? = nil, processor: ImageProcessor = .inProcess,
  ledger: TemporaryFolder? = nil, _ body: (Editor) async throws -> Result
) async throws -> Result {
  try await withTestEditor(
    routes: [Route(gateway, key: key, baseURL: baseURL)], processor: processor, ledger: ledger, body)
}

func withTestEditor<Result>(
  routes: [Route], processor: ImageProcessor = .inProcess, ledger: TemporaryFolder? = nil,
  _ body: (Editor) async throws -> Result
) async throws -> Result {
  let folder = try ledger ?? TemporaryFolder()
  return try await Editor(
    routes: routes, ledger: .file(folder.file("ledger.sqlite")), processor: processor,
    logger: Logger(label: "test"), timing: .jumping
  ).lent(to: body)
}

extension Timing {
  /// Waits return at once, but their time is counted.
  static var jumping: Timing {
    let skipped = SkippedTime()
    let start = ContinuousClock.now
    return Timing(
      now: { ContinuousClock.now - start + skipped.sum }, sleep: { skipped.add($0) }, random: { 0.5 })
  }
}

private final class SkippedTime: Sendable {
  private let time = Mutex(Duration.zero)

  var sum: Duration { time.withLock { $0 } }
  func add(_ more: Duration) { time.withLock { $0 += more } }
}

extension TemporaryFolder {
  /// The raw replies kept by the ledger in this folder.
  var keptReplies: [String] {
    get throws {
      let path = file("ledger.sqlite.replies")
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
  }
}
