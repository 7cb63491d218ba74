import Gateways
import Vocabulary

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
    (self.addresses, self.digests) = (addresses, digests)
  }

  init(_ references: [EditRequest.Reference]) {
    self.init()
    for reference in references {
      switch reference {
      case .address(let address): addresses.insert(address)
      case .picture(_, let content): if let digest = try? content.sha256() { digests.insert(digest) }
      }
    }
  }
}

/// Addresses in a text may lead to the picture that was paid for, or to a page of rules. Each is fetched by the rules of every
/// download, and counts only when what lies there is a picture and not one of the request's own.
extension Delivery {
  /// An answer without a picture in a place of its own, whose text names addresses.
  struct Linked: Sendable {
    let links: [String]
    let reason: String
    let facts: ReplyFacts
  }

  /// For each of them: a page that hangs must not hold up what is known already.
  private static let longestFetch: Duration = .seconds(60)

  /// - Throws: `noPicture` when none of them is one.
  func collect(
    _ linked: Linked, besides sent: SentPictures, _ attempt: LiveAttempt, tasks: [String] = [],
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(DeliveryFailure.Cause) -> Delivered {
    var pictures: [Delivered.Picture] = []
    var areChecked = true
    for link in linked.links where !sent.addresses.contains(link) {
      let limit = max(.seconds(1), min(Self.longestFetch, deadline - timing.now()))
      let file = try? await submitter.downloads.holding(1) { () throws(DownloadError) in
        try await downloader(timeout: limit).fetch(link)
      }
      if Task.isCancelled { throw .interrupted }
      guard let file, PictureSignature.isThere(file.bytes), !sent.digests.contains(file.bytes.sha256),
        !pictures.contains(where: { $0.bytes.hasSameContent(as: file.bytes) })
      else { continue }
      areChecked = areChecked && file.isAddressChecked
      let source = tasks.isEmpty ? Delivered.Source.url : .task
      pictures.append(Delivered.Picture(bytes: file.bytes, label: nil, source: source))
    }
    guard !pictures.isEmpty else {
      await attempt.note(.findNothing, .init(words: linked.reason))
      throw .noPicture(reason: linked.reason, words: linked.facts.text, links: linked.links)
    }
    var facts = linked.facts
    facts.text = facts.text.flatMap(PicturesInText.words)
    return Delivered(
      pictures: pictures, facts: facts, tasks: tasks, attempts: earlier + [attempt.summary],
      areAddressesChecked: areChecked, receipt: Receipt(attempt: attempt))
  }
}
