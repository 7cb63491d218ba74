import Core
package import Gateways
import PictureFormats
import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension APIKey.Source {
  /// The maximum length of a key in bytes.
  private static let longest = 4_096

  /// Reads the key from its source at every call.
  ///
  /// - Throws: `missing` when no environment variable is set, `unavailable` when the file or command fails,
  ///   `malformed` when the text is not a key.
  package func read() async throws(APIKey.KeyError) -> APIKey {
    switch self {
    case .value(let key): return key
    case .environment(let variables):
      let values = variables.lazy.compactMap { getenv($0) }.map { String(cString: $0) }
      guard let value = values.first(where: { !$0.isEmpty }) else { throw .missing(variables: variables) }
      return try APIKey(value)
    case .file(let path): return try APIKey(Self.firstLine(of: Self.bytes(of: path)))
    case .command(let command): return try APIKey(Self.firstLine(of: await Self.output(of: command)))
    }
  }

  /// The first line that is not blank, without surrounding white space.
  private static func firstLine(of bytes: [UInt8]) throws(APIKey.KeyError) -> String {
    guard let text = TextFile.text(of: bytes) else { throw .malformed }
    return String(text.split(whereSeparator: \.isNewline).lazy.map(\.trimmed).first { !$0.isEmpty } ?? "")
  }

  private static func bytes(of path: String) throws(APIKey.KeyError) -> [UInt8] {
    do throws(ReadError) {
      return try PictureFile.read(path, limit: ByteCount(longest)).array
    } catch {
      throw .unavailable("\(path): \(error)")
    }
  }

  /// The standard output of a command, such as a password manager's. Its standard error is inherited.
  private static func output(of command: String) async throws(APIKey.KeyError) -> [UInt8] {
    do {
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", command], output: .bytes(limit: longest),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      guard result.terminationStatus.isSuccess else {
        throw APIKey.KeyError.unavailable("its command failed: \(result.terminationStatus)")
      }
      guard !result.standardOutput.allSatisfy({ $0 <= 0x20 }) else {
        throw APIKey.KeyError.unavailable("its command printed nothing")
      }
      return result.standardOutput
    } catch let error as APIKey.KeyError {
      throw error
    } catch {
      throw .unavailable("its command cannot be run, or its output is longer than a key")
    }
  }
}

extension Route {
  /// Reads the key of the route.
  package func readKey() async throws(PlantainError) -> APIKey {
    do throws(APIKey.KeyError) {
      return try await key.read()
    } catch {
      throw .key(error, gateway)
    }
  }
}
