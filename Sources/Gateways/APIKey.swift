/// A gateway's secret. It prints as `***` in every way that Swift prints.
public struct APIKey: Sendable {
  private let secret: String

  /// Why a key cannot be used.
  public enum KeyError: Error, Sendable, Equatable {
    /// None of the environment variables is set.
    case missing(variables: [String])
    /// The file or the command gave no key; why.
    case unavailable(String)
    /// It holds a space, a quote, a backslash, a control character or something outside ASCII, which no key does.
    case malformed
  }

  /// - Throws: `malformed`.
  public init(_ secret: String) throws(KeyError) {
    let allowed = secret.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    guard !secret.isEmpty, allowed else { throw .malformed }
    self.secret = secret
  }

  /// What the simulator takes for a key.
  public static let simulated = APIKey(unchecked: "simulator")

  private init(unchecked secret: String) {
    self.secret = secret
  }

  /// Where a key comes from. It is read when it is needed.
  public enum Source: Sendable {
    /// The first of these environment variables that is set and not empty.
    case environment([String])
    case value(APIKey)
    /// The first line of a file.
    case file(String)
    /// The first line that a shell command prints.
    case command(String)

    /// Where to look, for messages.
    package var place: String {
      switch self {
      case .environment(let variables): variables.joined(separator: " or ")
      case .value: "the key"
      case .file(let path): path
      case .command: "what key_command prints"
      }
    }

    /// One environment variable.
    public static func environment(_ variable: String) -> Source { .environment([variable]) }
  }

  /// The secret itself, for the one header that carries it.
  package var revealed: String { secret }

  /// `text` with every occurrence of the secret replaced, also where its slashes are escaped as JSON allows: gateways
  /// like to quote what they were sent.
  package func redacted(from text: String) -> String {
    let escaped = secret.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
    return [secret, escaped, percentEncoded(secret)].reduce(text) { text, form in
      text.split(separator: form, omittingEmptySubsequences: false).joined(separator: "***")
    }
  }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "***" }
  public var debugDescription: String { "***" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
