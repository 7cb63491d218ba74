import Core
import Finishing
import Imaging
package import PictureFormats

/// A pattern for the names of results, such as `{stem}-warm.{ext}`.
///
/// `{stem}` is the name of the first reference without its extension, `{name}` the whole of it, `{n}` the number of the result, and
/// `{ext}`, which has its place at the end, the result's true extension. A pattern that ends in a picture's extension asks for that
/// format; one without any gets the true one. A slash begins a folder, and `{{` is a brace.
public struct NameTemplate: Sendable, Equatable, CustomStringConvertible {
  private let text: String
  /// Without the true extension at its end.
  private let body: String
  /// Whether it ends in `.{ext}`.
  private let endsInTrueExtension: Bool
  /// What else can be filled in, such as the columns of a table.
  package var words: [String: String] = [:]

  /// - Throws: 64 for a pattern that names no file in a folder. Whether its words are known shows when it is filled.
  public init(_ text: String) throws(PlantainError) {
    self.text = text
    endsInTrueExtension = text.lowercased().hasSuffix(Self.trueExtension)
    body = endsInTrueExtension ? String(text.dropLast(Self.trueExtension.count)) : text
    guard !body.isEmpty, !body.hasPrefix("/"), !body.hasSuffix("/") else {
      throw .usage(
        "expected a pattern for names in a folder, received \(text)", hint: "As in {stem}-warm.{ext}.")
    }
    guard !body.lowercased().contains("{ext}") else {
      throw .usage("{ext} has its place at the end of \(text)", hint: "As in {stem}-warm.{ext}.")
    }
  }

  public var description: String { text }

  private static let trueExtension = ".{ext}"
  /// Stands for the number of a result while that is not known.
  package static let number = "{n}"
  private static let ownWords = ["stem", "name", "ext", "n"]

  /// A name, whose extension may be known.
  package struct Name {
    /// With its folders, without extension.
    package let stem: String
    /// `nil`: the true one.
    let fixedExtension: String?
  }

  /// - Parameters:
  ///   - picture: after which it is named; `nil`: there is none.
  ///   - isWhole: takes its whole name for its stem.
  ///   - number: of the result.
  /// - Throws: 64 for a word that nobody knows.
  package func name(
    for picture: Reference?, isWhole: Bool = false, number: String = NameTemplate.number
  ) throws(PlantainError) -> Name {
    var words = words.mapValues(Self.safe)
    words["stem"] = Self.safe((isWhole ? picture?.fileName : picture?.stem) ?? "picture")
    words["name"] = Self.safe(picture?.fileName ?? "picture")
    words["n"] = words["n"] ?? number
    let name = try filled(with: words)
    guard !OutputFile.name(of: name).isEmpty, !name.hasSuffix("/") else {
      throw .usage("\(text) gives an empty name here", hint: "Name results by {stem}, too.")
    }
    guard namesFormat else { return Name(stem: name, fixedExtension: nil) }
    let stem = OutputPlan.withoutExtension(name)
    let fixed = String(name.dropFirst(stem.count + 1))
    return Name(stem: stem, fixedExtension: fixed.isEmpty ? nil : fixed)
  }

  /// The same pattern with everything filled in but the number and the true extension, for where its words are not known.
  ///
  /// - Throws: 64 for a word that nobody knows.
  package func settled(for picture: Reference?, isWhole: Bool) throws(PlantainError) -> String {
    let name = try name(for: picture, isWhole: isWhole)
    let stem = name.stem.replacing("{", with: "{{").replacing("{" + Self.number, with: Self.number)
    return stem + (name.fixedExtension.map { "." + $0 } ?? (endsInTrueExtension ? Self.trueExtension : ""))
  }

  /// The format that its own end asks for.
  package var format: PictureFormat? {
    let end = body.split(separator: "}", omittingEmptySubsequences: false).last.map(String.init) ?? body
    return endsInTrueExtension ? nil : OutputPlan.format(byNameOf: "x" + end)
  }

  /// Whether its own end, or the name that it ends in, may ask for a format.
  private var namesFormat: Bool {
    format != nil || !endsInTrueExtension && body.lowercased().hasSuffix("{name}")
  }

  /// Looks for words that nobody knows before the first picture is named.
  ///
  /// - Throws: 64.
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
        "the pattern for names has {\(error.name)}, which nobody knows here",
        hint: "Known are \(known.joined(separator: ", ")). Write {{ for a brace.")
    }
  }

  /// A word of a foreign table must not lead out of the folder.
  private static func safe(_ word: String) -> String {
    let plain = String(
      String.UnicodeScalarView(
        word.unicodeScalars.map { $0 == "/" || $0.properties.generalCategory == .control ? "-" : $0 }))
    return plain.allSatisfy { $0 == "." } ? plain.replacing(".", with: "-") : plain
  }
}
