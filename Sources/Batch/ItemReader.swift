import Core
import Editing
import Finishing
import Gateways
import Imaging
import PictureFormats
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
  package func item(_ record: Manifest.Record) throws(PlantainError) -> Manifest.Item {
    if let mistake = record.mistake { throw mistake }
    let fields = record.fields
    let references = try references(record)
    var options = defaults.options
    for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
      guard let option = NamedOption.named(name) else { continue }
      try at(name) { () throws(PlantainError) -> Void in try set(option, field, &options) }
    }
    options.usesWholeName = try at("whole-name") { () throws(PlantainError) in try usesWholeName(record) }
    options.output = try at("output") { () throws(PlantainError) in try output(fields, record.picture) }
    if case .file = options.output { options.outputTemplate = nil }
    options.outputTemplate?.words = words(for: record)
    let prompt = try at("prompt") { () throws(PlantainError) in try self.prompt(record, references) }
    try RequestCheck.check(prompt, references, options, gateway)
    _ = try RequestChoices(options, gateway)
    try options.finish.validate()
    try requireSense(options)
    // That it is there already may mean that it was done.
    try OutputPlan(options, first: references.first).check(overwriting: true)
    return Manifest.Item(
      line: record.line, id: fields["id"]?.texts.first, references: references, prompt: prompt,
      options: options, variant: try variant(record), isPicture: record.picture != nil,
      isNameSettled: options.usesWholeName)
  }

  /// What goes wrong in `body` is about that column or key.
  private func at<Value>(
    _ name: String, _ body: () throws(PlantainError) -> Value
  ) throws(PlantainError) -> Value {
    do throws(PlantainError) { return try body() } catch {
      var error = error
      error.column = name
      throw error
    }
  }

  /// In a table it is a column like any other.
  private func variant(_ record: Manifest.Record) throws(PlantainError) -> Int? {
    guard record.columns == nil, let text = record.fields["variant"]?.texts.first else { return nil }
    guard let number = Int(text), (1...10_000).contains(number) else {
      throw .usage("expected 1…10,000 for variant, received \(text)", hint: nil)
    }
    return number
  }

  /// Whether the result is named after the picture's whole name, as it was where other pictures had the same stem.
  private func usesWholeName(_ record: Manifest.Record) throws(PlantainError) -> Bool {
    guard record.columns == nil, let text = record.fields["whole-name"]?.texts.first else { return false }
    guard let isWhole = Bool(text) else { throw .usage("expected true or false, received \(text)") }
    return isWhole
  }

  private func requireSense(_ options: EditOptions) throws(PlantainError) {
    let preparation = try options.preparation(for: gateway)
    do throws(PreparationError) { try preparation.validate() } catch { throw .preparing(error, "the line") }
  }

  private func references(_ record: Manifest.Record) throws(PlantainError) -> [Reference] {
    if let picture = record.picture {
      let reference = Reference(fileName: picture.path)
      try requireFile(reference, picture.path)
      return [reference]
    }
    return try at("references") { () throws(PlantainError) in
      guard let field = record.fields["references"] else { throw Self.noReferences(record) }
      return try field.texts.map { text throws(PlantainError) in
        let reference = Reference(argument: text).located(in: folder)
        try requireFile(reference, text)
        return reference
      }
    }
  }

  /// An edit without its picture is another one, and would be paid for.
  private static func noReferences(_ record: Manifest.Record) -> PlantainError {
    if record.columns != nil {
      return .usage(
        "there is no picture to edit, as there is in other rows",
        hint: "Name it. What is made from words alone belongs in a table whose column references is empty.")
    }
    return .usage(
      "there is no picture to edit",
      hint: #"Name it, as in "references": ["a.jpg"]; "references": [] makes one from the words alone."#)
  }

  private func requireFile(_ reference: Reference, _ text: String) throws(PlantainError) {
    switch reference {
    case .file(let path):
      guard FileSpelling.onDisk(path) == nil else { return }
      let isComment = text.hasPrefix("#") || text.hasPrefix("//")
      throw PlantainError(
        .input, .missing, "there is no file \(path)",
        hint: isComment ? "If it is a comment, leave the line away: a manifest has none." : "Check the name.",
        subject: path)
    case .standardInput: throw .usage("a manifest's pictures cannot be standard input", hint: nil)
    case .url, .dataURI, .mangled, .bytes: break
    }
  }

  private func set(
    _ option: NamedOption, _ field: Manifest.Field, _ options: inout EditOptions
  ) throws(PlantainError) {
    let text = field.texts.joined(separator: ",")
    guard option.set(&options, text, folder) else {
      let remedy = option.name == "aspect" ? EditOptions.Aspect.remedy(for: text) : nil
      throw .usage("expected \(option.expected) for \(option.name), received \(text)", hint: remedy)
    }
  }

  private func output(
    _ fields: [String: Manifest.Field], _ picture: PictureList.Picture?
  ) throws(PlantainError) -> EditOptions.Output {
    guard let name = fields["output"]?.texts.first else {
      return .folder(defaults.folder.map { picture?.place(in: $0) ?? $0 })
    }
    guard fields["output-template"] == nil || name.hasSuffix("/") else {
      throw .usage("output and output-template both name the result", hint: "Leave away one of them.")
    }
    guard !name.isEmpty, name != "-" else {
      throw .usage("expected the name of a file for output, received \(name)", hint: nil)
    }
    let path = Reference.path(name, in: defaults.folder ?? ".")
    return name.hasSuffix("/") ? .folder(path) : .file(path)
  }

  /// What a pattern for the result's name may have beside the picture's own names.
  private func words(for record: Manifest.Record) -> [String: String] {
    let columns = record.columns == nil ? record.fields.filter { $0.key == "id" } : record.fields
    return columns.compactMapValues { $0.texts.first }.merging(["n": "\(record.line)"]) { $1 }
  }

  private func prompt(
    _ record: Manifest.Record, _ references: [Reference]
  ) throws(PlantainError) -> String {
    guard var template = record.fields["prompt"]?.texts.first ?? defaults.prompt else {
      throw .usage("there is no prompt", hint: "Give it in the line, or one for all with -p TEXT.")
    }
    var words = record.picture == nil ? record.fields.compactMapValues { $0.texts.first } : [:]
    if let first = references.first {
      words["stem"] = first.stem
      words["name"] = OutputFile.name(of: first.name)
    }
    do throws(PromptTemplate.UnknownName) {
      template = try PromptTemplate(template).filled(with: words)
    } catch {
      throw Self.noWord(error.name, record, known: words.keys.sorted())
    }
    try RequestCheck.requireWords(template)
    return template
  }

  private static func noWord(
    _ name: String, _ record: Manifest.Record, known: [String]
  ) -> PlantainError {
    if record.columns?.contains(where: { $0.lowercased() == name.lowercased() }) == true {
      return .usage(
        "the prompt has {\(name.shortened)}, and in this row that column is empty or not the only one",
        hint: "Fill the cell, or write {{ for a brace.")
    }
    var error = PlantainError.usage(
      "the prompt has {\(name.shortened)}, and there is no such \(record.columns == nil ? "key" : "column")",
      hint: "Known are \(known.joined(separator: ", ")). Write {{ for a brace.")
    error.nearest = known.nearest(to: name)
    return error
  }
}
