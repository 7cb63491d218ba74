package import Gateways
import NIOPosix
package import Core

/// The result of one request, in memory. The raw reply stays on the disk until `receipt` is finished.
package struct ExecutionResult: Sendable {
  package struct Picture: Sendable {
    package let bytes: PictureBytes
    package let label: MediaType?
    package let source: PictureDelivery
  }

  package let pictures: [Picture]
  package let facts: ReplyFacts
  /// The ids of the gateway's tasks; empty if the reply carried the result.
  package let tasks: [String]
  /// All attempts at the request.
  package let attempts: [AttemptNote]
  /// Whether every downloaded picture came from a checked address; `false` behind a proxy.
  package let areAddressesChecked: Bool
  /// Whether pictures that the reply names can no longer be had: their URLs are gone, or their tasks failed.
  package var isIncomplete = false
  package let receipt: Receipt

  /// The HTTP status of the reply.
  package var status: Int { attempts.last?.status ?? 200 }
  /// The duration of the last attempt, including downloads.
  package var elapsed: Duration { attempts.last?.elapsed ?? .zero }
}

/// The journal entry of a delivered result. Call `finish` when its pictures are written.
package struct Receipt: Sendable {
  let attempt: LiveAttempt

  /// The path of the raw reply.
  package var replyPath: String { attempt.entry.reply.path }

  /// Records that the pictures are written, and deletes the raw reply.
  ///
  /// - Parameters:
  ///   - outputs: The files of the pictures.
  ///   - keepsReply: Keeps the raw reply, because not all pictures could be used. Default: `false`.
  /// - Returns: Whether the journal has recorded it. If not, the raw reply is kept, so that it can be read
  ///   again and recorded later.
  @discardableResult
  package func finish(outputs: [WrittenFile] = [], keepsReply: Bool = false) async -> Bool {
    let details = LiveAttempt.Details(outputs: outputs)
    var isRecorded = await attempt.note(.finish, details)
    if !isRecorded { isRecorded = await finishAgain(details) }
    if isRecorded && !keepsReply { attempt.entry.reply.discard() } else { release() }
    return isRecorded
  }

  /// Tries to record the end once more, without the reply on the disk: the reply itself may have filled it.
  private func finishAgain(_ details: LiveAttempt.Details) async -> Bool {
    let reply = attempt.entry.reply
    let bytes = try? await NIOThreadPool.singleton.runIfActive { reply.takeOut() }
    let isRecorded = await attempt.note(.finish, details)
    if let bytes { try? await NIOThreadPool.singleton.runIfActive { reply.putBack(bytes) } }
    return isRecorded
  }

  /// Records that no picture of the reply can be read, by its own bytes, and releases the raw reply. A later
  /// version may read it again.
  package func findUnusable(_ message: String) async {
    await attempt.note(.findUnusable, .init(message: message))
    release()
  }

  /// Releases the raw reply without recording anything. The result can be replayed later.
  package func release() { attempt.entry.reply.release() }
}

/// A summary of one attempt, for reports.
package struct AttemptNote: Sendable {
  package let gateway: String
  package let state: AttemptState
  package let status: Int?
  package let elapsed: Duration

  /// The same attempt once a retry with its idempotency key was answered.
  var repeated: AttemptNote {
    AttemptNote(
      gateway: gateway, state: state.after(.repeatAnswered) ?? state, status: status, elapsed: elapsed)
  }
}

/// The error of a request without a result, with what is known about billing.
package struct ExecutionFailure: Error, Sendable {
  package enum Cause: Error, Sendable {
    /// The attempt could not be recorded, so nothing was sent.
    case journal(JournalError)
    case submission(SubmissionError)
    case failed(GatewayFailure)
    /// A reply with status 2xx is incomplete. The associated value says why.
    case cutShort(String)
    case refused(reason: String, message: String?)
    /// The reply has no picture. `links` are the URLs in its text, none of which leads to a picture.
    case noPicture(reason: String, message: String?, links: TextLinks = TextLinks())
    /// The tasks are not done, or cannot be polled at the moment.
    case pending(tasks: [String], why: String)
    /// The result cannot be downloaded.
    case download(DownloadError, host: String)
    case interrupted
  }

  /// The reason of a `pending` task whose gateway cannot be polled.
  package static let couldNotAsk = "polling the gateway failed"

  package let cause: Cause
  package let attempts: [AttemptNote]
  /// The state of the request: the one of its attempts that matters most.
  package let state: AttemptState
  /// The path of the raw reply, if the reply may still be useful.
  package let keptReply: String?
}
