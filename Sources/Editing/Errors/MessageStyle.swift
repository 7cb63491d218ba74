/// How messages name options, and what a program adds to errors in JSON.
///
/// The library names an option by its long name in backquotes, as in `max-cost`. A program writes it in its
/// own way, such as `--max-cost`.
package struct MessageStyle: Sendable {
  /// The text for an option, by its long name; `nil` if there is no option of that name.
  package let option: @Sendable (String) -> String?
  /// The program's exit status for a code, or for success; `nil` if it is not to be told.
  package let exitStatus: @Sendable (PlantainError.Code?) -> Int32?

  package init(
    option: @escaping @Sendable (String) -> String?,
    exitStatus: @escaping @Sendable (PlantainError.Code?) -> Int32? = { _ in nil }
  ) {
    (self.option, self.exitStatus) = (option, exitStatus)
  }

  /// The library's own style: options keep their backquotes.
  package static let plain = MessageStyle { _ in nil }

  /// The key of the style in the `userInfo` of an encoder. Without it, the style is `plain`.
  package static let key = CodingUserInfoKey(rawValue: "plantain.messageStyle")

  /// The style that an encoder was given.
  package static func of(_ encoder: any Encoder) -> MessageStyle {
    key.flatMap { encoder.userInfo[$0] as? MessageStyle } ?? .plain
  }

  /// A text of the library with every option in it written in this style.
  package func text(_ text: String) -> String {
    Self.options(in: text).reduce(text) { written($1, in: $0) }
  }

  func written(_ name: String, in text: String) -> String {
    option(name).map { text.replacing("`\(name)`", with: $0) } ?? text
  }

  /// The names in backquotes, each once, in their order.
  static func options(in text: String) -> [String] {
    var found: [String] = []
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).dropFirst().dropLast()
    for part in parts.map(String.init) where isName(part) && !found.contains(part) { found.append(part) }
    return found
  }

  private static func isName(_ text: String) -> Bool {
    text.first?.isLetter == true
      && text.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "-") }
  }
}
