import Finishing
import Imaging
import Ledger
import Vocabulary

/// Under which names the results go, decided and checked before anything is sent: no payment may end in an error
/// that could have been seen before.
struct OutputPlan {
  private let output: EditOptions.Output
  private let overwrites: Bool
  /// Folder and name without extension, for results that get their true extension.
  private let stem: String
  /// How many pictures of the edit lie there already; further ones go beside them.
  private var written = 0
  /// Where a picture of original, result and difference goes.
  private let comparison: String?
  /// An earlier try may have written the comparison already.
  var mayBeCompared = false
  /// The format that is asked for; `nil`: as it comes.
  let wanted: PictureFormat?

  /// - Throws: 64 for an extension that cannot be written, or contradicts what is asked for.
  init(_ options: EditOptions, first: Reference?) throws(PlantainError) {
    output = try Self.place(options)
    overwrites = options.overwrites
    comparison = options.finish.comparison
    let name = ((options.usesWholeName ? first?.fileName : first?.stem) ?? "picture") + ".edited"
    switch output {
    case .memory: stem = ""
    case .file(let path):
      stem = Self.withoutExtension(path)
      try Self.requireWritableExtension(path)
    case .folder(let folder):
      if options.isRaw, let path = options.output.path {
        stem = Self.withoutExtension(path)
        break
      }
      let beside: String? =
        if case .file(let path)? = first { OutputFile.parent(of: FileSpelling.onDisk(path) ?? path) } else {
          nil
        }
      let place = folder ?? beside ?? "."
      stem = place == "." ? name : place.hasSuffix("/") ? place + name : place + "/" + name
    }
    wanted = options.isRaw ? nil : options.wantedFormat.flatMap(PictureFormat.writable)
    if let comparison {
      try Self.requireApart(comparison, from: stem, first, options.finish.mask)
    }
    if case .file(let path) = output, let wanted { try Self.requireName(path, for: wanted) }
  }

  /// - Throws: 64 when the extension is another format's.
  static func requireName(_ path: String, for wanted: PictureFormat) throws(PlantainError) {
    guard let named = format(byNameOf: path), named != wanted else { return }
    throw .usage(
      "\(path) is a name for \(named.name), but \(wanted.name) is asked for",
      hint: "Ask for no format, or change the name.")
  }

  /// A picture as the model gave it has its true extension, whatever the name says: its place is known by the name without one.
  private static func place(_ options: EditOptions) throws(PlantainError) -> EditOptions.Output {
    guard options.isRaw else { return options.output }
    guard options.finish.isEmpty, options.outputFormat == nil else {
      throw .usage(
        "--raw leaves the model's bytes as they are", hint: "Leave away what finishes or converts them.")
    }
    guard case .file(let path) = options.output else { return options.output }
    return .folder(OutputFile.parent(of: path))
  }

  /// A comparison must not lie where a result may, nor on what it is made of.
  ///
  /// - Parameter stem: of the result's name, whatever its extension; empty: it has none.
  static func requireApart(
    _ comparison: String, from stem: String, _ pictures: Reference?...
  ) throws(PlantainError) {
    let place = OutputFile.canonical(comparison)
    let inputs = pictures.compactMap {
      if case .file(let path)? = $0 { OutputFile.canonical(path) } else { nil }
    }
    let own = stem.isEmpty ? nil : OutputFile.canonical(stem)
    // Several results are called NAME-1, NAME-2; those that cannot go there NAME-kept.
    let rest = own.flatMap { place.hasPrefix($0) ? withoutExtension(String(place.dropFirst($0.count))) : nil }
    let isResults = rest.map { $0.isEmpty || $0.hasPrefix(".") || $0.hasPrefix("-") } ?? false
    guard !isResults, !inputs.contains(place) else {
      throw .usage(
        "\(comparison) is a name for a picture of the edit itself, and cannot be the comparison's",
        hint: "Choose another name for --compare.")
    }
  }

