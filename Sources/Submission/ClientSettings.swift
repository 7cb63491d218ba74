import AsyncHTTPClient
import NIOCore
import NIOSSL

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What every connection has in common, and what the environment says about proxies and certificate authorities in the
/// variables that curl and OpenSSL read.
package struct ClientSettings: Sendable {
  /// How long making a connection may take.
  private static let connectTimeout = TimeAmount.seconds(15)

  /// As many requests as are under way at a time.
  static let connectionsPerHost = 256

  private let environment: [String: String]

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// A setting of the environment that cannot be used.
  package struct Mistake: Error, Sendable, Equatable {
    package let variable: String
    package let message: String
  }

  /// - Parameter url: the address that is going to be asked; some hosts are reached without the proxy.
  func configuration(for url: String) throws(Mistake) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: Self.connectTimeout)
    // A redirection would carry the key and the picture to a host that nobody named.
    configuration.redirectConfiguration = .disallow
    // Trying again is decided by the billing rules, not by the connection pool.
    configuration.connectionPool.retryConnectionEstablishment = false
    // How many requests are under way is decided by who sends them; a slow gateway keeps a connection for minutes.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
    configuration.proxy = try proxy(for: url)
    configuration.tlsConfiguration = try tls()
    return configuration
  }

  /// What distinguishes the configurations that two addresses get.
  func proxyName(for url: String) -> String? { variable(for: url).map { $0.value } }

  /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` in either case, unless `NO_PROXY` names the host. This machine itself is
  /// never behind a proxy. `HTTP_PROXY` counts in lower case only, as with curl: a web server puts a header of that name
  /// there.
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
      throw Mistake(variable: name, message: "it is not an address such as http://proxy.example.com:3128")
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

  /// `SSL_CERT_FILE` or `SSL_CERT_DIR`, which replace the system's authorities.
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

/// Names of this machine that need no resolver.
package enum LoopbackName {
  package static func matches(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.first == 127 && numbers.allSatisfy { $0 != nil }
  }
}
