import Core
import Editing
import Finishing

/// Leaves out the results that an earlier run has written beside its pictures: they are not edited again.
extension PictureList {
  func withoutResults(of defaults: Manifest.Defaults) -> [Picture] {
    let rest = withoutUsualResults
    guard let template = defaults.options.outputTemplate else { return rest }
    return Self.withoutResults(rest, of: template, defaults)
  }

  /// Without `NAME.edited.EXT` where the picture `NAME` is among them: in the same folder or, in a recursive
  /// list, in any folder.
  private var withoutUsualResults: [Picture] {
    let names = pictures.map { isRecursive ? Path($0.path).name : $0.path }
    let stems = Set(names + names.map { Path($0).withoutExtension.string })
    return zip(pictures, names).compactMap { picture, name in
      let stem = Path(name).withoutExtension.string
      guard let mark = stem.ranges(of: ".edited").last else { return picture }
      let rest = stem[mark.upperBound...]
      let isResult = rest.isEmpty || rest.first == "-" && rest.dropFirst().allSatisfy(\.isNumber)
      return isResult && stems.contains(String(stem[..<mark.lowerBound])) ? nil : picture
    }
  }

  /// Without the pictures whose names the template gives to another picture's result.
  private static func withoutResults(
    _ pictures: [Picture], of template: NameTemplate, _ defaults: Manifest.Defaults
  ) -> [Picture] {
    var options = EditOptions()
    options.outputTemplate = template
    // The number of a picture differs between runs.
    options.outputTemplate?.words["n"] = NameTemplate.number
    var owners: [Path: Set<String>] = [:]
    for picture in pictures {
      options.output = .folder(defaults.folder.map(picture.place))
      for isWhole in [false, true] {
        options.usesWholeName = isWhole
        guard let stem = try? OutputPlan(options, first: .file(picture.path)).stem else { continue }
        owners[Path(stem).canonical, default: []].insert(picture.path)
      }
    }
    // A name that is only a number does not mark a result.
    owners = owners.filter { $0.key.name != NameTemplate.number }
    return pictures.filter { picture in
      let stem = Path(picture.path).canonical.withoutExtension
      return !names(fitting: stem, upTo: pictures.count).contains {
        owners[$0]?.subtracting([picture.path]).isEmpty == false
      }
    }
  }

  /// The name itself, the name without a number at its end, and the name with each of its numbers as a
  /// placeholder.
  ///
  /// - Parameter maximum: the highest number that a result can have; those of cameras are longer.
  private static func names(fitting stem: Path, upTo maximum: Int) -> [Path] {
    let name = stem.name
    let numbers = name.ranges(of: /[0-9]+/)
    let last = numbers.last { $0.upperBound == name.endIndex }.map { name[..<$0.lowerBound] }
    let single = last.flatMap { $0.hasSuffix("-") ? String($0.dropLast()) : nil }
    let ours = numbers.filter { name[$0].first != "0" && Int(name[$0]).map { $0 <= maximum } ?? false }
    let open = ours.map { name[..<$0.lowerBound] + NameTemplate.number + name[$0.upperBound...] }
    return ([name, single].compactMap(\.self) + open.map(String.init)).map { stem.parent.appending($0) }
  }
}
