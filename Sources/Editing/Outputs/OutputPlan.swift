import Finishing
import Imaging
package import PictureFormats
package import Ledger
import Core

/// Under which names the results go, decided and checked before anything is sent: no payment may end in an error
/// that could have been seen before.
package struct OutputPlan {
  package let output: EditOptions.Output
  package let overwrites: Bool
  /// Of files that exist, replaces only what has the result's own bytes; the result goes beside others.
  private(set) var sparesOthers = false
  /// Folder and name without extension, for results that get their true extension. May have a place for their number.
  package let stem: String
  /// How many pictures were asked for; each of several has its number in its name, however many come.
  package let asked: Int
  /// How many pictures of the edit lie there already; further ones go beside them.
  private(set) var written = 0
  /// Where a picture of original, result and difference goes.
  package let comparison: String?
  /// An earlier try may have written the comparison already.
  var mayBeCompared = false
  /// The format that is asked for; `nil`: as it comes.
  package let wanted: PictureFormat?

  /// - Throws: 64 for an extension that cannot be written, or contradicts what is asked for, and for a pattern that would
  ///   replace the picture itself.
  package init(_ options: EditOptions, first: Reference?) throws(PlantainError) {
    (output, stem) = try Self.place(options, first)
    overwrites = options.overwrites
    comparison = options.finish.comparison
    asked = max(1, min(options.count, Self.maximumAsked))
    wanted = options.isRaw ? nil : options.wantedFormat(by: output).flatMap(PictureFormat.writable)
    if let comparison {
      try Self.requireApart(comparison, from: stem, first, options.finish.mask)
    }
    if case .file(let path) = output {
      try Self.requireWritableExtension(path)
      if let wanted { try Self.requireName(path, for: wanted) }
    }
    if options.outputTemplate != nil, let first, case .file(let path) = first {
      try requireOther(than: path)
    }
  }

  /// More are refused before anything is sent.
  private static let maximumAsked = 100

  private static func place(
    _ options: EditOptions, _ first: Reference?
  ) throws(PlantainError) -> (EditOptions.Output, stem: String) {
    if options.isRaw { try requireRaw(options) }
    if let template = options.outputTemplate { return try place(template, options, first) }
    switch options.output {
    case .memory: return (.memory, "")
    case .file(let path):
      let stem = withoutExtension(path)
      // A picture as the model gave it has its true extension, whatever the name says.
      return (options.isRaw ? .folder(OutputFile.parent(of: path)) : options.output, stem)
    case .folder(let folder):
      let name = ((options.usesWholeName ? first?.fileName : first?.stem) ?? "picture") + ".edited"
      return (options.output, path(name, in: folder, beside: first))
    }
  }

  private static func requireRaw(_ options: EditOptions) throws(PlantainError) {
    guard options.finish.isEmpty, options.outputFormat == nil else {
      throw .usage(
        "--raw leaves the model's bytes as they are", hint: "Leave away what finishes or converts them.")
    }
  }

  private static func place(
    _ template: NameTemplate, _ options: EditOptions, _ first: Reference?
  ) throws(PlantainError) -> (EditOptions.Output, stem: String) {
    guard case .folder(let folder) = options.output else {
      throw .usage(
        "a pattern gives names in a folder, and the output is no folder",
        hint: "Give a folder, or no pattern.")
    }
    let name = try template.name(
      for: first, isWhole: options.usesWholeName, number: options.count > 1 ? NameTemplate.number : "1")
    let stem = path(name.stem, in: folder, beside: first)
    guard let fixed = name.fixedExtension, !options.isRaw else {
      return (.folder(OutputFile.parent(of: stem)), stem)
    }
    return (.file("\(stem).\(fixed)"), stem)
  }

  /// - Parameter picture: beside which it goes where no folder is named.
  package static func path(_ name: String, in folder: String?, beside picture: Reference?) -> String {
    let beside: String? =
      if case .file(let path)? = picture { OutputFile.parent(of: FileSpelling.onDisk(path) ?? path) } else {
        nil
      }
    let place = folder ?? beside ?? "."
    return place == "." ? name : place.hasSuffix("/") ? place + name : place + "/" + name
  }

  /// The same place, as the ledger knows it.
  ///
  /// - Parameters:
  ///   - asked: how many pictures were asked for.
  ///   - comparison: where a picture of original, result and difference goes.
  ///   - written: how many pictures of the edit were written there before.
  ///   - sparing: of files that exist, replaces only what has the result's own bytes.
  package init(
    _ entry: EditEntry.Output, asked: Int = 1, isRaw: Bool = false, comparison: String?, written: Int,
    sparing: Bool = false
  ) {
    sparesOthers = sparing
    (self.asked, self.written) = (max(1, min(asked, Self.maximumAsked)), written)
    // What an earlier picture of the edit was compared in stays.
    self.comparison =
      written == 0 ? comparison : comparison.map { Self.freePath(Self.withoutExtension($0), "png") }
    mayBeCompared = true
    overwrites = entry.overwrites
    output = entry.isFile && !isRaw ? .file(entry.path) : .folder(OutputFile.parent(of: entry.path))
    stem = entry.isFile ? Self.withoutExtension(entry.path) : entry.path
    wanted = isRaw ? nil : entry.format.flatMap { PictureFormat.writable(MediaType($0)) }
  }

  /// The place for the ledger, from which a later process finds it whatever folder it is in; `nil`: nowhere.
  package var entry: EditEntry.Output? {
    let (path, isFile): (String, Bool)
    switch output {
    case .memory: return nil
    case .file(let name): (path, isFile) = (name, true)
    case .folder: (path, isFile) = (stem, false)
    }
    return EditEntry.Output(
      path: OutputFile.absolute(path), isFile: isFile, overwrites: overwrites, format: wanted?.mediaType.name)
  }

  /// Whether an edit was told to write to this place, or has written there.
  package func isPlace(of known: EditEntry) -> Bool {
    guard let own = entry else { return false }
    let isAsked =
      known.output.map { OutputFile.canonical($0.path) == OutputFile.canonical(own.path) } ?? false
    return isAsked || !outputs(of: known).isEmpty
  }

  /// Those of an edit's results that lie at this place.
  package func outputs(of known: EditEntry) -> [String] {
    guard let own = entry.map({ OutputFile.canonical($0.path) }) else { return [] }
    let written = known.writtenPlaces
    let stem = OutputFile.canonical(stem)
    let numbered =
      known.count > 1
      ? Set((1...max(known.count, written.count)).map { OutputFile.canonical(self.numbered($0)) }) : []
    return written.filter { path in
      let place = OutputFile.canonical(path)
      let name = Self.withoutExtension(place)
      return entry?.isFile == true
        ? place == own || numbered.contains(name) : name == stem || numbered.contains(name)
    }
  }
}
