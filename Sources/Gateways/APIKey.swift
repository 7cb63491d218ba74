/// The API key of a gateway. It is redacted: every way of printing it in Swift shows `***`.
public struct APIKey: Sendable {
  private let secret: String

  /// The reason why a key cannot be used.
  public enum KeyError: Error, Sendable, Equatable {
    /// None of the environment variables is set.
    case missing(variables: [String])
    /// The file or the command did not provide a key. The associated value says why.
    case unavailable(String)
    /// The text is empty, or contains a space, a quote, a backslash, a control character, or a character
    /// outside ASCII. No gateway's key does.
    case malformed
  }

  /// Creates a key from its text.
  ///
  /// - Throws: `KeyError.malformed` if the text cannot be a key.
  public init(_ secret: String) throws(KeyError) {
    let allowed = secret.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    guard !secret.isEmpty, allowed else { throw .malformed }
    self.secret = secret
  }

  /// A placeholder key, which the simulator accepts.
  public static let simulated = APIKey(unchecked: "simulator")

  /// No key, where a stored reply is read without asking the gateway.
  package static let none = APIKey(unchecked: "")

  private init(unchecked secret: String) {
    self.secret = secret
  }

  /// The source of a key. The key is read when it is needed, not before.
  public enum Source: Sendable {
    /// The first of these environment variables that is set and not empty.
    case environment([String])
    /// The key itself.
    case value(APIKey)
    /// The first line of a file.
    case file(String)
    /// The first line that a shell command prints.
    case command(String)

    /// The name of the source in messages that tell the user where to look.
    package var place: String {
      switch self {
      case .environment(let variables): variables.joined(separator: " or ")
      case .value: "the key"
      case .file(let path): path
      case .command: "the output of key_command"
      }
    }

    /// A source that reads one environment variable.
    public static func environment(_ variable: String) -> Source { .environment([variable]) }
  }

  /// The key in plain text, for the one header or query parameter that carries it.
  package var revealed: String { secret }

  /// Returns `text` with every occurrence of the key replaced by `***`, because gateways often quote what
  /// they received. Occurrences with slashes escaped as in JSON, and percent-encoded ones, are replaced, too.
  package func redacted(from text: String) -> String {
    guard !secret.isEmpty else { return text }
    let escaped = secret.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
    return [secret, escaped, percentEncoded(secret)].reduce(text) { text, form in
      text.split(separator: form, omittingEmptySubsequences: false).joined(separator: "***")
    }
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `***`.
  public var description: String { "***" }
  /// Always `***`.
  public var debugDescription: String { "***" }
  /// A mirror without children, so that `dump` does not show the key.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
