import Foundation
import Plantain
import PlantainSimulator

// stranger PICTURE FOLDER: edits the picture at the simulator, in this process and in workers beside it, and
// writes the results to the folder. Then does what else a program may want: prepare, finish, batch, history.

/// A gateway that the catalog does not have.
let gateway = Gateway("studio", like: .google, models: ["painter-1"])
let price = Money(millionths: 20_000, currency: "USD")

func text(_ cost: EditResult.Cost) -> String { "\(cost.amount ?? 0) \(cost.currency ?? "")" }

func withStudio(
  by processor: ImageProcessor, _ ledger: LedgerLocation, _ body: @Sendable (Editor) async throws -> Void
) async throws {
  try await withSimulator(processor: processor) { simulator in
    let route = try Route(
      gateway, key: .value(APIKey("sk-stranger")), baseURL: simulator.baseURL(for: .google))
    try await withEditor(routes: [route], ledger: ledger, processor: processor, body)
  }
}

func edit(_ picture: URL, to result: URL, by processor: ImageProcessor, _ ledger: LedgerLocation) async throws
{
  try await withStudio(by: processor, ledger) { editor in
    var options = EditOptions()
    options.aspect = .ratio(AspectRatio(3, 2))
    options.price = price
    options.sendsAgain = true
    let events = editor.events(of: "in grayscale", references: [Reference(picture)], options: options)
    for try await event in events {
      guard case .done(let done) = event else { continue }
      try done.image.write(to: result, overwriting: true)
      print(
        "\(result.lastPathComponent): \(done.image.size), \(done.image.data.count) bytes, \(text(done.cost))")
    }
  }
}

func prepareAndFinish(_ picture: URL, _ result: URL, in folder: URL) async throws {
  var preparation = PreparationOptions()
  (preparation.maximumEdge, preparation.maximumBytes) = (400, ByteCount(40_000))
  let prepared = try await Preparer(options: preparation).prepare(Reference(picture))
  try prepared.write(to: folder.appending(path: "prepared.jpg"))
  let steps = prepared.reference.steps.map(\.kind.rawValue).joined(separator: ", ")
  print("prepared: \(prepared.reference.size), \(try prepared.data().count) bytes, \(steps)")

  var finish = FinishOptions()
  (finish.fitsSource, finish.statedRegion) = (true, Region(PixelArea(PixelSize(width: 200, height: 100))))
  let output = folder.appending(path: "finished.png")
  let finished = try await Finisher(options: finish).finish(
    Reference(Data(contentsOf: result)), source: Reference(picture), for: output.path())
  try finished.write(to: output)
  print("finished: \(finished.size) \(finished.mediaType)")
}

func batch(_ picture: URL, in folder: URL, _ ledger: LedgerLocation) async throws {
  var options = EditOptions()
  options.price = price
  let defaults = Manifest.Defaults(options: options, prompt: "at night", folder: folder.path())
  let manifest = try Manifest(pictures: [picture.path()], defaults, for: gateway)
  try await withStudio(by: .inProcess, ledger) { editor in
    let batch = Batch(editor, spending: Money(millionths: 1_000_000, currency: "USD"))
    print("planned: \(text(try await batch.plan(manifest).cost))")
    let summary = try await batch.run(manifest) { event in
      if case .ended(let item, .done(let result)) = event { print("\(item.name): \(result.images.count)") }
    }
    print("batch: \(summary.done) done, \(summary.failed) failed, \(text(summary.cost))")
  }
}

let picture = URL(filePath: CommandLine.arguments[1])
let folder = URL(filePath: CommandLine.arguments[2], directoryHint: .isDirectory)
let ledger = LedgerLocation.file(folder.appending(path: "ledger.sqlite").path())
do {
  try await edit(picture, to: folder.appending(path: "here.jpg"), by: .inProcess, ledger)
  let processor = try ImageProcessor.isolated()
  try await edit(picture, to: folder.appending(path: "isolated.jpg"), by: processor, ledger)
  await processor.close()
  try await prepareAndFinish(picture, folder.appending(path: "here.jpg"), in: folder)
  try await batch(picture, in: folder, ledger)

  var filter = HistoryFilter()
  filter.since = Timestamp(Date(timeIntervalSinceNow: -3_600))
  for entry in try await History(ledger: ledger).edits(matching: filter) {
    print("\(entry.began): \(entry.state), \(entry.billed), \(entry.attempts.count) attempts")
  }
} catch let error as PlantainError {
  print(error)
  exit(1)
}
