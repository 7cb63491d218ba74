import Editing
import Core
import Yams

/// A mapping of the configuration file. Its members are taken one by one, so that none is overlooked: a
/// misspelled name is an error with its line, not a setting that silently has no effect.
package struct YAMLObject {
  /// Where and why the file cannot be used.
  package struct Mistake: Error {
    let line: Int?
    let message: String
  }

  private var members: [(name: String, line: Int, value: Node)] = []
  private let kind: String

  /// - Parameter kind: what the mapping describes, for messages.
  init(_ node: Node, _ kind: String) throws(Mistake) {
    self.kind = kind
    guard case .mapping(let mapping) = node else {
      throw Mistake(line: node.mark?.line, message: "expected a mapping of names to values for \(kind)")
    }
    for (key, value) in mapping {
      let line = key.mark?.line ?? 0
      guard let name = key.scalar?.string else { throw Mistake(line: line, message: "a name must be text") }
      members.append((name, line, value))
    }
  }

  /// The whole file; `nil` when it is empty.
  init?(parsing text: String) throws(Mistake) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Mistake(error)
    } catch {
      throw Mistake(line: nil, message: "it is not YAML")
    }
    guard let root, root.null == nil else { return nil }
    try self.init(root, "the file")
  }

  func line(of name: String) -> Int? { members.first { $0.name.inAmericanSpelling == name }?.line }

  /// Takes all remaining members.
  mutating func takeAll() -> [(name: String, line: Int, value: Node)] {
    defer { members = [] }
    return members
  }

  /// - Throws: when members remain that were not taken.
  func requireNothingLeft(known: [String]) throws(Mistake) {
    guard let stranger = members.first else { return }
    throw Mistake(
      line: stranger.line,
      message: "unknown name \(stranger.name) in \(kind); expected one of \(known.joined(separator: ", "))")
  }

  mutating func take(_ name: String) -> (line: Int, value: Node)? {
    guard let place = members.firstIndex(where: { $0.name.inAmericanSpelling == name }) else { return nil }
    let member = members.remove(at: place)
    return (member.line, member.value)
  }

  /// A string that `read` parses.
  ///
  /// - Parameter expected: a description of its values, for the message; the text itself is not quoted,
  ///   because it may be a misplaced secret.
  mutating func take<Value>(
    _ name: String, expected: String, _ read: (String) -> Value?
  ) throws(Mistake) -> Value? {
    guard let (line, node) = take(name) else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty, let value = read(text) else {
      throw Mistake(line: line, message: "expected \(expected) for \(name)")
    }
    return value
  }

  mutating func takeText(_ name: String) throws(Mistake) -> String? {
    try take(name, expected: "a string") { $0 }
  }

  mutating func takeSwitch(_ name: String) throws(Mistake) -> Bool? {
    try take(name, expected: "true or false") { ["true": true, "false": false][$0] }
  }

  mutating func takeWord<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, of type: Word.Type = Word.self
  ) throws(Mistake) -> Word? {
    try take(name, expected: Word.allCases.map(\.rawValue).joined(separator: ", ")) { Word(rawValue: $0) }
  }

  /// One string, or a list of strings.
  mutating func takeList<Value>(
    _ name: String, expected: String, _ read: (String) -> Value?
  ) throws(Mistake) -> [Value]? {
    guard let (line, node) = take(name) else { return nil }
    let texts = node.scalar.map { [$0.string] } ?? node.array().compactMap { $0.scalar?.string }
    let values = texts.compactMap(read)
    guard !values.isEmpty, values.count == max(1, node.array().count) else {
      throw Mistake(line: line, message: "expected \(expected), or a list, for \(name)")
    }
    return values
  }
}

extension YAMLObject.Mistake {
  fileprivate init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, message: "it is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      self.init(line: context.mark.line, message: "\(names.joined(separator: ", ")) occurs more than once")
    default: self.init(line: nil, message: "it is not YAML")
    }
  }
}
