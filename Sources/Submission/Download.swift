import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
package import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The reason why a file could not be downloaded.
package enum DownloadError: Error, Sendable, Equatable {
  /// The URL is not `https://HOST…`. It may be the target of a redirect.
  case notHTTPS(String)
  /// The host name resolves to an address of this machine or its network.
  case notPublic(host: String)
  case unresolvable(host: String)
  case tooManyRedirects(Int)
  case status(Int, retryAfter: Duration? = nil)
  /// The content coding with this name is not supported.
  case unknownCoding(String)
  /// The connection ended before the end of the file, in every attempt.
  case cutShort
  /// The URL has expired.
  case expired
  /// An environment variable (the first value) names a proxy or an authority that cannot be used (the second:
  /// why).
  case settings(String, String)
  case tooLarge(limit: ByteCount)
  case timedOut
  /// The connection failed with this message, which contains no values of headers.
  case failed(String)
  case canceled
}

extension DownloadError {
  /// The cause for the retry plan, and the server's advice on when to retry; `nil` if a retry does not help.
  fileprivate var retry: (cause: RetryPlan.Cause, advice: Duration?)? {
    switch self {
    case .status(let status, let advice):
      [408, 425, 429, 500, 502, 503, 504].contains(status)
        ? (status == 429 ? .rateLimit : .fault, advice) : nil
    case .cutShort, .failed: (.fault, nil)
    default: nil
    }
  }
}

