import Core
import Finishing
import Imaging
package import PictureFormats

/// The names that results may get, and what must not be called so.
extension OutputPlan {
  /// The name without extension of the result of that number, from 1.
  func numbered(_ number: Int) -> String {
    stem.contains(NameTemplate.number)
      ? stem.replacing(NameTemplate.number, with: "\(number)") : "\(stem)-\(number)"
  }

  /// The names without extension of those that were asked for.
  private var names: [String] {
    if written > 0 { return [numbered(written + 1)] }
    return asked > 1 ? (1...asked).map(numbered) : [stem]
  }

  /// The paths that a result of that name may have.
  private func paths(_ name: String) -> [String] {
    switch output {
    case .memory: []
    case .file(let path): [name + path.dropFirst(stem.count)]
    case .folder: PictureFormat.all.filter(\.isWritable).map { "\(name).\($0.extensions[0])" }
    }
  }

  /// What lies there already of all that was asked for: a path each.
  package var existing: [String] { names.compactMap { paths($0).first(where: OutputFile.exists) } }

  /// Whether all that was asked for lies there already.
  package var exists: Bool { output != .memory && existing.count == names.count }

  /// Checks every name that could be written, without changing anything.
  ///
  /// - Parameter overwriting: a file of that name is no reason against it. `nil`: as was asked.
  /// - Throws: 73.
  package func check(overwriting: Bool? = nil) throws(PlantainError) {
    // Names beside what was written before are chosen so that they are free.
    guard written == 0 else { return }
    for path in possiblePaths {
      do throws(WriteError) {
        try OutputFile.check(path, overwriting: overwriting ?? overwrites)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  /// Makes the folder and proves that it takes files: the last thing before sending.
  ///
  /// - Throws: 73.
  package func prepareFolder() throws(PlantainError) {
    var seen: Set<String> = []
    for path in possiblePaths where seen.insert(OutputFile.parent(of: path)).inserted {
      do throws(WriteError) { try OutputFile.prepareFolder(of: path) } catch { throw .writing(error, path) }
    }
  }

  /// Every path that could be written.
  package var possiblePaths: [String] {
    let isThere = mayBeCompared && comparison.map(OutputFile.exists) == true
    return names.flatMap(paths) + (isThere ? [] : [comparison].compactMap(\.self))
  }

  /// - Throws: 64 when a result could replace the picture that it is made of.
  func requireOther(than source: String) throws(PlantainError) {
    let source = OutputFile.canonical(source)
    guard names.flatMap(paths).contains(where: { OutputFile.canonical($0) == source }) else { return }
    throw .usage(
      "the pattern for names would replace \(source) itself",
      hint: "Add something to it, as in {stem}-2.{ext}.")
  }

  /// A comparison must not lie where a result may, nor on what it is made of.
  ///
  /// - Parameter stem: of the result's name, whatever its extension; empty: it has none.
  static func requireApart(
    _ comparison: String, from stem: String, _ pictures: Reference?...
  ) throws(PlantainError) {
    let place = OutputFile.canonical(comparison)
    let inputs = pictures.compactMap {
      if case .file(let path)? = $0 { OutputFile.canonical(path) } else { nil }
    }
    let name = withoutExtension(place)
    let own = stem.isEmpty ? nil : OutputFile.canonical(stem)
    let rest = own.flatMap { name.hasPrefix($0) ? name.dropFirst($0.count) : nil }
    guard rest.map(isOfResult) != true, !inputs.contains(place) else {
      throw .usage(
        "\(comparison) is a name for a picture of the edit itself, and cannot be the comparison's",
        hint: "Choose another name for --compare, such as NAME.cmp.png.")
    }
  }

  /// Several results are called NAME-1, NAME-2; those that cannot go there NAME-kept, NAME-kept-2.
  private static func isOfResult(_ rest: Substring) -> Bool {
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    guard rest.isEmpty || parts.first == "" else { return false }
    let numbers = parts.dropFirst().first == "kept" ? parts.dropFirst(2) : parts.dropFirst()
    return numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
  }

  /// - Throws: 64 when the extension is another format's.
  static func requireName(_ path: String, for wanted: PictureFormat) throws(PlantainError) {
    guard let named = format(byNameOf: path), named != wanted else { return }
    throw .usage(
      "\(path) is a name for \(named.name), but \(wanted.name) is asked for",
      hint: "Ask for no format, or change the name.")
  }

  /// - Throws: 73 when the name is taken or could not be written.
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
      "cannot write \(format.name) files: \(path)", hint: "Give a name that ends in .jpg, .png or .webp.")
  }

  /// The format that a name asks for by its extension.
  package static func format(byNameOf path: String) -> PictureFormat? {
    PictureFormat.named(byExtension: fileExtension(path))
  }

  static func fileExtension(_ path: String) -> String {
    let name = OutputFile.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return String(name[name.index(after: dot)...])
  }

  package static func withoutExtension(_ path: String) -> String {
    let length = fileExtension(path).count
    return length == 0 ? path : String(path.dropLast(length + 1))
  }
}

extension EditOptions {
  /// What lies already where the results would go, when all that is asked for does; empty: something is to be made.
  ///
  /// - Parameter first: the picture to edit, by whose name an output can be called.
  /// - Throws: 64 for a place that makes no sense.
  public func existingResults(of first: Reference?) throws(PlantainError) -> [String] {
    let plan = try OutputPlan(self, first: first)
    return plan.exists ? plan.existing : []
  }
}
