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

  /// Collects the pictures of a reply, and downloads those at URLs.
  func collect(
    _ pictures: [ReturnedPicture], _ facts: ReplyFacts, _ attempt: LiveAttempt, tasks: [String] = [],
    _ deadline: Duration, earlier: [AttemptNote]
  ) async throws(ExecutionFailure.Cause) -> ExecutionResult {
    var collected: [ExecutionResult.Picture] = []
    var areChecked = true
    let isTask = !tasks.isEmpty
    for picture in pictures {
      switch picture.content {
      case .bytes(let bytes):
        let source = isTask ? PictureDelivery.task : .inline
        collected.append(ExecutionResult.Picture(bytes: bytes, label: picture.label, source: source))
      case .address(let address, let expires):
        let file = try await sender.downloads.holding(1) { () throws(ExecutionFailure.Cause) in
          try await fetch(address, expires: expires, deadline)
        }
        areChecked = areChecked && file.isAddressChecked
        if !collected.contains(where: { $0.bytes.hasSameContent(as: file.bytes) }) {
          let source = isTask ? PictureDelivery.task : .url
          collected.append(ExecutionResult.Picture(bytes: file.bytes, label: picture.label, source: source))
        }
      }
    }
    return ExecutionResult(
      pictures: collected, facts: facts, tasks: tasks, attempts: earlier + [attempt.summary],
      areAddressesChecked: areChecked, receipt: Receipt(attempt: attempt))
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