/// Downloads files from untrusted URLs, with protection against server-side request forgery (SSRF). It uses
/// TLS and connects to public addresses only: the addresses are checked after the name is resolved, and the
/// connection is pinned to a checked one. It follows a few redirects, each of which is checked again. The
/// size limit is enforced on the received bytes. Nothing secret is sent. An interrupted download is resumed.
package struct Downloader: Sendable {
  package struct Rules: Sendable {
    /// Whether loopback addresses are allowed, also without TLS, for results of a gateway on this machine.
    /// Default: `false`.
    package var allowsLoopback = false

    package init() {}
  }

  package struct File: Sendable {
    package let bytes: PictureBytes
    /// Whether the server's address was checked; `false` behind a proxy, which resolves the name itself.
    package let isAddressChecked: Bool
  }

  private static let maximumRedirects = 5

  private let rules: Rules
  private let limit: ByteCount
  private let timeout: Duration
  private let timing: Timing
  private let settings: ClientSettings

  /// Creates a downloader.
  ///
  /// - Parameters:
  ///   - limit: The maximum size of a file.
  ///   - timeout: The timeout of a whole download, including redirects and retries.
  package init(
    limit: ByteCount, timeout: Duration, rules: Rules = Rules(), timing: Timing = .real,
    settings: ClientSettings = ClientSettings()
  ) {
    self.rules = rules
    self.limit = limit
    self.timeout = timeout
    self.timing = timing
    self.settings = settings
  }

  /// Downloads the file at a URL.
  package func fetch(_ address: String) async throws(DownloadError) -> File {
    do {
      return try await within(timeout) { try await fetchAgainAndAgain(address) }
    } catch let error as DownloadError {
      throw error
    } catch is TimeUp {
      throw .timedOut
    } catch {
      throw Task.isCancelled ? .canceled : .failed(SubmissionError.message(for: error))
    }
  }

  /// Downloads the file, with retries after transient errors, because a download is free of charge.
  private func fetchAgainAndAgain(_ address: String) async throws -> File {
    let deadline = timing.now() + timeout
    var plan = RetryPlan()
    let part = PartialFile()
    while true {
      do {
        let isChecked = try await follow(address, into: part)
        return File(bytes: part.finish(), isAddressChecked: isChecked)
      } catch {
        let retry = (error as? DownloadError)?.retry
        if error is DownloadError, retry == nil { throw error }
        if error is CancellationError || Task.isCancelled { throw error }
        let decision = plan.next(
          after: retry?.cause ?? .fault, advice: retry?.advice, left: deadline - timing.now(),
          random: timing.random())
        guard case .wait(let wait) = decision else { throw error }
        try await timing.sleep(wait)
      }
    }
  }

  private enum Answer {
    case file
    case redirect(String)
  }

  private func follow(_ address: String, into part: PartialFile) async throws -> Bool {
    var address = address
    for _ in 0...Self.maximumRedirects {
      let target = try await check(address)
      switch try await get(target, into: part) {
      case .file: return target.pinned != nil
      case .redirect(let location): address = location
      }
    }
    throw DownloadError.tooManyRedirects(Self.maximumRedirects)
  }

  private struct Target {
    let url: URL
    let host: String
    /// The address to connect to: the one that was checked, because the name may resolve to another one a
    /// moment later. `nil` behind a proxy.
    let pinned: String?
  }

  private func check(_ address: String) async throws(DownloadError) -> Target {
    guard let url = URL(string: address), let scheme = url.scheme?.lowercased(), let host = url.host(),
      !host.isEmpty, url.user() == nil
    else { throw .notHTTPS(address) }
    let isOwn = rules.allowsLoopback && LoopbackName.matches(host)
    guard scheme == "https" || scheme == "http" && isOwn else { throw .notHTTPS(address) }
    if settings.proxyName(for: address) != nil { return Target(url: url, host: host, pinned: nil) }
    let addresses = await withCheckedContinuation { continuation in
      // `getaddrinfo` blocks.
      DispatchQueue.global().async { continuation.resume(returning: NetworkAddress.resolve(host)) }
    }
    guard let first = addresses.first else { throw .unresolvable(host: host) }
    guard isOwn || addresses.allSatisfy(\.isPublic) else { throw .notPublic(host: host) }
    return Target(url: url, host: host, pinned: first.text)
  }

  private func get(_ target: Target, into part: PartialFile) async throws -> Answer {
    let address = target.url.absoluteString
    var configuration: HTTPClient.Configuration
    do throws(ClientSettings.Mistake) {
      configuration = try settings.configuration(for: address)
    } catch {
      throw DownloadError.settings(error.variable, error.message)
    }
    if let pinned = target.pinned { configuration.dnsOverride = [target.host: pinned] }
    let client = HTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    do {
      var request = HTTPClientRequest(url: address)
      request.headers.add(name: "User-Agent", value: "plantain")
      request.headers.add(name: "Accept", value: "image/*")
      request.headers.add(name: "Accept-Encoding", value: ContentCoding.accepted)
      for (name, value) in part.conditions { request.headers.add(name: name, value: value) }
      let answer = try await read(client.execute(request, deadline: .distantFuture), target, into: part)
      try? await client.shutdown()
      return answer
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  private func read(
    _ response: HTTPClientResponse, _ target: Target, into part: PartialFile
  ) async throws -> Answer {
    let status = Int(response.status.code)
    if [301, 302, 303, 307, 308].contains(status), let location = response.headers.first(name: "Location") {
      let next = URL(string: location, relativeTo: target.url)?.absoluteString
      return .redirect(next ?? location)
    }
    try part.begin(response, limit: limit)
    for try await chunk in response.body { try part.append(chunk, limit: limit) }
    try part.requireWhole()
    return .file
  }
}

extension DownloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notHTTPS: "only https URLs without a user name or password are supported"
    case .notPublic(let host): "\(host) is an address of this machine or its network"
    case .unresolvable(let host): "the host name \(host) cannot be resolved"
    case .tooManyRedirects(let maximum): "there are more than \(maximum) redirects"
    case .unknownCoding(let name): ContentCoding.unknown(name).explanation ?? name
    case .cutShort: "the connection ended before the whole file arrived"
    case .expired: "the URL has expired"
    case .settings(let variable, let message):
      "the environment variable \(variable) cannot be used: \(message)"
    case .status(let status, _): "the server answered with status \(status)"
    case .tooLarge(let limit): "it is larger than \(limit)"
    case .timedOut: "the download timed out"
    case .failed(let message): message
    case .canceled: "interrupted"
    }
  }
}