  /// The same place, as the ledger knows it.
  ///
  /// - Parameters:
  ///   - comparison: where a picture of original, result and difference goes.
  ///   - written: how many pictures of the edit were written there before.
  init(_ entry: EditEntry.Output, isRaw: Bool = false, comparison: String?, written: Int) {
    self.written = written
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
  var entry: EditEntry.Output? {
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
  func isPlace(of known: EditEntry) -> Bool {
    guard let own = entry else { return false }
    let isAsked =
      known.output.map { OutputFile.canonical($0.path) == OutputFile.canonical(own.path) } ?? false
    return isAsked || !outputs(of: known).isEmpty
  }

  /// Those of an edit's results that lie at this place.
  func outputs(of known: EditEntry) -> [String] {
    guard let own = entry.map({ OutputFile.canonical($0.path) }) else { return [] }
    let stem = entry?.isFile == true ? Self.withoutExtension(own) : own
    return known.writtenPlaces.filter { path in
      let place = OutputFile.canonical(path)
      if entry?.isFile == true ? place == own : Self.withoutExtension(place) == stem { return true }
      // Several pictures of one edit are called NAME-1, NAME-2.
      let rest = Self.withoutExtension(place).dropFirst(stem.count)
      return known.count > 1 && place.hasPrefix(stem + "-") && rest.dropFirst().allSatisfy(\.isNumber)
    }
  }

  /// The format that a name asks for by its extension.
  static func format(byNameOf path: String) -> PictureFormat? {
    PictureFormat.named(byExtension: fileExtension(path))
  }

  /// Checks every name that could be written, without changing anything.
  ///
  /// - Parameter overwriting: a file of that name is no reason against it. `nil`: as was asked.
  /// - Throws: 73.
  func check(overwriting: Bool? = nil) throws(PlantainError) {
    // Names beside what was written before are chosen so that they are free.
    guard written == 0 else { return }
    try forEachPath { path throws(WriteError) in
      try OutputFile.check(path, overwriting: overwriting ?? overwrites)
    }
  }

  /// Makes the folder and proves that it takes files: the last thing before sending.
  ///
  /// - Throws: 73.
  func prepareFolder() throws(PlantainError) {
    try forEachPath { path throws(WriteError) in try OutputFile.prepareFolder(of: path) }
  }

  private func forEachPath(_ work: (String) throws(WriteError) -> Void) throws(PlantainError) {
    for path in possiblePaths {
      do throws(WriteError) {
        try work(path)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  private var possiblePaths: [String] {
    let own =
      switch output {
      case .memory: [String]()
      case .file(let path): written == 0 ? [path] : ["\(stem)-\(written + 1).\(Self.fileExtension(path))"]
      case .folder: PictureFormat.all.filter(\.isWritable).map { "\(stem).\($0.extensions[0])" }
      }
    let isThere = mayBeCompared && comparison.map(OutputFile.exists) == true
    return own + (isThere ? [] : [comparison].compactMap(\.self))
  }

  /// Writes the pictures of one edit, the last of which is the primary one. Nothing that was paid for is lost: each is
  /// written, and what cannot go under its name goes under another, which the error names.
  ///
  /// - Parameter mostDrift: one that differs more from its original is kept aside, which is an error.
  /// - Returns: the paths, in the pictures' order; `nil` for those that stay in memory.
  func write(_ pictures: [FinishedPicture], mostDrift: Double? = nil) throws(PlantainError) -> [String?] {
    var paths: [String?] = []
    var failure: PlantainError?
    for (position, picture) in pictures.enumerated() {
      do throws(PlantainError) {
        if let made = picture.comparison, let comparison { try write(comparison: made, to: comparison) }
      } catch {
        failure = failure ?? error
      }
      do throws(PlantainError) {
        if let drift = picture.drift(over: mostDrift) {
          let kept = keep(picture.bytes, extension: picture.format.extensions[0])
          let place = output == .memory ? nil : path(for: picture, position, of: pictures.count)
          throw .drifted(drift, keptAt: kept, of: place, billed: .yes)
        }
        paths.append(
          output == .memory
            ? nil : try write(picture, to: path(for: picture, position, of: pictures.count)))
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return paths
  }

  private func path(for picture: FinishedPicture, _ position: Int, of count: Int) -> String {
    if case .file(let path) = output, position == count - 1, written == 0 { return path }
    guard count + written > 1 else { return "\(stem).\(picture.format.extensions[0])" }
    return freePath("-\(written + position + 1)", picture.format.extensions[0])
  }

  private func write(comparison: PictureBytes, to path: String) throws(PlantainError) {
    guard mayBeCompared, !overwrites else { return try write(comparison, as: "png", to: path) }
    let stem = Self.withoutExtension(path)
    guard Self.place(of: comparison, stem, "png") == nil else { return }
    try write(comparison, as: "png", to: OutputFile.exists(path) ? Self.freePath(stem, "png") : path)
  }

  private func write(_ picture: FinishedPicture, to path: String) throws(PlantainError) -> String {
    try write(picture.bytes, as: picture.format.extensions[0], to: path)
    return path
  }

  private func write(_ bytes: PictureBytes, as name: String, to path: String) throws(PlantainError) {
    do throws(WriteError) {
      try OutputFile.write(PictureContent(bytes), to: path, overwriting: overwrites && written == 0)
    } catch {
      let kept = keep(bytes, extension: name)
      throw PlantainError(
        .output, error == .exists ? .outputExists : .outputNotWritable, "cannot write \(path): \(error)",
        hint: kept.map { "The picture was kept as \($0)." } ?? "The picture could not be kept anywhere.",
        subject: path, billed: .yes, underlying: error)
    }
  }

  /// The same for bytes of which nobody knows yet what they are.
  func keep(_ bytes: PictureBytes) -> String? {
    let format = try? PictureStructure.read(bytes).format
    return keep(bytes, extension: format?.extensions[0] ?? "reply")
  }

  /// Puts bytes that were paid for somewhere: beside the output, else into the folder for temporary files.
  func keep(_ bytes: PictureBytes, extension name: String) -> String? {
    Self.keep(bytes, near: stem.isEmpty ? nil : stem, extension: name)
  }

  /// A picture that must not go under its own name: as `NAME-kept.EXT` in the same folder, or where there is room.
  static func keepAside(_ picture: FinishedPicture, near path: String) -> String? {
    keep(picture.bytes, near: withoutExtension(path), extension: picture.format.extensions[0])
  }

  /// - Parameter place: a path without extension to try first.
  static func keep(_ bytes: PictureBytes, near place: String? = nil, extension name: String) -> String? {
    // The folder for temporary files is everybody's.
    for (stem, isPrivate) in [(place, false), (OutputFile.temporaryFolder + "/plantain", true)] {
      guard let stem else { continue }
      // A further try brings the same.
      if !isPrivate, let path = Self.place(of: bytes, stem + "-kept", name) { return path }
      let path = freePath(stem + "-kept", name)
      let content = PictureContent(bytes)
      let isWritten: Void? = try? OutputFile.write(
        content, to: path, overwriting: false, isPrivate: isPrivate)
      if isWritten != nil { return path }
    }
    return nil
  }

  private func freePath(_ suffix: String, _ name: String) -> String {
    overwrites && written == 0 ? "\(stem)\(suffix).\(name)" : Self.freePath(stem + suffix, name)
  }

  /// `STEM.EXT`, `STEM-2.EXT`, …
  private static func paths(_ stem: String, _ name: String) -> some Sequence<String> {
    (1...1_000).lazy.map { $0 == 1 ? "\(stem).\(name)" : "\(stem)-\($0).\(name)" }
  }

  /// The first of them that does not exist.
  private static func freePath(_ stem: String, _ name: String) -> String {
    paths(stem, name).first { !OutputFile.exists($0) } ?? "\(stem)-1000.\(name)"
  }

  /// The one of them, as far as they exist, that has these bytes.
  private static func place(of bytes: PictureBytes, _ stem: String, _ name: String) -> String? {
    paths(stem, name).prefix(while: OutputFile.exists).first { path in
      guard let file = try? PictureFile.open(path), file.count == bytes.count else { return false }
      return (try? file.readAll().sha256) == bytes.sha256
    }
  }

  /// - Throws: 73 when the name is taken or could not be written.
  static func requireFree(_ path: String, overwriting: Bool) throws(PlantainError) {
    do throws(WriteError) {
      try OutputFile.check(path, overwriting: overwriting)
    } catch {
      throw .writing(error, path)
    }
  }

  static func requireWritableExtension(_ path: String) throws(PlantainError) {
    let name = fileExtension(path)
    guard let format = PictureFormat.named(byExtension: name), !format.isWritable else { return }
    throw .usage(
      "cannot write \(format.name) files: \(path)", hint: "Give a name that ends in .jpg, .png or .webp.")
  }

  private static func fileExtension(_ path: String) -> String {
    let name = OutputFile.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return String(name[name.index(after: dot)...])
  }

  static func withoutExtension(_ path: String) -> String {
    let length = fileExtension(path).count
    return length == 0 ? path : String(path.dropLast(length + 1))
  }
}

extension EditOptions.Output {
  fileprivate var path: String? { if case .file(let path) = self { path } else { nil } }
}
