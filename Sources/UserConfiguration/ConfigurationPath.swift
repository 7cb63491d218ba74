import Editing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where configurations lie, and what their paths mean.
package enum ConfigurationPath {
  /// The user's file, when there is one.
  package static func standard() -> String? {
    let home = EnvironmentSettings.variable("HOME").map { $0 + "/.config" }
    guard let folder = EnvironmentSettings.variable("XDG_CONFIG_HOME") ?? home else { return nil }
    let path = folder + "/plantain/config.yaml"
    // One that is there and cannot be read is an error of its own.
    return access(path, F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) ? path : nil
  }

  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }

  /// `~/` is the user's home; anything relative counts from `folder`.
  static func resolved(_ path: String, in folder: String) -> String {
    if path.hasPrefix("~/"), let home = EnvironmentSettings.variable("HOME") {
      return home + path.dropFirst()
    }
    return path.hasPrefix("/") ? path : folder + "/" + path
  }
}
