import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why no reply came back. What a reply *says* is an `Outcome`, not an error.
package enum SubmissionError: Error, Sendable, Equatable {
  /// The request was not sent to its end: the name, the connection or TLS failed, or the connection was lost before.
  case unreachable(String)
  /// A picture's bytes could not be had while they were sent. The request ended before its last byte, so nobody can have
  /// acted on it.
  case sourceLost(ContentError)
  /// The connection was lost, or time ran out, after all was sent: it may have been done and billed.
  case outcomeUnknown(String)
  /// The reply is longer than the limit; the edit was done.
  case replyTooLarge(limit: Int)
  /// A proxy or a certificate authority that the environment names cannot be used.
  case settings(ClientSettings.Mistake)
  /// The task was canceled.
  case canceled(afterSending: Bool)
}

extension SubmissionError {
  /// The client's full descriptions can quote header values, and so the key: only short forms are used.
  static func message(for error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      if error == .connectTimeout { return "no connection within 15 s" }
      if error == .remoteConnectionClosed { return "the connection was closed without an answer" }
      return error.shortDescription
    case let error as IOError: return String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      if error.dnsAError != nil, error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
        return "the name \(error.host) cannot be resolved"
      }
      let reason = error.connectionErrors.first.map { message(for: $0.error) } ?? "no address"
      return "cannot connect to \(error.host):\(error.port): \(reason)"
    case let error as NIOSSLError:
      // Names of OpenSSL's errors, and nothing of the request.
      guard "\(error)".contains("CERTIFICATE_VERIFY_FAILED") else { return "the TLS handshake failed" }
      return "its certificate is signed by no authority trusted here (SSL_CERT_FILE names another)"
    case is HTTPParserError: return "the connection ended in the middle, or it is not HTTP"
    default: return "\(type(of: error))"
    }
  }
}
