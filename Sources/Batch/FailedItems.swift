public import Editing
import Finishing
import Gateways
import Ledger
import Options
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Manifest {
  /// The path of the manifest of failed items: `NAME.failed.jsonl` beside the manifest. For a folder or
  /// pictures, `failed.jsonl` in the folder of the outputs.
  package func pathForFailed(outputFolder: String?) -> String {
    guard let path, !Path(path).isFolder else {
      return Reference.path("failed.jsonl", in: outputFolder ?? path ?? ".")
    }
    return Reference.path("\(Reference.file(path).stem).failed.jsonl", in: Path(path).parent.string)
  }

  /// Writes the failed items of a run of this manifest. Without any, removes the file of its earlier run.
  /// Files that something else wrote are left alone: another name is taken then.
  ///
  /// - Parameters:
  ///   - failed: the failed items.
  ///   - outputFolder: as in `pathForFailed`.
  ///   - gateways: as in `write`.
  /// - Returns: the path of the file; `nil` without failed items.
  /// - Throws: `PlantainError` with the code `outputNotWritable` when it cannot be written.
  public func writeFailed(
    _ failed: [Item], outputFolder: String?, for gateways: [String]
  ) throws(PlantainError) -> String? {
    let usual = pathForFailed(outputFolder: outputFolder)
    let stem = usual.dropLast(".jsonl".count)
    var (path, number) = (usual, 1)
    let jobs = Path(path).exists ? Set(items.map(\.identity)) : []
    while Path(path).exists, !Self.holdsOnly(jobs, path) {
      number += 1
      path = "\(stem)-\(number).jsonl"
    }
    try Self.write(failed, to: path, for: gateways)
    return failed.isEmpty ? nil : path
  }

  /// Whether a file is a manifest of failed items as `write` writes it, and has no other jobs than these.
  private static func holdsOnly(_ jobs: Set<String?>, _ path: String) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: path), !bytes.isEmpty else { return false }
    return bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
      guard let value = JSONValue(parsing: Array(line)), (try? encoder.encode(value)) == Data(line) else {
        return false
      }
      return jobs.contains(Self.identity(of: value))
    }
  }

  /// The members that tell jobs apart. The options and the gateway may change between runs.
  fileprivate static func identity(of line: JSONValue) -> String? {
    guard line["references"] != nil, line["prompt"] != nil else { return nil }
    let names = ["references", "prompt", "output", "id"]
    let members = JSONValue.array(names.map { line[$0] ?? .null })
    return (try? encoder.encode(members)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return encoder
  }

  /// Writes items as a manifest that runs from any folder and without further options: it holds the same
  /// jobs, with the same outputs. Without items, it removes an existing file.
  ///
  /// - Parameters:
  ///   - items: the items to write.
  ///   - path: the file, replaced if it exists.
  ///   - gateways: the ids of the gateways that the items were for, in order. Default: none.
  /// - Throws: `outputNotWritable` when it cannot be written.
  package static func write(
    _ items: [Item], to path: String, for gateways: [String] = []
  ) throws(PlantainError) {
    guard !items.isEmpty else {
      try? FileManager.default.removeItem(atPath: path)
      return
    }
    let encoder = encoder
    let lines = items.sorted { $0.line < $1.line }.compactMap { item -> [UInt8]? in
      var members = item.members
      if !gateways.isEmpty { members["gateway"] = .string(gateways.joined(separator: ",")) }
      return (try? encoder.encode(JSONValue.object(members))).map { Array($0) + [UInt8(ascii: "\n")] }
    }
    // No job that fails before it is sent makes the folder of the results.
    let folder = Path(path).absolute.parent.string
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do throws(WriteError) {
      try OutputFile.write(PictureContent(PictureBytes(lines.flatMap(\.self))), to: path, overwriting: true)
    } catch {
      throw .writing(error, path)
    }
  }
}

extension Manifest.Item {
  /// What tells its job apart in a manifest of failed items.
  fileprivate var identity: String? { Manifest.identity(of: .object(members)) }

  /// All members that identify the job, independent of the current folder.
  fileprivate var members: [String: JSONValue] {
    var members = OptionRow.texts(of: options).mapValues(JSONValue.string)
    members["id"] = id.map(JSONValue.string)
    members["references"] = .array(references.map { .string($0.absoluteArgument) })
    members["prompt"] = .string(prompt.replacing("{", with: "{{"))
    members["output"] = outputName.map(JSONValue.string)
    let template = try? options.outputTemplate?.settled(
      for: references.first, isWhole: options.usesWholeName)
    members["output-template"] = template.map(JSONValue.string)
    if options.usesWholeName { members["whole-name"] = .bool(true) }
    // Equal lines are variants; these pictures share one.
    members["variant"] = (variant ?? (isShared ? 1 : nil)).map { .number(Double($0)) }
    return members
  }

  /// The output path; that of a folder ends in a slash.
  private var outputName: String? {
    switch options.output {
    case .memory: nil
    case .file(let path): Path(path).absolute.string
    case .folder(let folder) where options.outputTemplate != nil:
      Path(folder ?? references.first.map { Path($0.name).parent.string } ?? ".").absolute.string + "/"
    case .folder:
      (try? OutputPlan(options, first: references.first))?.entry.map { Path($0.path).parent.string + "/" }
    }
  }
}
