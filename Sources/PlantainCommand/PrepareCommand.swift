import Options
import Base64
import ArgumentParser
import Editing

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Prepare pictures for an image-edit API. Sends nothing.",
    discussion: Examples.of(
      "prepare",
      after: """
        Without -o, --output-template, --in-place, --data-uri, or --base64, pictures are prepared and \
        reported, but nothing is written. Only --in-place replaces a source by its prepared picture.
        """))

  @Argument(
    help: ArgumentHelp(
      "Pictures or folders.",
      discussion: """
        A picture is a path, a pattern in quotes, an https URL, a data URI, or - for standard input.
        """,
      valueName: "picture"), completion: .file())
  var pictures: [String]

  @Option(name: .shortAndLong, help: .row("output", of: .prepare), completion: .row("output")) var output:
    String?

  @Flag(help: .row("in-place")) var inPlace = false

  @Flag(name: .customLong("data-uri"), help: .row("data-uri")) var dataURI = false

  @Flag(help: .row("base64")) var base64 = false

  @Flag(help: .row("overwrite", of: .prepare)) var overwrite = false

  @Option(help: .row("timeout", of: .prepare)) var timeout: DurationArgument?

  @OptionGroup(title: "Folders") var list: ListFlags
  @OptionGroup(title: "Names") var naming: NamingFlags
  @OptionGroup(title: "Preparing") var preparation: PreparationFlags
  @OptionGroup(title: "Limits") var workers: WorkerFlags
  @OptionGroup(title: "Output") var common: OutputOptions

  func validate() throws {
    let places = [output != nil, naming.outputTemplate != nil, inPlace]
    guard [places.contains(true), dataURI, base64].filter({ $0 }).count <= 1 else {
      throw ValidationError("Use only one of output files, --data-uri, and --base64.")
    }
    guard output != "" else { throw ValidationError("The path for -o is empty. Name a file or a folder.") }
    try naming.require(apartFrom: overwrite)
    guard !naming.skipExisting || places[0] && output != "-" || places[1] else {
      throw ValidationError("--skip-existing needs output files. Name a folder with -o.")
    }
    guard !(base64 && common.json) else {
      throw ValidationError("--base64 and --json both write to standard output. Use --data-uri with --json.")
    }
    guard output != "-" || !common.json && !inPlace && naming.outputTemplate == nil else {
      throw ValidationError(
        "-o - writes one picture to standard output and nothing else. Omit --json and output files.")
    }
    if case .file(let path)? = namedOutput, naming.outputTemplate != nil {
      throw ValidationError(
        "-o \(path) is one file, but --output-template names files in a folder. Use one of them.")
    }
    try requireOneStandardInput(in: pictures)
  }

  func run() async throws {
    common.startLogging()
    let folder: String? = if case .folder(let folder)? = namedOutput { folder } else { nil }
    let entries = PictureList.entries(
      of: pictures.map(reference(for:)), isRecursive: list.recursive, sparing: folder)
    guard output != "-" || entries.count == 1 else {
      throw PlantainError.usage(
        "-o - takes one picture, but there are \(entries.count)", hint: "Name a folder with -o.")
    }
    let options = try preparation.preparation(common.configuration())
    let files = try place().map { place throws(PlantainError) in
      try PreparedFiles(
        entries, to: place, options, overwriting: overwrite, replacingSources: inPlace,
        skippingExisting: naming.skipExisting)
    }
    try await workers.run { processor in
      let run = PrepareRun(
        entries: entries, files: files, skipsExisting: naming.skipExisting, common: common, show: show)
      try await run.run(Preparer(options: options, processor: processor, timeout: timeout?.value))
    }
    let isShown = dataURI || base64 || output == "-"
    if files == nil, !isShown {
      common.note("nothing was written: name a folder with -o to keep the prepared pictures")
    }
  }

  /// The file or folder that `-o` names.
  private var namedOutput: EditOptions.Output? {
    output == "-" ? nil : output.map { .init(argument: $0) }
  }

  /// The destination of files; `nil` if none are written.
  private func place() throws(PlantainError) -> PreparedFiles.Destination? {
    let template = try naming.template()
    switch namedOutput {
    case .file(let path): return .file(path)
    case .folder(let folder): return .folder(folder, template)
    case .memory, nil: break
    }
    return template.map { .folder(nil, $0) } ?? (inPlace ? .inPlace : nil)
  }

  /// - Parameter path: The file that it was written to; `nil` if there is none.
  private func show(_ result: Preparer.Result, writtenTo path: String?) throws(PlantainError) {
    if output == "-" {
      Summary.lines(of: result).forEach(common.note)
      guard Console.printBytes(try result.bytes()) else { throw .standardOutput("only a part was written") }
      return
    }
    if common.json {
      var report = try PrepareReport(result)
      report.output = path
      if dataURI { report.dataURI = try result.dataURI().text }
      Console.printJSON(report)
      return
    }
    let nothingElse = path == nil && !dataURI && !base64
    for line in Summary.lines(of: result) {
      if nothingElse { Console.print(line) } else { common.note(line) }
    }
    if let path { Console.print(path) }
    guard dataURI || base64 else { return }
    let uri = try result.dataURI()
    if dataURI { Console.printBase64(uri.bytes, head: uri.head) }
    if base64 { Console.printBase64(uri.bytes) }
  }
}

/// Prepares pictures and reports each in input order, including those that are skipped or cannot be read.
private struct PrepareRun {
  let entries: [PictureList.Entry]
  let files: PreparedFiles?
  let skipsExisting: Bool
  let common: OutputOptions
  let show: (Preparer.Result, String?) throws(PlantainError) -> Void

  /// - Throws: `CommandFailure` with the status of the first failure.
  func run(_ preparer: Preparer) async throws {
    let existing = entries.indices.map { skipsExisting ? files?.existing(at: $0) : nil }
    let wanted = entries.indices.filter { existing[$0] == nil && entries[$0].failure == nil }
    var failure: PlantainError?
    func fail(_ error: PlantainError) {
      Console.report(error, json: common.json)
      failure = failure ?? error
    }
    var (next, rest) = (0, wanted[...])
    func tellOthers(until end: Int) {
      for position in next..<end {
        if let error = entries[position].failure { fail(error) }
        if let path = existing[position] { skip(entries[position], path) }
      }
      next = end + 1
    }
    try await prepare(wanted, preparer) { outcome in
      let position = rest.removeFirst()
      tellOthers(until: position)
      do throws(PlantainError) {
        let result = try outcome.get()
        try show(result, try files?.write(result, at: position))
      } catch {
        fail(error)
      }
    }
    if next < entries.count { tellOthers(until: entries.count) }
    if let failure { throw CommandFailure(status: ExitStatus.of(failure)) }
  }

  private func prepare(
    _ positions: [Int], _ preparer: Preparer, each: (Result<Preparer.Result, PlantainError>) async -> Void
  ) async throws {
    guard let files else {
      return await preparer.prepare(positions.map { entries[$0].reference }, each: each)
    }
    await preparer.prepare(entries, at: positions, for: files, each: each)
  }

  private func skip(_ entry: PictureList.Entry, _ path: String) {
    if common.json {
      Console.printJSON(SkippedReport(source: entry.reference.name, output: path))
    } else {
      common.note("skipped   \(entry.reference.name): \(path) already exists")
    }
  }
}
