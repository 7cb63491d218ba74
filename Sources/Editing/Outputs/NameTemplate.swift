import Core
import Finishing
package import PictureFormats

/// A pattern for the file names of results, such as `{stem}-warm.{ext}`.
///
/// `{stem}` is the name of the first reference without its extension, `{name}` its whole name, `{n}` the
/// number of the result, and `{ext}`, which must come last, the result's true extension. A pattern that ends
/// in a picture extension requests that format; one without an extension gets the true one. A slash separates
/// folders, and `{{` is a literal brace.
public struct NameTemplate: Sendable, Equatable, CustomStringConvertible {
  private let text: String
  /// The pattern without the `.{ext}` at its end.
  private let body: String
  /// Whether the pattern ends in `.{ext}`.
  private let endsInTrueExtension: Bool
  /// Further names that can be filled in, such as the columns of a table.
  package var words: [String: String] = [:]

  /// Parses a pattern. Whether its names are known is checked only when they are filled in.
  ///
  /// - Throws: `PlantainError` with the code `usage` for a pattern that does not name a file in a folder.
  public init(_ text: String) throws(PlantainError) {
    self.text = text
    endsInTrueExtension = text.lowercased().hasSuffix(Self.trueExtension)
    body = endsInTrueExtension ? String(text.dropLast(Self.trueExtension.count)) : text
    guard !body.isEmpty, !Path(body).isAbsolute, !Path(body).namesFolder else {
      throw .usage(
        "expected a name pattern within a folder, received \(text)", hint: "For example: {stem}-warm.{ext}.")
    }
    guard !body.lowercased().contains("{ext}") else {
      throw .usage("{ext} must be at the end of \(text)", hint: "For example: {stem}-warm.{ext}.")
    }
  }

  /// The pattern as written.
  public var description: String { text }

  private static let trueExtension = ".{ext}"
  /// Stands for the number of a result until it is known.
  package static let number = "{n}"
  private static let ownWords = ["stem", "name", "ext", "n"]

  /// A filled-in name, whose extension may be known.
  package struct Name {
    /// The name with its folders, without extension.
    package let stem: String
    /// The extension that the pattern fixes; `nil`: the true one.
    let fixedExtension: String?
  }

  /// Fills in the names of the pattern.
  ///
  /// - Parameters:
  ///   - picture: the picture that gives its name; `nil`: none.
  ///   - isWhole: whether `{stem}` is the picture's whole file name.
  ///   - number: the number of the result.
  /// - Throws: `usage` for an unknown name.
  package func name(
    for picture: Reference?, isWhole: Bool = false, number: String = NameTemplate.number
  ) throws(PlantainError) -> Name {
    var words = words.mapValues(Self.safe)
    words["stem"] = Self.safe((isWhole ? picture?.fileName : picture?.stem) ?? "picture")
    words["name"] = Self.safe(picture?.fileName ?? "picture")
    words["n"] = words["n"] ?? number
    let name = try filled(with: words)
    guard !Path(name).name.isEmpty, !Path(name).namesFolder else {
      throw .usage("the name pattern \(text) gives an empty name", hint: "Add {stem} to it.")
    }
    guard namesFormat else { return Name(stem: name, fixedExtension: nil) }
    let stem = Path(name).withoutExtension.string
    let fixed = String(name.dropFirst(stem.count + 1))
    return Name(stem: stem, fixedExtension: fixed.isEmpty ? nil : fixed)
  }

  /// The pattern with everything filled in but the number and the true extension, for later use where the
  /// names are not known.
  ///
  /// - Throws: `usage` for an unknown name.
  package func settled(for picture: Reference?, isWhole: Bool) throws(PlantainError) -> String {
    let name = try name(for: picture, isWhole: isWhole)
    let stem = name.stem.replacing("{", with: "{{").replacing("{" + Self.number, with: Self.number)
    return stem + (name.fixedExtension.map { "." + $0 } ?? (endsInTrueExtension ? Self.trueExtension : ""))
  }

  /// The format that the end of the pattern requests.
  package var format: PictureFormat? {
    let end = body.split(separator: "}", omittingEmptySubsequences: false).last.map(String.init) ?? body
    return endsInTrueExtension ? nil : OutputPlan.format(byNameOf: "x" + end)
  }

  /// Whether the end of the pattern, or the `{name}` at its end, may request a format.
  private var namesFormat: Bool {
    format != nil || !endsInTrueExtension && body.lowercased().hasSuffix("{name}")
  }

  /// Checks for unknown names before the first picture is named.
  ///
  /// - Throws: `usage` for an unknown name.
  package func check(knowing columns: some Sequence<String>) throws(PlantainError) {
    let words = Dictionary((columns + Self.ownWords).map { ($0, "x") }, uniquingKeysWith: { $1 })
    _ = try filled(with: words)
  }

  private func filled(with words: [String: String]) throws(PlantainError) -> String {
    do throws(PromptTemplate.UnknownName) {
      return try PromptTemplate(body).filled(with: words)
    } catch {
      let known = Set(words.keys).union(Self.ownWords).sorted().map { "{\($0)}" }
      throw .usage(
        "unknown name {\(error.name)} in the name pattern",
        hint: "Known names: \(known.joined(separator: ", ")). Write {{ for a brace.")
    }
  }

  /// Replaces slashes and control characters, so that a value from an untrusted table cannot lead out of the
  /// folder.
  private static func safe(_ word: String) -> String {
    let plain = String(
      String.UnicodeScalarView(
        word.unicodeScalars.map { $0 == "/" || $0.properties.generalCategory == .control ? "-" : $0 }))
    return plain.allSatisfy { $0 == "." } ? plain.replacing(".", with: "-") : plain
  }
}
