import Imaging

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

extension Manifest {
  /// Every picture in a folder, by its name's extension, in the names' order.
  static func records(inFolder path: String) throws(PlantainError) -> [Record] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw PlantainError(
        .input, .unreadable, "cannot read the folder \(path)", hint: "Check its permissions.", subject: path)
    }
    let pictures = names.filter { !$0.hasPrefix(".") && isPicture(named: $0) }
    return records(ofPictures: withoutResults(pictures).map { "\(path)/\($0)" })
  }

  static func isPicture(named name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return PictureFormat.named(byExtension: String(name[name.index(after: dot)...]))?.isReadable == true
  }

  private static func records(ofPictures paths: [String]) -> [Record] {
    paths.enumerated().map { position, path in
      Record(line: position + 1, fields: ["references": .list([path])], picture: path)
    }
  }

  /// Without those that an earlier run has put beside what it edited: they are not meant to be edited in turn.
  private static func withoutResults(_ paths: [String]) -> [String] {
    let stems = Set(paths + paths.map(OutputPlan.withoutExtension))
    return paths.filter { path in
      let stem = OutputPlan.withoutExtension(path)
      guard let mark = stem.ranges(of: ".edited").last else { return true }
      let rest = stem[mark.upperBound...]
      let isResult = rest.isEmpty || rest.first == "-" && rest.dropFirst().allSatisfy(\.isNumber)
      return !isResult || !stems.contains(String(stem[..<mark.lowerBound]))
    }
  }

  /// Pictures by their names, in their order; a name with `*`, `?` or `[…]` that is no file's own stands for all that it fits.
  static func records(ofNames names: [String]) throws(PlantainError) -> [Record] {
    var paths: [String] = []
    for name in names {
      guard isPattern(name) else {
        paths.append(name)
        continue
      }
      let found = matches(name).filter(isPicture(named:))
      guard !found.isEmpty else {
        throw PlantainError(
          .input, .missing, "no picture's name fits \(name)", hint: "Check the pattern.", subject: name)
      }
      paths += found
    }
    return records(ofPictures: withoutResults(paths).map { Reference.path($0, in: ".") })
  }

  /// A file of that very name is meant itself.
  static func isPattern(_ name: String) -> Bool {
    FileSpelling.onDisk(name) == nil && name.contains(where: "*?[".contains)
  }

  private static func matches(_ pattern: String) -> [String] {
    guard pattern.utf8.contains(where: { $0 >= 0x80 }) else { return systemMatches(pattern) }
    // The system compares bytes, and names may be in another Unicode normal form.
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
