import Gateways
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The references of a request. A link to one of them is not its result.
package struct SentPictures: Sendable {
  /// The references that were sent as URLs, without the secrets in them, which the ledger does not keep.
  var addresses: Set<String>
  /// The SHA-256 digests of the references that were sent as bytes, in the format of `PictureContent.sha256`.
  var digests: Set<String>

  package init(addresses: Set<String> = [], digests: Set<String> = []) {
    (self.addresses, self.digests) = (Set(addresses.map(\.withoutURLSecrets)), digests)
  }

  func has(_ address: String) -> Bool { addresses.contains(address.withoutURLSecrets) }

  init(_ references: [EditRequest.Reference]) {
    self.init()
    for reference in references {
      switch reference {
      case .address(let address): addresses.insert(address.withoutURLSecrets)
      case .picture(_, let content): if let digest = try? content.sha256() { digests.insert(digest) }
      }
    }
  }
}

/// Results that a reply only links to in its text. A URL in a text may lead to the paid picture, or to a page
/// of rules. Each is downloaded with the same checks as every download, and counts only if it is a picture
/// and not one of the request's references.
extension RequestExecutor {
  /// A reply without a picture, whose text contains URLs.
  struct Linked: Sendable {
    let links: TextLinks
    let reason: String
    let facts: ReplyFacts
  }

  /// The timeout of each download. A page that hangs must not delay the result.
  private static let longestFetch: Duration = .seconds(60)

  private enum Found {
    case picture(Downloader.File)
    case nothing
    /// The download failed, and may succeed later.
    case notYet(DownloadError, host: String)
  }

  /// Downloads the pictures that a reply links to. The plain links are tried only if no embedded one is a
  /// picture.
  ///
  /// - Throws: `noPicture` if none of the links is a picture; `download` if one that is embedded as a picture
  ///   cannot be downloaded at the moment.
  func collect(
    _ linked: Linked, besides sent: SentPictures, as delivery: PictureDelivery, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> CollectedPictures {
    var collected = CollectedPictures(facts: linked.facts)
    var open: ExecutionFailure.Cause?
    let groups = [(linked.links.shown, true), (linked.links.plain, false)]
    for (links, areShown) in groups where collected.pictures.isEmpty {
      for link in links where !sent.has(link) {
        switch try await look(at: link, sent, deadline) {
        case .picture(let file): collected.add(file, as: delivery)
        case .nothing: break
        case .notYet(let error, let host): if areShown { open = open ?? .download(error, host: host) }
        }
      }
    }
    guard !collected.pictures.isEmpty else {
      throw open ?? .noPicture(reason: linked.reason, message: linked.facts.text, links: linked.links)
    }
    collected.facts.text = linked.facts.text.flatMap(PicturesInText.withoutPictures)
    return collected
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
  /// Whether the error is transient.
  fileprivate var mayPass: Bool {
    switch self {
    case .status(let status, _): status >= 500 || [408, 425, 429].contains(status)
    case .timedOut, .failed, .cutShort: true
    default: false
    }
  }
}
