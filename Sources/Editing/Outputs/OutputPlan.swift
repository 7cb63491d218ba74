import Finishing
package import PictureFormats
package import Ledger
import Core

/// The output paths of an edit, decided and checked before anything is sent: no billed edit may end in an
/// error that could have been found earlier.
package struct OutputPlan {
  package let output: EditOptions.Output
  package let overwrites: Bool
  /// Replaces an existing file only if it has the result's own bytes; otherwise the result is written beside
  /// it.
  private(set) var sparesOthers = false
  /// Folder and name without extension, for results that get their true extension. May contain a placeholder
  /// for the result's number.
  package let stem: String
  /// The number of requested pictures. If there are several, each has its number in its name, however many
  /// arrive.
  package let asked: Int
  /// The numbers of the pictures to write; `nil`: all that were requested.
  let wantedNumbers: [Int]?
  /// The number of the edit's pictures that were written before; further ones are written beside them.
  private(set) var written = 0
  /// The path of the comparison: a picture of the original, the result, and their difference.
  package let comparison: String?
  /// Whether an earlier attempt may have written the comparison already.
  var mayBeCompared = false
  /// The requested format; `nil`: as it arrives.
  package let wanted: PictureFormat?

  /// - Throws: `usage` for an extension that cannot be written or contradicts the requested format, and for a
  ///   pattern that would replace the source picture.
  package init(_ options: EditOptions, first: Reference?) throws(PlantainError) {
    (output, stem) = try Self.place(options, first)
    overwrites = options.overwrites
    comparison = options.finish.comparison
    asked = max(1, min(options.count, Self.maximumAsked))
    wantedNumbers = options.numbers
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

  /// Larger counts are refused before anything is sent.
  private static let maximumAsked = 100

  private static func place(
    _ options: EditOptions, _ first: Reference?
  ) throws(PlantainError) -> (EditOptions.Output, stem: String) {
    if options.isRaw { try requireRaw(options) }
    if let template = options.outputTemplate { return try place(template, options, first) }
    switch options.output {
    case .memory: return (.memory, "")
    case .file(let path):
      let stem = Path(path).withoutExtension.string
      // A raw picture gets its true extension, whatever the given name says.
      return (options.isRaw ? .folder(Path(path).parent.string) : options.output, stem)
    case .folder(let folder):
      let name = ((options.usesWholeName ? first?.fileName : first?.stem) ?? "picture") + ".edited"
      return (options.output, path(name, in: folder, beside: first))
    }
  }

  private static func requireRaw(_ options: EditOptions) throws(PlantainError) {
    guard options.finish.isEmpty, options.outputFormat == nil else {
      throw .usage(
        "`raw` keeps the model's bytes as they are", hint: "Omit the options that finish or convert them.",
        options: ["raw"])
    }
  }

  private static func place(
    _ template: NameTemplate, _ options: EditOptions, _ first: Reference?
  ) throws(PlantainError) -> (EditOptions.Output, stem: String) {
    guard case .folder(let folder) = options.output else {
      throw .usage(
        "a name pattern needs an output folder, and the output is not a folder",
        hint: "Pass a folder, or omit the pattern.")
    }
    let name = try template.name(
      for: first, isWhole: options.usesWholeName, number: options.count > 1 ? NameTemplate.number : "1")
    let stem = path(name.stem, in: folder, beside: first)
    guard let fixed = name.fixedExtension, !options.isRaw else {
      return (.folder(Path(stem).parent.string), stem)
    }
    return (.file("\(stem).\(fixed)"), stem)
  }

  /// - Parameter picture: the picture beside which the file is written if no folder is given.
  package static func path(_ name: String, in folder: String?, beside picture: Reference?) -> String {
    let beside: Path? =
      if case .file(let path)? = picture { Path(path).asOnDisk.parent } else { nil }
    return (folder.map(Path.init) ?? beside ?? Path(".")).appending(name).string
  }

  /// Restores the plan of an edit from its ledger entry.
  ///
  /// - Parameters:
  ///   - asked: the number of requested pictures.
  ///   - numbers: the numbers of the pictures to write; `nil`: all that were requested.
  ///   - comparison: the path of the comparison.
  ///   - written: the number of the edit's pictures that were written before.
  ///   - sparing: whether an existing file is replaced only if it has the result's own bytes.
  package init(
    _ entry: EditEntry.Output, asked: Int = 1, numbers: [Int]? = nil, isRaw: Bool = false,
    comparison: String?, written: Int, sparing: Bool = false
  ) {
    sparesOthers = sparing
    wantedNumbers = numbers
    (self.asked, self.written) = (max(1, min(asked, Self.maximumAsked)), written)
    // The comparison of an earlier picture of the edit is kept.
    self.comparison =
      written == 0 ? comparison : comparison.map { Self.freePath(Path($0).withoutExtension.string, "png") }
    mayBeCompared = true
    overwrites = entry.overwrites
    output = entry.isFile && !isRaw ? .file(entry.path) : .folder(Path(entry.path).parent.string)
    stem = entry.isFile ? Path(entry.path).withoutExtension.string : entry.path
    wanted = isRaw ? nil : entry.format.flatMap { PictureFormat.writable(MediaType($0)) }
  }

  /// The output for the ledger, with an absolute path, so that a later process finds it from any folder;
  /// `nil` for results in memory.
  package var entry: EditEntry.Output? {
    let (path, isFile): (String, Bool)
    switch output {
    case .memory: return nil
    case .file(let name): (path, isFile) = (name, true)
    case .folder: (path, isFile) = (stem, false)
    }
    return EditEntry.Output(
      path: Path(path).absolute.string, isFile: isFile, overwrites: overwrites, format: wanted?.mediaType.name
    )
  }

  /// The same with the numbers of the pictures that each request asks for.
  func entry(for numbers: [[Int]]?) -> EditEntry.Output? {
    var entry = entry
    entry?.numbers = numbers
    return entry
  }

  /// Whether an edit was to write to this output, or has written there.
  package func isPlace(of known: EditEntry) -> Bool {
    guard let own = entry else { return false }
    let isAsked =
      known.output.map { Path($0.path).canonical == Path(own.path).canonical } ?? false
    return isAsked || !outputs(of: known).isEmpty
  }

  /// The results of an edit that were written to this output.
  package func outputs(of known: EditEntry) -> [String] {
    guard let own = entry.map({ Path($0.path).canonical }) else { return [] }
    let written = known.writtenPlaces
    let stem = Path(stem).canonical
    let isNumbered = known.count > 1 || known.output?.numbers != nil
    let numbered =
      isNumbered
      ? Set((1...max(asked, known.count, written.count)).map { Path(self.numbered($0)).canonical }) : []
    return written.filter { path in
      let place = Path(path).canonical
      let name = place.withoutExtension
      return entry?.isFile == true
        ? place == own || numbered.contains(name) : name == stem || numbered.contains(name)
    }
  }
}
