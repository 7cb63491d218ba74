import AsyncHTTPClient
import Core
import NIOCore
import NIOSSL

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The HTTP client settings of all connections. Proxies and certificate authorities are read from the
/// environment variables that curl and OpenSSL use.
package struct ClientSettings: Sendable {
  /// The timeout of a connection attempt.
  private static let connectTimeout = TimeAmount.seconds(15)

  /// The maximum number of connections to a host, which is also the maximum number of requests in flight.
  static let connectionsPerHost = 256

  private let environment: [String: String]

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// The error of an environment variable that cannot be used.
  package struct Mistake: Error, Sendable, Equatable {
    package let variable: String
    package let message: String
  }

  /// Returns the client configuration for a URL.
  ///
  /// - Parameter url: The URL of the request, because some hosts are reached without the proxy.
  func configuration(for url: String) throws(Mistake) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: Self.connectTimeout)
    // Following a redirect would send the key and the pictures to a host that the user has not configured.
    configuration.redirectConfiguration = .disallow
    // The billing rules decide about retries, not the connection pool.
    configuration.connectionPool.retryConnectionEstablishment = false
    // The sender limits the number of requests in flight. A slow gateway occupies a connection for minutes.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
    configuration.proxy = try proxy(for: url)
    configuration.tlsConfiguration = try tls()
    return configuration
  }

  /// The proxy for a URL; `nil` if there is none. URLs with the same proxy have the same configuration.
  func proxyName(for url: String) -> String? { variable(for: url).map { $0.value } }

  /// The variable with the proxy for a URL: `HTTPS_PROXY`, `HTTP_PROXY`, or `ALL_PROXY`, in upper or lower
  /// case, unless `NO_PROXY` names the host. Loopback hosts are never behind a proxy. `HTTP_PROXY` is read in
  /// lower case only, as in curl, because a web server sets the upper-case variable from a request header.
  private func variable(for url: String) -> (name: String, value: String)? {
    guard let url = URL(string: url), let host = url.host(), !LoopbackName.matches(host), !isExcepted(host)
    else { return nil }
    let names =
      url.scheme == "https"
      ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : ["http_proxy", "all_proxy", "ALL_PROXY"]
    for name in names {
      if let value = environment[name], !value.isEmpty { return (name, value) }
    }
    return nil
  }

  private func isExcepted(_ host: String) -> Bool {
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    let host = host.lowercased()
    return list.split(whereSeparator: { ", ".contains($0) }).contains { entry in
      let suffix = entry.lowercased().drop { $0 == "." }
      return entry == "*" || host == suffix || host.hasSuffix("." + suffix)
    }
  }

  private func proxy(for url: String) throws(Mistake) -> HTTPClient.Configuration.Proxy? {
    guard let (name, value) = variable(for: url) else { return nil }
    let full = value.contains("://") ? value : "http://" + value
    guard let address = URL(string: full), let host = address.host(), !host.isEmpty else {
      throw Mistake(variable: name, message: "it is not a URL such as http://proxy.example.com:3128")
    }
    switch address.scheme?.lowercased() {
    case "http":
      let login = address.user().map { user in
        HTTPClient.Authorization.basic(username: user, password: address.password() ?? "")
      }
      let port = address.port ?? 80
      return login.map { .server(host: host, port: port, authorization: $0) }
        ?? .server(host: host, port: port)
    case "socks5", "socks5h": return .socksServer(host: host, port: address.port ?? 1080)
    default: throw Mistake(variable: name, message: "its scheme is neither http nor socks5")
    }
  }

  /// The TLS configuration with the authorities of `SSL_CERT_FILE` or `SSL_CERT_DIR`, which replace those of
  /// the system; `nil` if neither is set.
  private func tls() throws(Mistake) -> TLSConfiguration? {
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
      guard let path = environment[name], !path.isEmpty else { continue }
      guard FileManager.default.isReadableFile(atPath: path) else {
        throw Mistake(variable: name, message: "\(path) cannot be read")
      }
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.trustRoots = .file(path)
      return configuration
    }
    return nil
  }
}
