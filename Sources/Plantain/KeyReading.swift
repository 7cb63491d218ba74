import Gateways
import Imaging
import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension APIKey.Source {
  /// No key is longer.
  private static let longest = 4_096

  /// The key, fetched anew.
  ///
  /// - Throws: `missing`, `unavailable`, `malformed`.
  func read() async throws(APIKey.KeyError) -> APIKey {
    switch self {
    case .value(let key): return key
    case .environment(let variables):
      let values = variables.lazy.compactMap { getenv($0) }.map { String(cString: $0) }
      guard let value = values.first(where: { !$0.isEmpty }) else { throw .missing(variables: variables) }
      return try APIKey(value)
    case .file(let path): return try APIKey(Self.firstLine(of: Self.text(of: path)))
    case .command(let command): return try APIKey(Self.firstLine(of: await Self.output(of: command)))
    }
  }

  private static func firstLine(of text: String) -> String {
    // Some editors begin a file with a byte order mark.
    let start =
      text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
    return String(start).prefix { !$0.isNewline }.trimmingPrefix(while: \.isWhitespace).description
  }

  private static func text(of path: String) throws(APIKey.KeyError) -> String {
    do throws(ReadError) {
      let bytes = try PictureFile.read(path, limit: ByteCount(longest))
      return String(decoding: bytes.array, as: UTF8.self)
    } catch {
      throw .unavailable("\(path): \(error)")
    }
  }

  /// What a password manager's command prints; what it says on standard error goes to ours.
  private static func output(of command: String) async throws(APIKey.KeyError) -> String {
    do {
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", command], output: .string(limit: longest, encoding: UTF8.self),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      guard result.terminationStatus.isSuccess else {
        throw APIKey.KeyError.unavailable("its command failed: \(result.terminationStatus)")
      }
      guard !result.standardOutput.allSatisfy(\.isWhitespace) else {
        throw APIKey.KeyError.unavailable("its command printed nothing")
      }
      return result.standardOutput
    } catch let error as APIKey.KeyError {
      throw error
    } catch {
      throw .unavailable("its command cannot be run, or printed more than a key")
    }
  }
}
