import Base64
import Core
import Editing
import Finishing
import Reports
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The command's output: results on standard output, everything else on standard error.
enum Console {
  /// Prints a line as it is. On a terminal, which would obey control characters, they are escaped.
  static func print(_ line: String) {
    let line = isatty(STDOUT_FILENO) == 1 ? printable(line) : line
    write(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }

  static func note(_ line: String) {
    write(Array((line + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes text to standard error, without escaping and without a line break.
  static func raw(_ text: String) {
    write(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Prints one JSON object on one line.
  static func printJSON(_ value: some Encodable) { writeJSON(value, to: STDOUT_FILENO) }

  static func noteJSON(_ value: some Encodable) { writeJSON(value, to: STDERR_FILENO) }

  private static func writeJSON(_ value: some Encodable, to descriptor: Int32) {
    do throws(PlantainError) {
      let line = try ReportJSON.encode(value, style: .commandLine)
      write(line + [UInt8(ascii: "\n")], to: descriptor)
    } catch {
      firstFailure.withLock { $0 = $0 ?? error }
    }
  }

  /// - Returns: Whether all bytes were written.
  static func printBytes(_ bytes: PictureBytes) -> Bool {
    bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) }
  }

  /// Prints `head` and the base64 text of `bytes`, chunk by chunk.
  static func printBase64(_ bytes: PictureBytes, head: String = "") {
    write(Array(head.utf8), to: STDOUT_FILENO)
    bytes.withUnsafeBytes { all in
      var encoder = Base64ChunkEncoder()
      for start in stride(from: 0, to: all.count, by: Base64ChunkEncoder.usualChunk) {
        let chunk = all[start..<min(all.count, start + Base64ChunkEncoder.usualChunk)]
        write(encoder.text(of: UnsafeRawBufferPointer(rebasing: chunk)), to: STDOUT_FILENO)
      }
      write(encoder.text(), to: STDOUT_FILENO)
    }
    print("")
  }

  static func report(_ error: PlantainError, json: Bool) {
    if json { printJSON(ErrorReport(error)) }
    let error = error.namingFlags
    note("plantain: \(printable(error.message))")
    if let hint = error.hint { note("  \(printable(hint))") }
  }

  /// Escapes control characters. File names may contain line breaks and escape sequences, which a terminal
  /// must not obey.
  static func printable(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar.properties.generalCategory == .control {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// The first error in printing: the output could not be written, or a report not encoded. `nil` if there
  /// was none. A closed pipe is not an error.
  static var failure: PlantainError? { firstFailure.withLock { $0 } }

  private static let firstFailure = Mutex<PlantainError?>(nil)

  /// Whether the command exits when the reader of its output has closed the pipe. Commands that pay do not
  /// exit, to keep their pictures. Set once, before the command runs.
  nonisolated(unsafe) static var endsWithReader = false

  /// The exit status that a shell reports for a program ended by SIGPIPE.
  private static let readerLeft = 128 + SIGPIPE

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    _ = bytes.withUnsafeBytes { write($0, to: descriptor) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    let code = writeAll(bytes, to: descriptor)
    guard code != 0, descriptor == STDOUT_FILENO else { return code == 0 }
    if code != EPIPE {
      let error = PlantainError.standardOutput(String(cString: strerror(code)))
      firstFailure.withLock { $0 = $0 ?? error }
    } else if endsWithReader {
      _exit(readerLeft)
    }
    return false
  }
}
