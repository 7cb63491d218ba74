import Gateways
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Pictures that came as addresses are fetched within the same call, because addresses expire.
extension RequestExecutor {
  /// A 4K picture is 20 to 30 MB.
  private static let sizeLimit = ByteCount.megabytes(256)
  /// What is paid for is fetched, also when the call's time is as good as over.
  private static let leastTime: Duration = .seconds(120)

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
        let source = isTask ? ExecutionResult.Source.task : .inline
        collected.append(ExecutionResult.Picture(bytes: bytes, label: picture.label, source: source))
      case .address(let address, let expires):
        let file = try await sender.downloads.holding(1) { () throws(ExecutionFailure.Cause) in
          try await fetch(address, expires: expires, deadline)
        }
        areChecked = areChecked && file.isAddressChecked
        if !collected.contains(where: { $0.bytes.hasSameContent(as: file.bytes) }) {
          let source = isTask ? ExecutionResult.Source.task : .url
          collected.append(ExecutionResult.Picture(bytes: file.bytes, label: picture.label, source: source))
        }
      }
    }
    return ExecutionResult(
      pictures: collected, facts: facts, tasks: tasks, attempts: earlier + [attempt.summary],
      areAddressesChecked: areChecked, receipt: Receipt(attempt: attempt))
  }

  /// For results of this gateway, which may be on this machine itself.
  func downloader(timeout: Duration) -> Downloader {
    var rules = Downloader.Rules()
    rules.allowsLoopback = URL(string: route.baseURL)?.host().map(LoopbackName.matches) ?? false
    return Downloader(limit: Self.sizeLimit, timeout: timeout, rules: rules, timing: timing)
  }

  private func fetch(
    _ address: String, expires: Int?, _ deadline: Duration
  ) async throws(ExecutionFailure.Cause) -> Downloader.File {
    // Some answer with a path of their own.
    let url = URL(string: address, relativeTo: URL(string: route.baseURL))
    do throws(DownloadError) {
      return try await downloader(timeout: max(Self.leastTime, deadline - timing.now())).fetch(
        url?.absoluteString ?? address)
    } catch {
      if case .canceled = error { throw .interrupted }
      // A server that has thrown it away answers with some 4xx; its time tells why.
      let isOver = expires.map { Date(timeIntervalSince1970: Double($0)) < Date() } ?? false
      let isGone = if case .status(let status, _) = error { (400..<500).contains(status) } else { false }
      throw .download(isOver && isGone ? .expired : error, host: url?.host() ?? "")
    }
  }
}
