import Core
import Finishing
import PictureFormats

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The pictures that a list of names stands for: paths as they are, folders for the pictures in them, and
/// patterns with `*`, `?`, and `[…]`, unless a file has that very name, for the pictures that match.
package struct PictureList: Sendable {
  /// One picture.
  package struct Picture: Sendable, Equatable {
    /// The picture's path.
    package let path: String
    /// The subfolders between the named folder and the picture; empty without any.
    package var branch = ""

    /// The picture as a reference. The name may be one that is not UTF-8 and cannot be opened.
    package var reference: Reference {
      path.contains("\u{FFFD}") && !Path(path).exists ? .mangled(path) : .file(path)
    }

    /// The output folder for the picture, which keeps its subfolders.
    package func place(in folder: String) -> String {
      branch.isEmpty ? folder : Path(folder).appending(branch).string
    }
  }

  /// The pictures, in the order of the names, sorted by name within each folder.
  package private(set) var pictures: [Picture] = []
  package let isRecursive: Bool
  private let spared: Path?

  /// Lists the pictures.
  ///
  /// - Parameters:
  ///   - names: paths, folders, and patterns.
  ///   - isRecursive: whether subfolders are searched, too, but not through links. Hidden ones never are.
  ///     Default: `false`.
  ///   - folder: a folder that is skipped unless it is named, such as that of the results. Default: `nil`.
  /// - Throws: `unreadable` for a folder that cannot be read, `missing` for a pattern that matches no
  ///   picture, `unusableFile` for a folder without pictures.
  package init(
    _ names: [String], isRecursive: Bool = false, sparing folder: String? = nil
  ) throws(PlantainError) {
    self.init(isRecursive, folder)
    for name in names { try add(name, isAlone: names.count == 1) }
  }

  private init(_ isRecursive: Bool, _ folder: String?) {
    self.isRecursive = isRecursive
    spared = folder.map { Path($0).canonical }
  }

  private mutating func add(_ name: String, isAlone: Bool) throws(PlantainError) {
    if let folder = Path(name).onDisk, folder.isFolder {
      try add(folder: folder.string, isAlone: isAlone)
    } else if Self.isPattern(name) {
      try add(pattern: name)
    } else {
      pictures.append(Picture(path: name))
    }
  }

  /// A reference of any kind, or why a name gives none.
  package struct Entry: Sendable {
    /// The picture.
    package let reference: Reference
    /// The subfolders between the named folder and the picture; empty without any.
    package var branch = ""
    /// Why there is no picture; `nil` if there is one.
    package var failure: PlantainError?
  }

  /// Lists the pictures of references of any kind. A name that gives no picture fails alone, at its position.
  ///
  /// - Parameters:
  ///   - references: the references, of which files may be folders and patterns.
  ///   - isRecursive: as in the initializer.
  ///   - folder: as in the initializer.
  package static func entries(
    of references: [Reference], isRecursive: Bool = false, sparing folder: String? = nil
  ) -> [Entry] {
    references.flatMap { reference -> [Entry] in
      guard case .file(let name) = reference else { return [Entry(reference: reference)] }
      var list = PictureList(isRecursive, folder)
      do throws(PlantainError) {
        try list.add(name, isAlone: references.count == 1)
        return list.pictures.map { Entry(reference: $0.reference, branch: $0.branch) }
      } catch {
        return [Entry(reference: reference, failure: error)]
      }
    }
  }

  private mutating func add(folder name: String, isAlone: Bool) throws(PlantainError) {
    // Without the slash that an argument may have at its end.
    let path = Path(name).withoutSlash.string
    let before = pictures.count
    // Of several named folders each keeps its own branch.
    let branch = isAlone || !isRecursive ? "" : Self.branch(of: path)
    try add(folder: path, branch, depth: 0)
    guard pictures.count == before else { return }
    throw PlantainError(
      .input, .unusableFile, "there is no picture in \(path)",
      hint: isRecursive ? "Check the name." : "Search its subfolders, too, with `recursive`.",
      subject: path)
  }

  private static func branch(of folder: String) -> String {
    let name = Path(folder).canonical.name
    return [".", ".."].contains(name) ? "" : name
  }

  private mutating func add(folder: String, _ branch: String, depth: Int) throws(PlantainError) {
    guard depth < Self.maximumDepth else { return }
    for name in try Self.names(in: folder) where !name.hasPrefix(".") {
      let path = Path(folder).appending(name).string
      if !Path(path).isFolder {
        if Self.isPicture(named: name) { pictures.append(Picture(path: path, branch: branch)) }
      } else if isRecursive, !Path(path).isLink, Path(path).canonical != spared {
        try add(folder: path, branch.isEmpty ? name : Path(branch).appending(name).string, depth: depth + 1)
      }
    }
  }

  /// Deeper trees are not searched: nobody sorts pictures that deep.
  private static let maximumDepth = 64

  private static func names(in folder: String) throws(PlantainError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw PlantainError(
        .input, .unreadable, "cannot read the folder \(folder)", hint: "Check its permissions.",
        subject: folder)
    }
  }

  private mutating func add(pattern: String) throws(PlantainError) {
    let before = pictures.count
    for path in Self.matches(pattern) {
      if Path(path).isFolder {
        guard isRecursive, Path(path).canonical != spared else { continue }
        try add(folder: path, Self.branch(of: path), depth: 1)
      } else if Self.isPicture(named: path) {
        pictures.append(Picture(path: path))
      }
    }
    guard pictures.count == before else { return }
    throw PlantainError(
      .input, .missing, "no picture matches \(pattern)", hint: "Check the pattern.", subject: pattern)
  }

  /// Whether the extension is that of a readable picture format.
  package static func isPicture(named name: String) -> Bool {
    OutputPlan.format(byNameOf: name)?.isReadable == true
  }

  /// Whether a name is a pattern. The name of an existing file is not.
  package static func isPattern(_ name: String) -> Bool {
    Path(name).onDisk == nil && name.contains(where: "*?[".contains)
  }

  private static func matches(_ pattern: String) -> [String] {
    guard pattern.utf8.contains(where: { $0 >= 0x80 }) else { return systemMatches(pattern) }
    // The system's glob compares bytes, and names may be in another Unicode normal form.
    let characters = NamePattern(pattern)
    return systemMatches(characters.loosened).filter(characters.fits)
  }

  private static func systemMatches(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }
}
