public import Editing
import Finishing
public import Gateways
import Imaging
import PictureFormats
import Ledger
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Many edits to be done, read from a file with one in each line, or from a folder of pictures. Everything that can be known to be
/// wrong before anything is sent is found when it is read.
public struct Manifest: Sendable {
  /// One edit.
  public struct Item: Sendable {
    /// Where it begins in the file, from 1, as text editors count.
    public let line: Int
    public let id: String?
    public let references: [Reference]
    public let prompt: String
    /// With the place of its output.
    public package(set) var options: EditOptions
    /// Which of several variants of one content it is, from 1; `nil` where it is not said.
    public package(set) var variant: Int?
    /// It was not in a file, but is a picture of a folder, a pattern or a list.
    package var isPicture = false
    /// Whether its result has the picture's whole name was decided by an earlier run.
    var isNameSettled = false
    /// It is a picture with the same bytes as another one, and shares its result.
    var isShared = false

    /// In lists: the name of its picture, else of its line.
    var shortName: String { references.first.map { OutputFile.name(of: $0.name) } ?? name }

    /// What to call it in messages: its line, or its picture.
    public var name: String {
      isPicture ? references.first?.name ?? "picture \(line)" : "line \(line)"
    }
  }

  /// Where it was read; `nil` where the pictures were named themselves.
  public let path: String?
  public package(set) var items: [Item] = []
  /// Why it cannot be run, each with its line; empty when it can.
  public package(set) var problems: [PlantainError] = []
  /// What may be meant otherwise, for people.
  public package(set) var warnings: [String] = []

  /// What is the same for all lines that do not say otherwise.
  public struct Defaults: Sendable {
    public var options: EditOptions
    public var prompt: String?
    /// Where outputs go. `nil`: beside the first reference of each.
    public var folder: String?

    public init(options: EditOptions = EditOptions(), prompt: String? = nil, folder: String? = nil) {
      (self.options, self.prompt, self.folder) = (options, prompt, folder)
    }
  }

  /// A value as manifests have it.
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
  ///   - name: a path, from whose folder relative paths in it count.
  ///   - gateway: whose limits the options are held against.
  ///   - isRecursive: looks into the folders in a folder, too, and keeps that order among the outputs. Default: `false`.
  /// - Throws: 66 when it cannot be read, 65 when it is empty or another kind of file, 64 for a folder without a prompt.
  public init(
    reading name: String, _ defaults: Defaults, for gateway: Gateway, isRecursive: Bool = false
  ) throws(PlantainError) {
    let path = FileSpelling.onDisk(name) ?? name
    if OutputFile.isFolder(path) {
      try Self.requirePrompt(defaults)
      let records = try Self.records(ofNames: [path], isRecursive: isRecursive, defaults)
      try self.init(records, of: path, folder: ".", defaults, gateway)
      return
    }
    guard !isRecursive else {
      throw .usage("\(name) is a manifest, and has no folders to look into", hint: "Leave away --recursive.")
    }
    let (records, head) = try Self.records(ofFile: path)
    try self.init(records, head, of: path, folder: OutputFile.parent(of: path), defaults, gateway)
  }

  /// One edit for each picture, all with the same prompt.
  ///
  /// - Parameters:
  ///   - names: paths, folders, or patterns with `*`, `?` and `[…]` for the names of pictures. What an earlier run has put beside
  ///     what it edited (`NAME.edited.EXT`) is left out.
  ///   - isRecursive: as of a folder.
  /// - Throws: 66 for a pattern that fits no picture, 64 without a prompt.
  public init(
    pictures names: [String], _ defaults: Defaults, for gateway: Gateway, isRecursive: Bool = false
  ) throws(PlantainError) {
    try Self.requirePrompt(defaults)
    let records = try Self.records(ofNames: names, isRecursive: isRecursive, defaults)
    try self.init(records, of: nil, folder: ".", defaults, gateway)
  }

  /// Whether a name given for a manifest is a picture's, or a pattern for such.
  public static func isPicture(_ name: String) -> Bool {
    !OutputFile.isFolder(name) && (PictureList.isPicture(named: name) || PictureList.isPattern(name))
  }

