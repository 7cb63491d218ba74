public import Editing
import Finishing
public import Gateways
import PictureFormats
import Ledger
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A list of edits, read from a file with one edit per line or from a folder of pictures. Reading it finds
/// every problem that is visible before anything is sent.
public struct Manifest: Sendable {
  /// One edit of a manifest.
  public struct Item: Sendable {
    /// The number of the line on which it begins, from 1; in a list of pictures its position.
    public let line: Int
    /// The id that the manifest gives it, for reports.
    public let id: String?
    /// The pictures to edit and to draw from, in order.
    public let references: [Reference]
    /// The prompt, with its placeholders filled in.
    public let prompt: String
    /// The options, with the output's path or folder.
    public package(set) var options: EditOptions
    /// The number of the variant among items with the same content, from 1; `nil` where it is not stated.
    public package(set) var variant: Int?
    /// Whether an earlier edit has done that variant, or may have, at another output.
    var isKnownVariant = false
    /// Whether it is a picture of a folder, a pattern or a list, and not a line of a file.
    package var isPicture = false
    /// Whether an earlier run decided if the result has the picture's whole name.
    var isNameSettled = false
    /// Whether it has the same bytes as another picture, and shares its result.
    var isShared = false

    /// The file name of its first picture, else `name`; for lists.
    var shortName: String { references.first.map { Path($0.name).name } ?? name }

    /// What messages call it: its line, or its picture.
    public var name: String {
      isPicture ? references.first?.name ?? "picture \(line)" : "line \(line)"
    }
  }

  /// The path of the file or folder; `nil` for a list of pictures.
  public let path: String?
  /// The edits, in the manifest's order.
  public package(set) var items: [Item] = []
  /// The pictures that are left out, because they have the name of another picture's result.
  let leftOut: [String]
  /// The errors that prevent a run, each with its line; empty when it can run.
  public package(set) var problems: [PlantainError] = []
  /// Warnings for the user about lines that may not do what was intended.
  public package(set) var warnings: [String] = []

  /// The values for lines that do not set their own.
  public struct Defaults: Sendable {
    /// The options. Default: those of `EditOptions()`.
    public var options: EditOptions
    /// The prompt. Default: none.
    public var prompt: String?
    /// The folder of the outputs. Default: `nil`, beside the first reference of each.
    public var folder: String?

    /// Creates defaults; see the properties.
    public init(options: EditOptions = EditOptions(), prompt: String? = nil, folder: String? = nil) {
      (self.options, self.prompt, self.folder) = (options, prompt, folder)
    }
  }

  /// A value in a manifest.
  package enum Field: Sendable, Equatable {
    case text(String)
    case list([String])

    package var texts: [String] {
      switch self {
      case .text(let text): [text]
      case .list(let texts): texts
      }
    }
  }

  /// Reads a manifest (`.jsonl`, `.csv`) or a folder.
  ///
  /// - Parameters:
  ///   - name: its path. Relative paths in a manifest are resolved against its folder.
  ///   - defaults: the values for lines that do not set their own.
  ///   - gateway: the gateway against whose limits the options are checked.
  ///   - isRecursive: whether pictures in subfolders are included; their outputs keep the folder structure.
  ///     Default: `false`.
  /// - Throws: `PlantainError` with the code `missing`, `notAFile` or `unreadable` when it cannot be read,
  ///   `unusableFile` when it is empty or another kind of file, `usage` for a folder without a prompt.
  public init(
    reading name: String, _ defaults: Defaults, for gateway: Gateway, isRecursive: Bool = false
  ) throws(PlantainError) {
    let path = Path(name).asOnDisk.string
    if Path(path).isFolder {
      try Self.requirePrompt(defaults)
      let (records, leftOut) = try Self.records(ofNames: [path], isRecursive: isRecursive, defaults)
      try self.init(records, of: path, folder: ".", leavingOut: leftOut, defaults, gateway)
      return
    }
    try self.init(ManifestFile(reading: path), defaults, for: gateway, isRecursive: isRecursive)
  }

  /// Interprets the lines of a manifest that was read.
  package init(
    _ file: ManifestFile, _ defaults: Defaults, for gateway: Gateway, isRecursive: Bool = false
  ) throws(PlantainError) {
    guard !isRecursive else {
      throw .usage(
        "`recursive` needs a folder, and \(file.path) is a manifest", hint: "Remove `recursive`.",
        options: ["recursive"])
    }
    try self.init(
      file.records, file.head, of: file.path, folder: Path(file.path).parent.string, defaults, gateway)
  }

  /// Creates one edit for each picture, all with the same prompt.
  ///
  /// - Parameters:
  ///   - names: paths of pictures, folders, or patterns with `*`, `?` and `[…]`. Results that an earlier run
  ///     has written beside its pictures (`NAME.edited.EXT`) are left out.
  ///   - defaults: the options, the prompt and the output folder.
  ///   - gateway: the gateway against whose limits the options are checked.
  ///   - isRecursive: whether pictures in subfolders are included; their outputs keep the folder structure.
  ///     Default: `false`.
  /// - Throws: `PlantainError` with the code `missing` for a pattern that matches no picture, `usage` without
  ///   a prompt.
  public init(
    pictures names: [String], _ defaults: Defaults, for gateway: Gateway, isRecursive: Bool = false
  ) throws(PlantainError) {
    try Self.requirePrompt(defaults)
    let (records, leftOut) = try Self.records(ofNames: names, isRecursive: isRecursive, defaults)
    try self.init(records, of: nil, folder: ".", leavingOut: leftOut, defaults, gateway)
  }

