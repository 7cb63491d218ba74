import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
package import Vocabulary

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why a file could not be fetched from an address.
package enum DownloadError: Error, Sendable, Equatable {
  /// Not `https://HOST…`; the address is the one that was refused, which may be a redirection's.
  case notHTTPS(String)
  /// The name leads to an address inside this machine or its network.
  case notPublic(host: String)
  case unresolvable(host: String)
  case tooManyRedirects(Int)
  case status(Int)
  case tooLarge(limit: ByteCount)
  case timedOut
  /// The connection's own words, without any header's value.
  case failed(String)
  case cancelled
}

/// Fetches files from addresses that strangers may have chosen: over TLS, from public addresses only, which are checked
/// after the name was resolved and then kept to, through few redirections that are each checked again, up to a limit
/// that is counted. Nothing secret is sent.
package struct Downloader: Sendable {
  /// What is refused; loosened by tests only, which have no certificates and no public network.
  package struct Rules: Sendable {
    package var allowsPlainHTTP = false
    package var allowsPrivateAddresses = false

    package init() {}
  }

  private static let mostRedirects = 5
  private static let connectTimeout = TimeAmount.seconds(15)

  private let rules: Rules
  private let limit: ByteCount
  private let timeout: Duration

  /// - Parameters:
  ///   - limit: the most bytes of a body.
  ///   - timeout: for the whole way to the last byte, redirections included.
  package init(limit: ByteCount, timeout: Duration, rules: Rules = Rules()) {
    self.rules = rules
    self.limit = limit
    self.timeout = timeout
  }

  package func fetch(_ address: String) async throws(DownloadError) -> PictureBytes {
    do {
      return try await within(timeout) { try await follow(address) }
    } catch let error as DownloadError {
      throw error
    } catch is TimeUp {
      throw .timedOut
    } catch {
      throw Task.isCancelled ? .cancelled : .failed(SubmissionError.words(for: error))
    }
  }

  private enum Answer {
    case file(PictureBytes)
    case redirect(String)
  }

  private func follow(_ address: String) async throws -> PictureBytes {
    var address = address
    for _ in 0...Self.mostRedirects {
      let target = try await check(address)
      switch try await get(target) {
      case .file(let bytes): return bytes
      case .redirect(let location): address = location
      }
    }
    throw DownloadError.tooManyRedirects(Self.mostRedirects)
  }

  private struct Target {
    let url: URL
    let host: String
    /// The address to connect to: the one that was checked, not what the name may mean a moment later.
    let pinned: String
  }

  private func check(_ address: String) async throws(DownloadError) -> Target {
    guard let url = URL(string: address), let scheme = url.scheme?.lowercased(), let host = url.host(),
      !host.isEmpty, url.user() == nil, scheme == "https" || scheme == "http" && rules.allowsPlainHTTP
    else { throw .notHTTPS(address) }
    let addresses = await withCheckedContinuation { continuation in
      // The resolver blocks.
      DispatchQueue.global().async { continuation.resume(returning: NetworkAddress.resolve(host)) }
    }
    guard let first = addresses.first else { throw .unresolvable(host: host) }
    guard rules.allowsPrivateAddresses || addresses.allSatisfy(\.isPublic) else {
      throw .notPublic(host: host)
    }
    return Target(url: url, host: host, pinned: first.text)
  }

  private func get(_ target: Target) async throws -> Answer {
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: Self.connectTimeout)
    configuration.redirectConfiguration = .disallow
    configuration.dnsOverride = [target.host: target.pinned]
    let client = HTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    do {
      var request = HTTPClientRequest(url: target.url.absoluteString)
      request.headers.add(name: "User-Agent", value: "plantain")
      request.headers.add(name: "Accept", value: "image/*")
      let answer = try await read(client.execute(request, deadline: .distantFuture), target)
      try? await client.shutdown()
      return answer
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  private func read(_ response: HTTPClientResponse, _ target: Target) async throws -> Answer {
    let status = Int(response.status.code)
    if [301, 302, 303, 307, 308].contains(status), let location = response.headers.first(name: "Location") {
      let next = URL(string: location, relativeTo: target.url)?.absoluteString
      return .redirect(next ?? location)
    }
    guard status == 200 else { throw DownloadError.status(status) }
    if let declared = response.headers.first(name: "Content-Length").flatMap({ Int($0) }),
      declared > limit.bytes
    {
      throw DownloadError.tooLarge(limit: limit)
    }
    var bytes = GrowingBytes()
    for try await chunk in response.body {
      guard bytes.count + chunk.readableBytes <= limit.bytes else {
        throw DownloadError.tooLarge(limit: limit)
      }
      bytes.append(upTo: chunk.readableBytes) { room in
        chunk.withUnsafeReadableBytes { room.copyMemory(from: $0) }
        return chunk.readableBytes
      }
    }
    return .file(bytes.finish())
  }
}

extension DownloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notHTTPS: "only https addresses without a user or password are fetched"
    case .notPublic(let host): "\(host) is an address of this machine or its network"
    case .unresolvable(let host): "the name \(host) cannot be resolved"
    case .tooManyRedirects(let most): "it is redirected more than \(most) times"
    case .status(let status): "the server answered with status \(status)"
    case .tooLarge(let limit): "it has more than \(limit)"
    case .timedOut: "it did not arrive in time"
    case .failed(let words): words
    case .cancelled: "interrupted"
    }
  }
}
