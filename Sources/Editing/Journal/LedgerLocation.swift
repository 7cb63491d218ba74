import Core
import Finishing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The location of the ledger, which records what was sent and billed: one SQLite file, and a folder
/// `FILE.replies` beside it.
public enum LedgerLocation: Sendable, Equatable {
  /// The file that `PLANTAIN_LEDGER` names; otherwise `$XDG_DATA_HOME/plantain/ledger.sqlite`, where
  /// `XDG_DATA_HOME` defaults to `~/.local/share`.
  case standard
  /// The file at a path.
  case file(String)

  /// Returns the path of the ledger's SQLite file.
  ///
  /// - Throws: `configuration` when neither `HOME` nor `XDG_DATA_HOME` is set.
  package func path() throws(PlantainError) -> String {
    switch self {
    case .file(let path): return path
    case .standard:
      if let path = EnvironmentSettings.variable("PLANTAIN_LEDGER") { return path }
      let home = EnvironmentSettings.variable("HOME").map { $0 + "/.local/share" }
      guard let folder = EnvironmentSettings.variable("XDG_DATA_HOME") ?? home else {
        throw PlantainError(
          .configuration, .configuration,
          "the path of the ledger is unknown: neither HOME nor XDG_DATA_HOME is set",
          hint: "Choose a file with `ledger` or PLANTAIN_LEDGER.")
      }
      return folder + "/plantain/ledger.sqlite"
    }
  }
}

extension LedgerLocation {
  /// Whether `PLANTAIN_LEDGER` sets the path of the standard location.
  package static var isNamedByEnvironment: Bool { EnvironmentSettings.variable("PLANTAIN_LEDGER") != nil }

  /// Checks that the ledger exists, without creating it. Commands that only read a ledger call this if the
  /// user has named it, so that a mistyped name does not look like an empty ledger.
  ///
  /// - Throws: `missing` when the ledger does not exist, `configuration` when its path is unknown.
  package func requireThere() throws(PlantainError) {
    let path = try path()
    // A folder without access for this user is another error, which opening the ledger reports.
    guard access(path, F_OK) != 0, [ENOENT, ENOTDIR].contains(errno) else { return }
    throw PlantainError(
      .input, .missing, "there is no ledger \(Path(path).absolute.string)",
      hint: "Check the name, or omit it to use the standard ledger.", subject: path)
  }
}
