package import Gateways
package import Core

/// What one request brought, fetched and in memory, and still stored where that can be read again.
package struct ExecutionResult: Sendable {
  package struct Picture: Sendable {
    package let bytes: PictureBytes
    package let label: MediaType?
    package let source: Source
  }

  /// How a picture traveled.
  package enum Source: String, Sendable { case inline, url, task }

  package let pictures: [Picture]
  package let facts: ReplyFacts
  /// The ids under which the gateway knew it.
  package let tasks: [String]
  /// The tries it took.
  package let attempts: [AttemptNote]
  /// Whether the address of every picture that was fetched is known to be a public one; not so behind a proxy.
  package let areAddressesChecked: Bool
  package let receipt: Receipt

  /// The HTTP status of the answer.
  package var status: Int { attempts.last?.status ?? 200 }
  /// How long the last try took, its results included.
  package var elapsed: Duration { attempts.last?.elapsed ?? .zero }
}

/// The journal's entry for what was delivered; to be told when its pictures are safe.
package struct Receipt: Sendable {
  let attempt: LiveAttempt

  /// Where the raw reply lies.
  package var replyPath: String { attempt.entry.reply.path }

  /// The pictures are where they belong, so the raw reply is not needed any more.
  ///
  /// - Parameters:
  ///   - outputs: where they were written.
  ///   - keepsReply: not all of them could be used.
  package func finish(outputs: [WrittenFile] = [], keepsReply: Bool = false) async {
    let details = LiveAttempt.Details(outputs: outputs)
    let isNoted = (try? await attempt.happen(.finish, details)) != nil
    if keepsReply { release() } else { attempt.entry.reply.discard() }
    // The reply itself may be what had filled the disk.
    if !isNoted { await attempt.note(.finish, details) }
  }

  /// Nothing more is done with it here: what was delivered can be replayed.
  package func release() { attempt.entry.reply.release() }
}

/// One try, for reports.
package struct AttemptNote: Sendable {
  package let gateway: String
  package let state: AttemptState
  package let status: Int?
  package let elapsed: Duration
}

/// Why a request brought nothing, and what is known about money.
package struct ExecutionFailure: Error, Sendable {
  package enum Cause: Error, Sendable {
    /// The attempt could not be recorded, so nothing was sent.
    case journal(JournalError)
    case submission(SubmissionError)
    case failed(GatewayFailure)
    /// An answer under 2xx that ended before its end.
    case cutShort(String)
    case refused(reason: String, message: String?)
    /// With the addresses in its text, behind which there is none.
    case noPicture(reason: String, message: String?, links: TextLinks = TextLinks())
    /// Tasks that are not done, or cannot be asked for just now.
    case pending(tasks: [String], why: String)
    /// A result that cannot be fetched.
    case download(DownloadError, host: String)
    case interrupted
  }

  /// Why a task is `pending` whose gateway does not answer.
  package static let couldNotAsk = "the gateway could not be asked"

  package let cause: Cause
  package let attempts: [AttemptNote]
  package let state: AttemptState
  /// Where the raw reply lies, when there is something in it that may still be of use.
  package let keptReply: String?
}
