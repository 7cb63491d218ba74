import Foundation
import Gateways
import Synchronization
import TestSupport
import Testing
import Core

@testable import Submission

/// A journal on a disk that the raw reply has filled. It records nothing while that file has any content.
private final class CrowdedJournal: AttemptJournal {
  private let path: String
  private let isFull: Bool
  private let states = Mutex<[AttemptState]>([])

  /// - Parameter isFull: Whether it records nothing even without that file.
  init(in folder: TemporaryFolder, isFull: Bool = false) {
    path = folder.file("reply")
    self.isFull = isFull
  }

  var written: [AttemptState] { states.withLock { $0 } }

  func begin(_ attempt: NewAttempt) async throws(JournalError) -> JournaledAttempt {
    do throws(StoredReply.Failure) {
      return JournaledAttempt(id: 1, reply: try StoredReply(making: path))
    } catch {
      throw JournalError(error.message)
    }
  }

  func record(_ change: AttemptChange, of attempt: Int64) async throws(JournalError) {
    guard !isFull, StoredReply.isEmpty(path) else { throw JournalError("No space left on device") }
    states.withLock { $0.append(change.state) }
  }
}

@Suite(.endsInTime) struct `A journal on a full disk` {
  @Test func `the picture is kept, and the outcome is recorded once there is room`() async throws {
    let folder = try TemporaryFolder()
    let journal = CrowdedJournal(in: folder)
    #expect(try await execute(journal))
    #expect(journal.written.last == .done)
    #expect(folder.names == [])
  }

  @Test func `the reply is kept if there never is room`() async throws {
    let folder = try TemporaryFolder()
    #expect(try await !execute(CrowdedJournal(in: folder, isFull: true)))
    #expect(folder.names == ["reply"])
    let reply = try StoredReply(reopening: folder.file("reply")).read(status: 200)
    guard case .pictures = Gateway.google.interpret(reply, key: nil) else {
      Issue.record("expected the pictures")
      return
    }
  }

  /// - Returns: Whether the end was recorded.
  private func execute(_ journal: CrowdedJournal) async throws -> Bool {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 64, height: 64))
    return try await ScriptedGateway.run(.picture(jpeg)) { gateway in
      let sender = HTTPSender(settings: ClientSettings(environment: [:]))
      let route = RequestExecutor.Route(
        gateway: .google, baseURL: gateway.baseURL, key: try APIKey("sk-canary-7f3a"))
      let request = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [])
      let executed = try await RequestExecutor(route, sender: sender, journal: journal)
        .execute(request, part: 1, timeout: .seconds(120))
      #expect(executed.pictures.count == 1)
      let isRecorded = await executed.receipt.finish()
      await sender.close()
      return isRecorded
    }
  }
}
