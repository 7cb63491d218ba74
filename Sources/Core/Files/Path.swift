/// A path of the file system, in the spelling that was given: messages quote it, and a slash at its end says
/// that it names a folder. Two paths are equal if their bytes are; strings would be equal in any Unicode
/// normal form.
///
/// It is not swift-system's `FilePath`, which drops that slash, and whose debug builds check each path again
/// at every step: reading a table of ten thousand lines took them minutes.
package struct Path: Sendable {
  /// The path as it was given.
  package let string: String

  package init(_ string: String) { self.string = string }

  private typealias Bytes = Substring.UTF8View
  private static let slash = UInt8(ascii: "/")

  /// The bytes without slashes at the end; empty for the root.
  private var trimmed: Bytes {
    var bytes = string.utf8[...]
    while bytes.last == Self.slash { bytes.removeLast() }
    return bytes
  }

  /// The components between slashes, without empty ones.
  package var components: [String] { string.utf8.split(separator: Self.slash).map { String(Substring($0)) } }

  /// The last component; empty if there is none.
  package var name: String {
    let bytes = trimmed
    let start = bytes.lastIndex(of: Self.slash).map { bytes.index(after: $0) } ?? bytes.startIndex
    return String(Substring(bytes[start...]))
  }

  /// The name without its extension.
  package var stem: String { Self.split(name).stem }

  /// What follows the last dot of the name; empty if there is none, or nothing before the dot.
  package var fileExtension: String { Self.split(name).fileExtension }

  private static func split(_ name: String) -> (stem: String, fileExtension: String) {
    guard name != "..", let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
      return (name, "")
    }
    return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
  }

  /// The path without the extension and its dot.
  package var withoutExtension: Path {
    let length = fileExtension.utf8.count
    return length == 0 ? self : Path(String(Substring(trimmed.dropLast(length + 1))))
  }

  /// The path without slashes at its end, unless it is the root.
  package var withoutSlash: Path {
    let bytes = trimmed
    return bytes.isEmpty ? self : Path(String(Substring(bytes)))
  }

  /// The containing folder; `.` for a bare name.
  package var parent: Path {
    let bytes = trimmed
    guard !bytes.isEmpty else { return isAbsolute ? Path("/") : Path(".") }
    guard let slash = bytes.lastIndex(of: Self.slash) else { return Path(".") }
    let folder = Path(String(Substring(bytes[...slash])))
    return folder.withoutSlash.string.utf8.allSatisfy { $0 == Self.slash } ? Path("/") : folder.withoutSlash
  }

  /// The path of a file or folder in this folder. In the current folder, `.`, it is the name alone.
  package func appending(_ name: String) -> Path {
    string == "." || string.isEmpty ? Path(name) : Path(string + (namesFolder ? "" : "/") + name)
  }

  package var isAbsolute: Bool { string.utf8.first == Self.slash }

  /// Whether a slash at the end says that this is a folder.
  package var namesFolder: Bool { string.utf8.last == Self.slash }

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
