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
  func path() throws(PlantainError) -> String {
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
