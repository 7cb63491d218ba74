import Core
import Finishing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the journal of what was sent and paid for lies: one SQLite file, and a folder `FILE.replies` beside it.
public enum LedgerLocation: Sendable, Equatable {
  /// What `PLANTAIN_LEDGER` names, else `$XDG_DATA_HOME/plantain/ledger.sqlite`, else the same below `~/.local/share`.
  case standard
  case file(String)

  /// - Throws: 78 when there is no home for it.
  package func path() throws(PlantainError) -> String {
    switch self {
    case .file(let path): return path
    case .standard:
      if let path = EnvironmentSettings.variable("PLANTAIN_LEDGER") { return path }
      let home = EnvironmentSettings.variable("HOME").map { $0 + "/.local/share" }
      guard let folder = EnvironmentSettings.variable("XDG_DATA_HOME") ?? home else {
        throw PlantainError(
          .configuration, .configuration,
          "there is no place for the ledger: neither HOME nor XDG_DATA_HOME is set",
          hint: "Name a file with --ledger or PLANTAIN_LEDGER.")
      }
      return folder + "/plantain/ledger.sqlite"
    }
  }
}

extension LedgerLocation {
  /// Whether `PLANTAIN_LEDGER` names the file of the standard place.
  public static var isNamedByEnvironment: Bool { EnvironmentSettings.variable("PLANTAIN_LEDGER") != nil }

  /// For those who only look into a ledger that somebody has named: a name with a mistake must not look like an empty ledger.
  /// Makes nothing.
  ///
  /// - Throws: 66 when there is none; 78 when there is no place for one.
  public func requireThere() throws(PlantainError) {
    let path = try path()
    // A folder that this user cannot look into is another mistake, which opening the ledger tells.
    guard access(path, F_OK) != 0, [ENOENT, ENOTDIR].contains(errno) else { return }
    throw PlantainError(
      .input, .missing, "there is no ledger \(OutputFile.absolute(path))",
      hint: "Check the name, or leave it out to use the standard one.", subject: path)
  }
}
