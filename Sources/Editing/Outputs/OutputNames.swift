import Core
import Finishing
package import PictureFormats

/// The file names that results may get, and the checks that keep other files safe.
extension OutputPlan {
  /// The path without extension of the result with that number, counted from 1.
  func numbered(_ number: Int) -> String {
    stem.contains(NameTemplate.number)
      ? stem.replacing(NameTemplate.number, with: "\(number)") : "\(stem)-\(number)"
  }

  /// The number of each file among the requested results of this output; `nil` for a file elsewhere.
  package func numbers(ofResultsAt paths: [String]) -> [Int?] {
    let names = (1...asked).map { Path(numbered($0)).canonical.string }
    return paths.map { path in
      let place = Path(path).canonical.withoutExtension.string
      return names.firstIndex { place == $0 || Self.isBeside(place, $0) }.map { $0 + 1 }
    }
  }

  /// Whether a name is another with a number that sets it apart from a file that existed.
  private static func isBeside(_ place: String, _ name: String) -> Bool {
    guard place.hasPrefix(name + "-") else { return false }
    let number = place.dropFirst(name.count + 1)
    return !number.isEmpty && number.allSatisfy(\.isNumber)
  }

  /// The paths without extension of all requested results.
  private var names: [String] {
    if written > 0 { return [numbered(written + 1)] }
    return asked > 1 ? (wantedNumbers ?? Array(1...asked)).map(numbered) : [stem]
  }

  /// The paths that a result of that name may get.
  private func paths(_ name: String) -> [String] {
    switch output {
    case .memory: []
    case .file(let path): [name + path.dropFirst(stem.count)]
    case .folder: PictureFormat.all.filter(\.isWritable).map { "\(name).\($0.extensions[0])" }
    }
  }

  /// The existing files of the requested results, at most one path for each.
  package var existing: [String] { names.compactMap { paths($0).first { Path($0).exists } } }

  /// Whether all requested results exist already.
  package var exists: Bool { output != .memory && existing.count == names.count }

