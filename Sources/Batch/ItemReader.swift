import Core
import Editing
import Finishing
import Gateways
import Options
import PictureFormats
import Preparation

/// Parses one line of a manifest into an edit.
struct ItemReader {
  private let defaults: Manifest.Defaults
  /// The folder that relative paths are resolved against.
  private let folder: String
  private let gateway: Gateway

  init(_ defaults: Manifest.Defaults, folder: String, _ gateway: Gateway) {
    (self.defaults, self.folder, self.gateway) = (defaults, folder, gateway)
  }

  /// - Throws: the first problem of the line that is visible before anything is read or sent.
  package func item(_ record: Manifest.Record) throws(PlantainError) -> Manifest.Item {
    if let mistake = record.mistake { throw mistake }
    let fields = record.fields
    let references = try references(record)
    var options = defaults.options
    for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
      guard let option = OptionRow.ofEdits(named: name) else { continue }
      try at(name) { () throws(PlantainError) -> Void in try set(option, field, &options) }
    }
    options.usesWholeName = try at("whole-name") { () throws(PlantainError) in try usesWholeName(record) }
    options.output = try at("output") { () throws(PlantainError) in try output(fields, record.picture) }
    if case .file = options.output { options.outputTemplate = nil }
    options.outputTemplate?.words = words(for: record)
    let prompt = try at("prompt") { () throws(PlantainError) in try self.prompt(record, references) }
    try RequestCheck.check(prompt, references, options, gateway)
    let resolved = try resolve(options, for: gateway)
    try options.finish.validate()
    try requireSense(resolved.preparation)
    // An existing output may mean that the job is done.
    try OutputPlan(options, first: references.first).check(overwriting: true)
    return Manifest.Item(
      line: record.line, id: fields["id"]?.texts.first, references: references, prompt: prompt,
      options: options, variant: try variant(record), isPicture: record.picture != nil,
      isNameSettled: options.usesWholeName)
  }

  /// Runs `body`; its errors name that column or key.
  private func at<Value>(
    _ name: String, _ body: () throws(PlantainError) -> Value
  ) throws(PlantainError) -> Value {
    do throws(PlantainError) { return try body() } catch {
      var error = error
      error.column = name
      throw error
    }
  }

  /// The variant number; in a table, the column has no special meaning.
  private func variant(_ record: Manifest.Record) throws(PlantainError) -> Int? {
    guard record.columns == nil, let text = record.fields["variant"]?.texts.first else { return nil }
    guard let number = Int(text), (1...10_000).contains(number) else {
      throw .usage("expected 1…10,000 for variant, received \(text)", hint: nil)
    }
    return number
  }

  /// Whether the result is named after the picture's whole name, as it was when another picture had the same
  /// stem.
  private func usesWholeName(_ record: Manifest.Record) throws(PlantainError) -> Bool {
    guard record.columns == nil, let text = record.fields["whole-name"]?.texts.first else { return false }
    guard let isWhole = Bool(text) else { throw .usage("expected true or false, received \(text)") }
    return isWhole
  }

  private func requireSense(_ preparation: PreparationOptions) throws(PlantainError) {
    do throws(PreparationError) { try preparation.validate() } catch { throw .preparing(error, "the line") }
  }

  private func references(_ record: Manifest.Record) throws(PlantainError) -> [Reference] {
    if let picture = record.picture {
      let reference = picture.reference
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

  /// The error for a line without references. An edit without its picture would be a different one, and would
  /// be paid for.
  private static func noReferences(_ record: Manifest.Record) -> PlantainError {
    if record.columns != nil {
      return .usage(
        "the row has no picture to edit, and other rows have one",
        hint:
          "Name one, or move rows with only a prompt to a table whose column references is empty throughout."
      )
    }
    return .usage(
      "the line has no picture to edit",
      hint: #"Add "references": ["a.jpg"], or "references": [] to generate a picture from the prompt alone."#)
  }

  private func requireFile(_ reference: Reference, _ text: String) throws(PlantainError) {
    switch reference {
    case .file(let path):
      guard Path(path).onDisk == nil else { return }
      let isComment = text.hasPrefix("#") || text.hasPrefix("//")
      throw PlantainError(
        .input, .missing, "the file \(path) does not exist",
        hint: isComment ? "If this is a comment, remove it: a manifest cannot have any." : "Check the name.",
        subject: path)
    case .standardInput: throw .usage("a manifest cannot read pictures from standard input", hint: nil)
    case .mangled(let path): throw .notUTF8(path)
    case .url, .dataURI, .bytes: break
    }
  }

  private func set(
    _ option: OptionRow, _ field: Manifest.Field, _ options: inout EditOptions
  ) throws(PlantainError) {
    let text = field.texts.joined(separator: ",")
    guard let setting = option.setting, setting.set(&options, text, folder) else {
      let remedy = option.name == "aspect" ? EditOptions.Aspect.remedy(for: text) : nil
      throw .usage(
        "expected \(option.setting?.expected ?? "nothing") for \(option.name), received \(text)", hint: remedy
      )
    }
  }

  private func output(
    _ fields: [String: Manifest.Field], _ picture: PictureList.Picture?
  ) throws(PlantainError) -> EditOptions.Output {
    guard let name = fields["output"]?.texts.first else {
      return .folder(defaults.folder.map { picture?.place(in: $0) ?? $0 })
    }
    guard fields["output-template"] == nil || Path(name).namesFolder else {
      throw .usage("output and output-template both name the result", hint: "Remove one of them.")
    }
    guard !name.isEmpty, name != "-" else {
      throw .usage("expected a file name for output, received \(name)", hint: nil)
    }
    try requireNoPlace(in: name, fields)
    let path = Reference.path(name, in: defaults.folder ?? ".")
    return Path(name).namesFolder ? .folder(path) : .file(path)
  }

  /// - Throws: `usage` for a name with a place that only a template fills, such as `{stem}`.
  private func requireNoPlace(
    in name: String, _ fields: [String: Manifest.Field]
  ) throws(PlantainError) {
    // Absolute names come from lists of failed jobs, and folders may have such names.
    guard !Path(name).isAbsolute, !Path(name).namesFolder else { return }
    let places = ["name", "stem", "n", "ext"] + fields.keys
    guard let place = places.first(where: { Path(name).name.contains("{\($0)}") }) else { return }
    throw .usage(
      "output is a name as it is, so that {\(place)} would stand in the name of the file: \(name.shortened)",
      hint: "Name the results by `output-template` instead, or write the name in full.")
  }

  /// The fields of a name template, in addition to the picture's own names.
  private func words(for record: Manifest.Record) -> [String: String] {
    let columns = record.columns == nil ? record.fields.filter { $0.key == "id" } : record.fields
    return columns.compactMapValues { $0.texts.first }.merging(["n": "\(record.line)"]) { $1 }
  }

  private func prompt(
    _ record: Manifest.Record, _ references: [Reference]
  ) throws(PlantainError) -> String {
    guard var template = record.fields["prompt"]?.texts.first ?? defaults.prompt else {
      throw .usage("the line has no prompt", hint: "Add one, or pass one for all lines with `prompt` TEXT.")
    }
    var words = record.picture == nil ? record.fields.compactMapValues { $0.texts.first } : [:]
    if let first = references.first {
      words["stem"] = first.stem
      words["name"] = Path(first.name).name
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
        "the prompt uses {\(name.shortened)}, but that column is empty or ambiguous in this row",
        hint: "Fill in the cell, or write {{ for a literal brace.")
    }
    var error = PlantainError.usage(
      "the prompt uses {\(name.shortened)}, but there is no such \(record.columns == nil ? "key" : "column")",
      hint: "Use one of these: \(known.joined(separator: ", ")). Write {{ for a literal brace.")
    error.nearest = known.nearest(to: name)
    return error
  }
}