  /// Whether the name is that of a picture, or a pattern for pictures, instead of a manifest.
  package static func isPicture(_ name: String) -> Bool {
    !Path(name).isFolder && (PictureList.isPicture(named: name) || PictureList.isPattern(name))
  }

  private static func requirePrompt(_ defaults: Defaults) throws(PlantainError) {
    guard defaults.prompt == nil else { return }
    throw .usage(
      "pictures without a manifest need a prompt", hint: "Pass one with `prompt` TEXT or `prompt-file` FILE.")
  }

  private init(
    _ records: [Record], _ head: ManifestTable.Head? = nil, of path: String?, folder: String,
    leavingOut leftOut: [String] = [], _ defaults: Defaults, _ gateway: Gateway
  ) throws(PlantainError) {
    self.path = path
    self.leftOut = leftOut
    guard !records.isEmpty else {
      throw PlantainError(
        .input, .unusableFile, "there are no edits in \(path ?? "these names")",
        hint: "Pass a manifest with one edit per line, a folder of pictures, or pictures.",
        subject: path)
    }
    let names = NameCheck(records, head, prompt: defaults.prompt, path)
    (problems, warnings) = (names.problems, names.warnings)
    if let warning = Self.warning(leavingOut: leftOut) { warnings.append(warning) }
    // Errors that follow from a wrong name are not reported as well.
    guard head == nil || problems.isEmpty else { return }
    try defaults.options.outputTemplate?.check(knowing: (records[0].columns ?? []) + ["id"])
    let reader = ItemReader(defaults, folder: folder, gateway)
    for record in records where names.mistaken.isDisjoint(with: record.fields.keys) {
      do throws(PlantainError) {
        items.append(try reader.item(record))
      } catch {
        problems.append(error.of(record, in: path))
      }
    }
    findUnknownModels(gateway)
    nameResults()
    findEqualOutputs(path)
  }

  /// Warns about each unknown model once.
  private mutating func findUnknownModels(_ gateway: Gateway) {
    var seen: Set<String> = []
    for item in items {
      guard let doubt = gateway.doubt(about: item.options.model), seen.insert(doubt).inserted else {
        continue
      }
      warnings.append(item.isPicture ? doubt : "line \(item.line): \(doubt)")
    }
  }

  /// One line of a manifest, before its values are parsed.
  struct Record: Sendable {
    /// The number of the line on which it begins, from 1.
    package let line: Int
    /// The values by name; known names are in their canonical spelling.
    package var fields: [String: Field] = [:]
    /// The columns of the table that it is a row of; `nil` when it is not a row.
    package var columns: [String]?
    /// The picture, if it was named itself or found in a folder or by a pattern.
    package var picture: PictureList.Picture?
    /// The error that makes the line unusable.
    var mistake: PlantainError?
  }

  private mutating func findEqualOutputs(_ path: String?) {
    var seen: [Path: Item] = [:]
    for item in items {
      var others = item.places.compactMap { place in
        seen.updateValue(item, forKey: place).map { (place, $0) }
      }
      others.removeAll { $1.line == item.line }
      guard let (place, other) = others.first else { continue }
      problems.append(
        PlantainError.usage(
          "\(other.name) is also written to \(place)", hint: "Give each its own output."
        )
        .of(item, in: path))
    }
  }
}

extension Manifest.Item {
  /// Whether a file exists at its output path.
  var hasOutput: Bool {
    guard let plan, plan.entry != nil else { return true }
    return !plan.existing.isEmpty
  }

  /// The paths of its outputs, when all of them exist.
  package var existing: [String]? { plan.flatMap { $0.exists ? $0.existing : nil } }

  /// Every path that its results may have.
  var possiblePaths: [String] { plan?.possiblePaths ?? [] }

  /// The path of its output, without an extension where that is not known in advance.
  package var place: String? { (plan?.entry?.path).map { Path($0).canonical.string } }

  /// Every path that its results may have, and the path without an extension where that is not known in
  /// advance.
  fileprivate var places: [Path] {
    guard let plan else { return [] }
    return ([plan.entry?.path].compactMap(\.self) + plan.possiblePaths).map { Path($0).canonical }
  }

  private var plan: OutputPlan? { try? OutputPlan(options, first: references.first) }
}

extension PlantainError {
  fileprivate func of(_ record: Manifest.Record, in path: String?) -> PlantainError {
    of(record.picture?.path, line: record.line, in: path, isTable: record.columns != nil)
  }

  package func of(_ item: Manifest.Item, in path: String?) -> PlantainError {
    of(item.isPicture ? item.name : nil, line: item.line, in: path, isTable: false)
  }

  /// The error with the path, and the line or picture that it is about.
  ///
  /// - Parameter isTable: whether a name in it is a column, not a key.
  package func of(_ picture: String?, line: Int, in path: String?, isTable: Bool) -> PlantainError {
    let cell = picture == nil ? column.map { ", \(isTable ? "column" : "key") \($0)" } ?? "" : ""
    let place = picture ?? "\(path.map { "\($0), " } ?? "")line \(line)\(cell)"
    var error = PlantainError(
      .input, code == .overSpending ? code : .unusableFile, message(about: place), hint: hint,
      subject: picture ?? path)
    (error.nearest, error.messageOptions) = (nearest, messageOptions)
    return error
  }

  /// The message with the name of its subject in front, unless it contains that name itself.
  package func message(about name: String) -> String {
    message.contains(name) ? message : "\(name): \(message)"
  }
}
