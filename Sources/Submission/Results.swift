import Gateways
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Collection of results. Pictures at URLs are downloaded within the same call, because the URLs expire.
extension RequestExecutor {
  /// The maximum size of a downloaded picture. A 4K picture has 20 to 30 MB.
  private static let sizeLimit = ByteCount.megabytes(256)
  /// The minimum timeout of a download. A paid result is downloaded even if the call's time is almost over.
  private static let leastTime: Duration = .seconds(120)

  /// Collects the pictures of a reply, and downloads those at URLs. A picture that is gone does not cost the
  /// others.
  ///
  /// - Throws: The error of a download that may succeed later, so that none of the pictures is given up; that
  ///   of a picture that is gone if there is no other.
  func collect(
    _ pictures: [ReturnedPicture], _ facts: ReplyFacts, as delivery: PictureDelivery, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> CollectedPictures {
    var collected = CollectedPictures(facts: facts)
    for picture in pictures {
      switch picture.content {
      case .bytes(let bytes):
        collected.pictures.append(
          ExecutionResult.Picture(
            bytes: bytes, label: picture.label, source: delivery == .url ? .inline : delivery))
      case .address(let address, let expires):
        do throws(ExecutionFailure.Cause) {
          let file = try await sender.downloads.holding(1) { () throws(ExecutionFailure.Cause) in
            try await fetch(address, expires: expires, deadline)
          }
          collected.add(file, label: picture.label, as: delivery)
        } catch {
          guard case .download(let why, _) = error, why.isFinal else { throw error }
          collected.gone = collected.gone ?? error
        }
      }
    }
    if collected.pictures.isEmpty, let gone = collected.gone { throw gone }
    return collected
  }

  /// A downloader for results of this gateway. It allows loopback addresses if the gateway is on this
  /// machine.
  func downloader(timeout: Duration) -> Downloader {
    var rules = Downloader.Rules()
    rules.allowsLoopback = URL(string: route.baseURL)?.host().map(LoopbackName.matches) ?? false
    return Downloader(limit: Self.sizeLimit, timeout: timeout, rules: rules, timing: timing)
  }

  private func fetch(
    _ address: String, expires: Int?, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> Downloader.File {
    // Some gateways reply with a path relative to their base URL.
    let url = URL(string: address, relativeTo: URL(string: route.baseURL))
    do throws(DownloadError) {
      return try await downloader(timeout: max(Self.leastTime, deadline - timing.now())).fetch(
        url?.absoluteString ?? address)
    } catch {
      if case .canceled = error { throw .interrupted }
      // A server that has deleted the picture answers with a 4xx status. The expiry time tells whether this
      // is why.
      let isOver = expires.map { Date(timeIntervalSince1970: Double($0)) < Date() } ?? false
      let isGone = if case .status(let status, _) = error { (400..<500).contains(status) } else { false }
      throw .download(isOver && isGone ? .expired : error, host: url?.host() ?? "")
    }
  }
}

/// The pictures of a billed reply.
struct CollectedPictures {
  var pictures: [ExecutionResult.Picture] = []
  var facts: ReplyFacts
  /// Whether every downloaded picture came from a checked address.
  var areAddressesChecked = true
  /// Why a picture that the reply names can no longer be had; `nil` if all are there.
  var gone: ExecutionFailure.Cause?

  /// Adds a downloaded picture, unless it is there already: some gateways name one twice.
  mutating func add(_ file: Downloader.File, label: MediaType? = nil, as delivery: PictureDelivery) {
    areAddressesChecked = areAddressesChecked && file.isAddressChecked
    guard !pictures.contains(where: { $0.bytes.hasSameContent(as: file.bytes) }) else { return }
    pictures.append(ExecutionResult.Picture(bytes: file.bytes, label: label, source: delivery))
  }

  mutating func add(_ other: CollectedPictures) {
    pictures += other.pictures
    facts = other.facts
    areAddressesChecked = areAddressesChecked && other.areAddressesChecked
    gone = gone ?? other.gone
  }
}

extension DownloadError {
  /// Whether the picture will never be there again.
  var isFinal: Bool {
    switch self {
    case .expired, .notHTTPS, .notPublic: true
    case .status(let status, _): [403, 404, 410].contains(status)
    default: false
    }
  }
}
