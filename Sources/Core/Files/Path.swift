#if canImport(System)
  package import System
#else
  package import SystemPackage
#endif

/// A path of the file system. `FilePath` takes it apart and joins it, and the spelling that was given is kept
/// beside it: messages quote it, and a slash at its end, which `FilePath` drops, says that it names a folder.
/// Two paths are equal if their bytes are; strings would be equal in any Unicode normal form.
package struct Path: Sendable {
  /// The path as it was given.
  package let string: String

  package init(_ string: String) { self.string = string }

  package init(_ file: FilePath) { string = file.string }

  package var file: FilePath { FilePath(string) }

  /// The last component; empty if there is none.
  package var name: String { file.lastComponent?.string ?? "" }

  /// The name without its extension.
  package var stem: String { file.stem ?? name }

  /// What follows the last dot of the name; empty if there is none, or nothing before the dot.
  package var fileExtension: String { file.extension ?? "" }

  /// The path without the extension and its dot.
  package var withoutExtension: Path {
    let length = fileExtension.utf8.count
    return length == 0 ? self : Path(String(decoding: string.utf8.dropLast(length + 1), as: UTF8.self))
  }

  /// The containing folder; `.` for a bare name.
  package var parent: Path {
    let folder = file.removingLastComponent()
    return folder.isEmpty ? Path(".") : Path(folder)
  }

  /// The path of a file or folder in this folder. In the current folder, `.`, it is the name alone.
  package func appending(_ name: String) -> Path {
    string == "." ? Path(name) : Path(file.appending(name).string + (name.hasSuffix("/") ? "/" : ""))
  }

  package var isAbsolute: Bool { file.isAbsolute }

  /// Whether a slash at the end says that this is a folder.
  package var namesFolder: Bool { string.utf8.last == UInt8(ascii: "/") }

  /// The same path as seen from `folder`, if it is relative.
  package func resolved(against folder: Path) -> Path {
    isAbsolute ? self : folder.appending(string)
  }
}

extension Path: Hashable {
  package static func == (one: Path, other: Path) -> Bool { one.string.utf8.elementsEqual(other.string.utf8) }

  package func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
  }
}

extension Path: CustomStringConvertible {
  package var description: String { string }
}