  /// Checks every path that could be written, without changing anything.
  ///
  /// - Parameter overwriting: whether existing files are accepted; `nil`: as the options say.
  /// - Throws: `outputExists` when a file exists, `outputNotWritable` when it could not be written.
  package func check(overwriting: Bool? = nil) throws(PlantainError) {
    // Paths beside earlier results are chosen so that they are free.
    guard written == 0 else { return }
    for path in possiblePaths {
      do throws(WriteError) {
        try OutputFile.check(path, overwriting: overwriting ?? overwrites)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  /// Creates the output folders and proves that they are writable. This is the last step before sending.
  ///
  /// - Throws: `outputNotWritable` when a folder cannot be created or written to.
  package func prepareFolder() throws(PlantainError) {
    var seen: Set<Path> = []
    for path in possiblePaths where seen.insert(Path(path).parent).inserted {
      do throws(WriteError) { try OutputFile.prepareFolder(of: path) } catch { throw .writing(error, path) }
    }
  }

  /// Every path that could be written.
  package var possiblePaths: [String] {
    let isThere = mayBeCompared && comparison.map { Path($0).exists } == true
    return names.flatMap(paths) + (isThere ? [] : [comparison].compactMap(\.self))
  }

  /// - Throws: `usage` when a result could replace its own source picture.
  func requireOther(than source: String) throws(PlantainError) {
    let source = Path(source).canonical
    guard names.flatMap(paths).contains(where: { Path($0).canonical == source }) else { return }
    throw .usage(
      "the name pattern would replace the source picture \(source)",
      hint: "Add something to it, for example: {stem}-2.{ext}.")
  }

  /// Checks that no result would replace a picture that the edit reads, however that is named.
  ///
  /// - Throws: `outputExists` when one would.
  func requireApart(from inputs: [Reference?]) throws(PlantainError) {
    guard overwrites else { return }
    for path in possiblePaths { try Self.requireInput(path, isNoneOf: inputs) }
  }

  /// - Throws: `outputExists` when the path is that of one of the pictures.
  static func requireInput(_ path: String, isNoneOf inputs: [Reference?]) throws(PlantainError) {
    for case .file(let input)? in inputs where Path(path).isSame(as: Path(input)) {
      throw PlantainError(
        .output, .outputExists, "cannot write \(path): it is one of the pictures that are read",
        hint: "Choose another output. An original is never replaced by a result.", subject: path)
    }
  }

  /// Checks that a comparison has neither the path of a possible result nor that of an input.
  ///
  /// - Parameter stem: the result's path, whatever its extension; empty if it has none.
  static func requireApart(
    _ comparison: String, from stem: String, _ pictures: Reference?...
  ) throws(PlantainError) {
    let place = Path(comparison).canonical
    let inputs = pictures.compactMap {
      if case .file(let path)? = $0 { Path(path).canonical } else { nil }
    }
    let name = place.withoutExtension.string
    let own = stem.isEmpty ? nil : Path(stem).canonical.string
    let rest = own.flatMap { name.hasPrefix($0) ? name.dropFirst($0.count) : nil }
    guard rest.map(isOfResult) != true, !inputs.contains(place) else {
      throw .usage(
        "\(comparison) is the name of a picture of the edit itself, so it cannot be the comparison",
        hint: "Choose another name for `compare`, such as NAME.cmp.png.")
    }
  }

  /// Several results are named NAME-1, NAME-2; those that cannot be written there NAME-kept, NAME-kept-2.
  private static func isOfResult(_ rest: Substring) -> Bool {
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    guard rest.isEmpty || parts.first == "" else { return false }
    let numbers = parts.dropFirst().first == "kept" ? parts.dropFirst(2) : parts.dropFirst()
    return numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
  }

  /// - Throws: `usage` when the extension belongs to another format.
  static func requireName(_ path: String, for wanted: PictureFormat) throws(PlantainError) {
    guard let named = format(byNameOf: path), named != wanted else { return }
    throw .usage(
      "\(path) is a name for \(named.name), but \(wanted.name) is requested",
      hint: "Omit the format, or change the name.")
  }

  /// Checks the name for a picture that is encoded already.
  ///
  /// - Throws: `usage` when the extension belongs to another format.
  static func requireName(_ path: String, of mediaType: MediaType) throws(PlantainError) {
    guard let own = PictureFormat.writable(mediaType), let named = format(byNameOf: path), named != own
    else { return }
    throw .usage(
      "\(path) is a name for \(named.name), but the picture is \(own.name)",
      hint: "Choose a name that ends in .\(own.extensions[0]).")
  }

  /// - Throws: `outputExists` when the file exists and must not be replaced, `outputNotWritable` when it
  ///   cannot be written.
  static func requireFree(_ path: String, overwriting: Bool) throws(PlantainError) {
    do throws(WriteError) {
      try OutputFile.check(path, overwriting: overwriting)
    } catch {
      throw .writing(error, path)
    }
  }

  static func requireWritableExtension(_ path: String) throws(PlantainError) {
    guard let format = format(byNameOf: path), !format.isWritable else { return }
    throw .usage(
      "cannot write \(format.name) files: \(path)", hint: "Use a name that ends in .jpg, .png, or .webp.")
  }

  /// The format that a path requests by its extension.
  package static func format(byNameOf path: String) -> PictureFormat? {
    PictureFormat.named(byExtension: Path(path).fileExtension)
  }
}

extension EditOptions {
  /// The paths of existing results, if every requested result exists; empty if something is missing.
  ///
  /// - Parameter first: the picture to edit, whose name the output may take.
  /// - Throws: `usage` for an output that makes no sense.
  package func existingResults(of first: Reference?) throws(PlantainError) -> [String] {
    let plan = try OutputPlan(self, first: first)
    return plan.exists ? plan.existing : []
  }

  /// The same options for the pictures whose files do not exist yet, if several are asked for.
  ///
  /// - Parameter first: the picture to edit, whose name the output may take.
  /// - Throws: `usage` for an output that makes no sense.
  package func withoutExistingResults(of first: Reference?) throws(PlantainError) -> EditOptions {
    let plan = try OutputPlan(self, first: first)
    let existing = Set(plan.numbers(ofResultsAt: plan.existing).compactMap(\.self))
    guard count > 1, !existing.isEmpty else { return self }
    var options = self
    // A file that exists is kept, whatever an equal earlier edit still has to write.
    options.sparesOthers = true
    options.numbers = (1...count).filter { !existing.contains($0) }
    return options
  }
}
