import Core
import Editing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The path of the user's configuration, and the meaning of paths in it.
package enum ConfigurationPath {
  /// The user's file, if it exists.
  package static func standard() -> String? {
    let home = EnvironmentSettings.variable("HOME").map { $0 + "/.config" }
    guard let folder = EnvironmentSettings.variable("XDG_CONFIG_HOME") ?? home else { return nil }
    let path = Path(folder).appending("plantain/config.yaml").string
    // A file that exists and cannot be read is an error of its own.
    return access(path, F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) ? path : nil
  }

  /// Expands `~/` to the user's home, and resolves a relative path against `folder`.
  static func resolved(_ path: String, in folder: String) -> String {
    if path.hasPrefix("~/"), let home = EnvironmentSettings.variable("HOME") {
      return home + path.dropFirst()
    }
    return Path(path).resolved(against: Path(folder)).string
  }
}
