import Gateways
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a request took along: none of it is its result.
package struct SentPictures: Sendable {
  /// Addresses that were passed on.
  var addresses: Set<String>
  /// SHA-256 of what was sent, as `PictureContent.sha256` writes it.
  var digests: Set<String>

  package init(addresses: Set<String> = [], digests: Set<String> = []) {
    (self.addresses, self.digests) = (Set(addresses.map(Self.place)), digests)
  }

  /// What stands behind ? is a signature, which the ledger does not keep.
  private static func place(of address: String) -> String {
    String(address.prefix { $0 != "?" && $0 != "#" })
  }

  func has(_ address: String) -> Bool { addresses.contains(Self.place(of: address)) }

  init(_ references: [EditRequest.Reference]) {
    self.init()
    for reference in references {
      switch reference {
      case .address(let address): addresses.insert(Self.place(of: address))
      case .picture(_, let content): if let digest = try? content.sha256() { digests.insert(digest) }
      }
    }
  }
}

/// Addresses in a text may lead to the picture that was paid for, or to a page of rules. Each is fetched by the rules of every
/// download, and counts only when what lies there is a picture and not one of the request's own.
extension RequestExecutor {
  /// An answer without a picture in a place of its own, whose text names addresses.
  struct Linked: Sendable {
    let links: TextLinks
    let reason: String
    let facts: ReplyFacts
  }

  /// For each of them: a page that hangs must not hold up what is known already.
  private static let longestFetch: Duration = .seconds(60)

  private enum Found {
    case picture(Downloader.File)
    case nothing
    /// It may be there a moment later.
    case notYet(DownloadError, host: String)
  }

  /// - Throws: `noPicture` when none of them is one; `download` when one that is shown as a picture cannot be fetched just now.
  func collect(
    _ linked: Linked, besides sent: SentPictures, _ attempt: LiveAttempt, tasks: [String] = [],
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(ExecutionFailure.Cause) -> ExecutionResult {
    var files: [Downloader.File] = []
    var open: ExecutionFailure.Cause?
    for (links, areShown) in [(linked.links.shown, true), (linked.links.plain, false)] where files.isEmpty {
      for link in links where !sent.has(link) {
        switch try await look(at: link, sent, deadline) {
        case .picture(let file):
          if !files.contains(where: { $0.bytes.hasSameContent(as: file.bytes) }) { files.append(file) }
        case .nothing: break
        case .notYet(let error, let host): if areShown { open = open ?? .download(error, host: host) }
        }
      }
    }
    if files.isEmpty, let open { throw open }
    guard !files.isEmpty else {
      await attempt.note(.findNothing, .init(message: linked.reason))
      throw .noPicture(reason: linked.reason, message: linked.facts.text, links: linked.links)
    }
    let source = tasks.isEmpty ? ExecutionResult.Source.url : .task
    var facts = linked.facts
    facts.text = facts.text.flatMap(PicturesInText.withoutPictures)
    return ExecutionResult(
      pictures: files.map { ExecutionResult.Picture(bytes: $0.bytes, label: nil, source: source) },
      facts: facts,
      tasks: tasks, attempts: earlier + [attempt.summary],
      areAddressesChecked: files.allSatisfy(\.isAddressChecked), receipt: Receipt(attempt: attempt))
  }

  private func look(
    at link: String, _ sent: SentPictures, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> Found {
    let limit = max(.seconds(1), min(Self.longestFetch, deadline - timing.now()))
    do throws(DownloadError) {
      let file = try await sender.downloads.holding(1) { () throws(DownloadError) in
        try await downloader(timeout: limit).fetch(link)
      }
      let isOwn = sent.digests.contains(file.bytes.sha256)
      return PictureSignature.isThere(file.bytes) && !isOwn ? .picture(file) : .nothing
    } catch {
      if case .canceled = error { throw .interrupted }
      return error.mayPass ? .notYet(error, host: URL(string: link)?.host() ?? "") : .nothing
    }
  }
}

extension DownloadError {
  fileprivate var mayPass: Bool {
    switch self {
    case .status(let status, _): status >= 500 || [408, 425, 429].contains(status)
    case .timedOut, .failed, .cutShort: true
    default: false
    }
  }
}