  private static func requirePrompt(_ defaults: Defaults) throws(PlantainError) {
    guard defaults.prompt == nil else { return }
    throw .usage(
      "pictures without a manifest need a prompt", hint: "Give it with -p TEXT or --prompt-file FILE.")
  }

  private init(
    _ records: [Record], _ head: ManifestTable.Head? = nil, of path: String?, folder: String,
    _ defaults: Defaults, _ gateway: Gateway
  ) throws(PlantainError) {
    self.path = path
    guard !records.isEmpty else {
      throw PlantainError(
        .input, .unusableFile, "there is nothing to do in \(path ?? "these names")",
        hint: "Name a manifest with one job a line, a folder of pictures, or pictures.",
        subject: path)
    }
    let names = NameCheck(records, head, prompt: defaults.prompt, path)
    (problems, warnings) = (names.problems, names.warnings)
    // What follows from a wrong name is not told as well.
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

  /// Each is told once.
  private mutating func findUnknownModels(_ gateway: Gateway) {
    var seen: Set<String> = []
    for item in items {
      guard let doubt = gateway.doubt(about: item.options.model), seen.insert(doubt).inserted else {
        continue
      }
      warnings.append(item.isPicture ? doubt : "line \(item.line): \(doubt)")
    }
  }

  /// One line before it is understood.
  struct Record: Sendable {
    /// Where it begins, from 1, as text editors count.
    package let line: Int
    /// By their names; those with a meaning in the spelling that has it.
    package var fields: [String: Field] = [:]
    /// Of the table that it is a row of; `nil`: it is no row.
    package var columns: [String]?
    /// It was named itself, or found in a folder or by a pattern.
    package var picture: PictureList.Picture?
    /// Why it is none.
    var mistake: PlantainError?
  }

  private mutating func findEqualOutputs(_ path: String?) {
    var seen: [[UInt8]: Item] = [:]
    for item in items {
      var others = item.places.compactMap { place in
        seen.updateValue(item, forKey: Array(place.utf8)).map { (place, $0) }
      }
      others.removeAll { $1.line == item.line }
      guard let (place, other) = others.first else { continue }
      problems.append(
        PlantainError.usage(
          "\(place) is where \(other.name) goes, too", hint: "Give each an output of its own."
        )
        .of(item, in: path))
    }
  }
}

extension Manifest.Item {
  /// Whether anything lies where its output goes.
  var hasOutput: Bool {
    guard let plan, plan.entry != nil else { return true }
    return !plan.existing.isEmpty
  }

  /// What lies already where its output goes, when all of that does.
  package var existing: [String]? { plan.flatMap { $0.exists ? $0.existing : nil } }

  /// The name of its output, without extension where that is not known before.
  package var place: String? { (plan?.entry?.path).map(Self.standardized) }

  /// Every path that its results may have, and with it that of all those whose extension is not known before.
  fileprivate var places: [String] {
    guard let plan else { return [] }
    return ([plan.entry?.path].compactMap(\.self) + plan.possiblePaths.map(OutputFile.absolute))
      .map(Self.standardized)
  }

  private var plan: OutputPlan? { try? OutputPlan(options, first: references.first) }

  private static func standardized(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
  }
}

extension PlantainError {
  fileprivate func of(_ record: Manifest.Record, in path: String?) -> PlantainError {
    of(record.picture?.path, line: record.line, in: path, isTable: record.columns != nil)
  }

  package func of(_ item: Manifest.Item, in path: String?) -> PlantainError {
    of(item.isPicture ? item.name : nil, line: item.line, in: path, isTable: false)
  }

  /// - Parameter isTable: what it is about is a column, not a key.
  package func of(_ picture: String?, line: Int, in path: String?, isTable: Bool) -> PlantainError {
    let cell = picture == nil ? column.map { ", \(isTable ? "column" : "key") \($0)" } ?? "" : ""
    let place = picture ?? "\(path.map { "\($0), " } ?? "")line \(line)\(cell)"
    var error = PlantainError(
      .input, code == .overSpending ? code : .unusableFile, message(about: place), hint: hint,
      subject: picture ?? path)
    error.nearest = nearest
    return error
  }

  /// The message after the name of what it is about, unless it names that itself.
  public func message(about name: String) -> String {
    message.contains(name) ? message : "\(name): \(message)"
  }
}
