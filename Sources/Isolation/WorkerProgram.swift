import Core
import PictureWork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Locates the worker program.
enum WorkerProgram {
  static let name = "plantain-worker"

  /// Returns the given path, or the first default location that has the program.
  ///
  /// - Throws: `workerMissing` if there is no such executable file.
  static func find(_ given: String?) throws(IsolationError) -> String {
    let places = given.map { [$0] } ?? besideThisProgram + installed + onPath
    guard let found = places.first(where: isProgram) else {
      throw .workerMissing(
        lookedFor: given.map { "at \($0)" }
          ?? "beside the running program, in ../libexec/plantain, or on PATH")
    }
    return found
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// The folder of the running program. Symbolic links are resolved, so that a link in a folder on PATH works
  /// too.
  private static var besideThisProgram: [String] { folder.map { [$0.appending(name).string] } ?? [] }

  /// The folder for programs that only programs start, where the program is installed in `bin`.
  private static var installed: [String] {
    folder.map { [$0.parent.appending("libexec/plantain").appending(name).string] } ?? []
  }

  private static var folder: Path? {
    #if os(Linux)
      let path = "/proc/self/exe"
    #else
      let path = CommandLine.arguments.first ?? ""
    #endif
    return Path(path).real?.parent
  }

  private static var onPath: [String] {
    guard let path = getenv("PATH") else { return [] }
    return String(cString: path).split(separator: ":").map { Path(String($0)).appending(name).string }
  }
}
