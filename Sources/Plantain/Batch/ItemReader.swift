import Finishing
import Gateways
import Imaging
import Preparation

/// Makes an edit of a manifest's line.
struct ItemReader {
  private let defaults: Manifest.Defaults
  /// What relative paths count from.
  private let folder: String
  private let gateway: Gateway

  init(_ defaults: Manifest.Defaults, folder: String, _ gateway: Gateway) {
    (self.defaults, self.folder, self.gateway) = (defaults, folder, gateway)
  }

  /// - Throws: what is wrong with the line, as far as that can be seen before anything is read or sent.
  func item(_ record: Manifest.Record) throws(PlantainError) -> Manifest.Item {
    guard let fields = record.fields else {
      throw .usage(
        "expected one JSON object with texts, numbers, true, false, and lists of texts",
        hint: #"As in {"references": ["a.jpg"], "prompt": "a warm evening"}."#)
    }
    let references = record.picture.map { [Reference(fileName: $0.path)] } ?? references(fields)
    try requireFiles(references)
    var options = defaults.options
    for (name, field) in fields.sorted(by: { $0.key < $1.key })
    where !Self.ownNames.contains(name) && (record.hasColumns || name != "variant") {
      try set(name, field, &options, mayBeColumn: record.hasColumns)
    }
    options.output = try output(fields, record.picture)
    if fields["output"] != nil { options.outputTemplate = nil }
    options.outputTemplate?.words = words(for: record)
    let prompt = try prompt(fields, references, hasColumns: record.hasColumns)
    try RequestCheck.check(prompt, references, options, gateway)
    let choices = try RequestChoices(options, gateway)
    try options.spending.check(choices.price, count: options.count, choices.model.id, gateway.id)
    try options.finish.validate()
    try requireSense(options)
    // That it is there already may mean that it was done.
    try OutputPlan(options, first: references.first).check(overwriting: true)
    return Manifest.Item(
      line: record.line, id: fields["id"]?.texts.first, references: references, prompt: prompt,
      options: options, variant: try variant(record),
      fields: rewritten(fields, references, prompt), isPicture: record.picture != nil)
  }

  /// In a table it is a column like any other.
  private func variant(_ record: Manifest.Record) throws(PlantainError) -> Int? {
    guard !record.hasColumns, let text = record.fields?["variant"]?.texts.first else { return nil }
    guard let number = Int(text), (1...10_000).contains(number) else {
      throw .usage("expected 1…10,000 for variant, received \(text)", hint: nil)
    }
    return number
  }

  private func requireSense(_ options: EditOptions) throws(PlantainError) {
    let preparation = try options.preparation(for: gateway)
    do throws(PreparationError) { try preparation.validate() } catch { throw .preparing(error, "the line") }
  }

  private static let ownNames: Set<String> = ["references", "prompt", "output", "id"]

  /// Whether a column of that name has a meaning beside that for the prompt.
  static func isKnown(_ name: String) -> Bool { ownNames.contains(name) || NamedOption.named(name) != nil }

  private func references(_ fields: [String: Manifest.Field]) -> [Reference] {
    (fields["references"]?.texts ?? []).map { Reference(argument: $0).located(in: folder) }
  }

  private func requireFiles(_ references: [Reference]) throws(PlantainError) {
    for reference in references {
      switch reference {
      case .file(let path):
        guard FileSpelling.onDisk(path) != nil else {
          throw PlantainError(
            .input, .missing, "there is no file \(path)", hint: "Check the name.", subject: path)
        }
      case .standardInput: throw .usage("a manifest's pictures cannot be standard input", hint: nil)
      case .url, .dataURI, .mangled, .bytes: break
      }
    }
  }

  private func set(
    _ name: String, _ field: Manifest.Field, _ options: inout EditOptions, mayBeColumn: Bool
  ) throws(PlantainError) {
    guard let option = NamedOption.named(name) else {
      if mayBeColumn { return }
      throw .usage(
        "there is no option \(name)",
        hint: "Options have the long names of plantain edit, without the dashes.")
    }
    let text = field.texts.joined(separator: ",")
    guard option.set(&options, text, folder) else {
      throw .usage("expected \(option.expected) for \(name), received \(text)", hint: nil)
    }
  }

  private func output(
    _ fields: [String: Manifest.Field], _ picture: PictureList.Picture?
  ) throws(PlantainError) -> EditOptions.Output {
    guard let name = fields["output"]?.texts.first else {
      return .folder(defaults.folder.map { picture?.place(in: $0) ?? $0 })
    }
    guard fields["output-template"] == nil else {
      throw .usage("output and output-template both name the result", hint: "Leave away one of them.")
    }
    guard !name.isEmpty, name != "-" else {
      throw .usage("expected the name of a file for output, received \(name)", hint: nil)
    }
    return .file(Reference.path(name, in: defaults.folder ?? "."))
  }

  /// What a pattern for the result's name may have beside the picture's own names.
  private func words(for record: Manifest.Record) -> [String: String] {
    let columns = record.hasColumns ? record.fields ?? [:] : record.fields?.filter { $0.key == "id" } ?? [:]
    return columns.compactMapValues { $0.texts.first }.merging(["n": "\(record.line)"]) { $1 }
  }

  private func prompt(
    _ fields: [String: Manifest.Field], _ references: [Reference], hasColumns: Bool
  ) throws(PlantainError) -> String {
    guard let template = fields["prompt"]?.texts.first ?? defaults.prompt else {
      throw .usage("there is no prompt", hint: "Give it in the line, or one for all with -p TEXT.")
    }
    var words = hasColumns ? fields.compactMapValues { $0.texts.first } : [:]
    if let first = references.first {
      words["stem"] = first.stem
      words["name"] = OutputFile.name(of: first.name)
    }
    do throws(PromptTemplate.UnknownName) {
      return try PromptTemplate(template).filled(with: words)
    } catch {
      throw .usage(
        "the prompt has {\(error.name)}, and there is no such column",
        hint: "Known are \(words.keys.sorted().joined(separator: ", ")). Write {{ for a brace.")
    }
  }

  /// For a manifest that is read somewhere else, after the prompt was made.
  private func rewritten(
    _ fields: [String: Manifest.Field], _ references: [Reference], _ prompt: String
  ) -> [String: Manifest.Field] {
    var fields = fields.filter { Self.isKnown($0.key) }
    fields["references"] = .list(
      zip(references, fields["references"]?.texts ?? []).map { reference, text in
        if case .file(let path) = reference { OutputFile.absolute(path) } else { text }
      })
    for name in ["mask", "compare"] {
      guard case .text(let path)? = fields[name] else { continue }
      fields[name] = .text(OutputFile.absolute(Reference.path(path, in: folder)))
    }
    fields["prompt"] = .text(prompt.replacing("{", with: "{{"))
    return fields
  }
}

/// A prompt with names in braces for which words are put in. `{{` is a brace.
struct PromptTemplate {
  struct UnknownName: Error {
    let name: String
  }

  private let text: String

  init(_ text: String) {
    self.text = text
  }

  func filled(with words: [String: String]) throws(UnknownName) -> String {
    var result = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      rest = rest[rest.index(after: brace)...]
      if rest.first == "{" {
        result += "{"
        rest.removeFirst()
        continue
      }
      let name = rest.prefix { $0.isLetter || $0.isNumber || "_- ".contains($0) }
      // A brace that begins no name is only a brace.
      guard !name.isEmpty, rest[name.endIndex...].first == "}" else {
        result += "{"
        continue
      }
      guard let word = Self.word(String(name), in: words) else { throw UnknownName(name: String(name)) }
      result += word
      rest = rest[rest.index(after: name.endIndex)...]
    }
    return result + rest
  }

  /// The name as it is, else the only one that differs in its capitals alone.
  private static func word(_ name: String, in words: [String: String]) -> String? {
    if let word = words[name] { return word }
    let near = words.keys.filter { $0.lowercased() == name.lowercased() }
    return near.count == 1 ? words[near[0]] : nil
  }
}
