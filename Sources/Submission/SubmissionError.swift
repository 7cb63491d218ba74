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

/// The error of a request without a reply. What a reply *says* is an `Outcome`, not an error.
package enum SubmissionError: Error, Sendable, Equatable {
  /// The request was not sent completely: name resolution, the connection, or TLS failed, or the connection
  /// was lost before the last byte.
  case unreachable(String)
  /// The bytes of a picture could not be read while they were sent. The request ended before its last byte,
  /// so no server can have acted on it.
  case sourceLost(ContentError)
  /// The connection was lost or timed out after the last byte was sent. The edit may have been made and
  /// billed.
  case outcomeUnknown(String)
  /// The reply is larger than the limit, in bytes. The edit was made.
  case replyTooLarge(limit: Int)
  /// A proxy or a certificate authority from the environment cannot be used.
  case settings(ClientSettings.Mistake)
  /// The Swift task was canceled, before or after the last byte was sent.
  case canceled(afterSending: Bool)
}

extension SubmissionError {
  /// Returns a message for a network error. Full descriptions of the client's errors can quote header values,
  /// and so the key. Therefore only short forms are used.
  static func message(for error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      if error == .connectTimeout { return "the connection timed out after 15 s" }
      if error == .remoteConnectionClosed { return "the server closed the connection early" }
      return error.shortDescription
    case let error as IOError: return String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      if error.dnsAError != nil, error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
        return "the host name \(error.host) cannot be resolved"
      }
      let reason = error.connectionErrors.first.map { message(for: $0.error) } ?? "no address"
      return "cannot connect to \(error.host):\(error.port): \(reason)"
    case let error as NIOSSLError:
      // The description contains names of OpenSSL errors, and nothing from the request.
      guard "\(error)".contains("CERTIFICATE_VERIFY_FAILED") else { return "the TLS handshake failed" }
      return "its certificate is not signed by a trusted authority (choose another with SSL_CERT_FILE)"
    case is HTTPParserError: return "the connection ended within the reply, or the reply is not HTTP"
    default: return "\(type(of: error))"
    }
  }
}
