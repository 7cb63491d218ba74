// The library in one program, against the simulator: nothing leaves the machine, and nothing is paid.
//   swift run library-tour samples/portrait.jpg tour
import Foundation
import Plantain
import PlantainSimulator

/// A gateway that the catalog does not have, with a model of its own.
func studio() -> Gateway {
  var gateway = Gateway("studio", like: .google)
  gateway.models = [
    Model(
      id: "painter-1", tiers: [.one, .two], ratios: [AspectRatio(1, 1), AspectRatio(3, 4)],
      prices: [.one: Price(millionths: 20_000, currency: "USD", readOn: "2026-11-30")])
  ]
  return gateway
}

func text(_ cost: EditResult.Cost) -> String { "\(cost.amount ?? 0) \(cost.currency ?? "")" }

func prepare(_ picture: URL, in folder: URL) async throws {
  var options = PreparationOptions()
  (options.maximumEdge, options.maximumBytes) = (400, ByteCount(40_000))
  let prepared = try await Preparer(options: options).prepare(Reference(picture))
  try prepared.write(to: folder.appending(path: "prepared.jpg"), overwriting: true)
  let (data, steps) = try (prepared.data(), prepared.reference.steps.map(\.kind.rawValue))
  print("prepare: \(prepared.reference.size), \(data.count) bytes, \(steps.joined(separator: ", "))")
}

func edit(_ picture: URL, with editor: Editor, in folder: URL) async throws {
  var options = EditOptions()
  options.tier = .one
  options.spending.perRun = Money(millionths: 50_000, currency: "USD")
  let result = try await editor.edit("a warm evening", references: [Reference(picture)], options: options)
  try result.image.write(to: folder.appending(path: "evening.jpg"), overwriting: true)
  print("edit: \(result.image.size), \(result.image.data.count) bytes, \(text(result.cost))")
}

func watch(_ picture: URL, with editor: Editor) async throws {
  for try await event in editor.events(of: "at night", references: [Reference(picture)]) {
    switch event {
    case .prepared(let prepared): print("events: prepared \(prepared.reference.size)")
    case .sending(let plan): print("events: sending \(plan.request.bytes), \(text(plan.cost))")
    case .done(let result): print("events: done, \(result.warnings.map(\.rawValue))")
    default: break
    }
  }
}

func editTwo(_ picture: URL, with editor: Editor) async throws {
  async let dawn = editor.edit("at dawn", references: [Reference(picture)])
  async let noon = editor.edit("at noon", references: [Reference(picture)])
  let (first, second) = try await (dawn, noon)
  print("two at once: \(first.image.size) and \(second.image.size)")
}

func finish(_ picture: URL, in folder: URL) async throws {
  var options = FinishOptions()
  options.fitsSource = true
  let (result, output) = (folder.appending(path: "evening.jpg"), folder.appending(path: "fitted.png"))
  let finished = try await Finisher(options: options).finish(
    Reference(result), source: Reference(picture), for: output.path(), overwriting: true)
  try finished.write(to: output, overwriting: true)
  print("finish: \(finished.size) \(finished.mediaType), \(finished.data.count) bytes")
}

func fail(with editor: Editor) async {
  do throws(PlantainError) {
    _ = try await editor.edit("at night", references: [.file("missing.jpg")])
  } catch {
    print("error: \(error.code.rawValue), billed \(error.billed.rawValue), \(error.hint ?? "")")
  }
}

func batch(_ picture: URL, with editor: Editor, in folder: URL) async throws {
  let defaults = Manifest.Defaults(prompt: "as a sketch", folder: folder.path())
  let manifest = try Manifest(pictures: [picture.path()], defaults, for: editor.routes[0].gateway)
  let batch = Batch(editor, spending: Money(millionths: 1_000_000, currency: "USD"))
  print("plan: \(text(try await batch.plan(manifest).cost))")
  let summary = try await batch.run(manifest) { event in
    if case .ended(let item, .done) = event { print("batch: \(item.name) is done") }
  }
  print("batch: \(summary.done) done, \(summary.failed) failed, \(text(summary.cost))")
}

func isolate(_ picture: URL) async throws {
  guard let processor = try? ImageProcessor.isolated() else {
    print("isolated: plantain-worker is not beside this program")
    return
  }
  let prepared = try await Preparer(processor: processor).prepare(Reference(picture))
  await processor.close()
  print("isolated: \(prepared.reference.size)")
}

func tour(_ picture: URL, in folder: URL) async throws {
  try await prepare(picture, in: folder)
  try await withSimulator(processor: .inProcess) { simulator in
    let route = try Route(studio(), key: .value(.simulated), baseURL: simulator.baseURL(for: .google))
    let ledger = LedgerLocation.file(folder.appending(path: "ledger.sqlite").path())
    try await withEditor(routes: [route], ledger: ledger) { editor in
      try await edit(picture, with: editor, in: folder)
      try await watch(picture, with: editor)
      try await editTwo(picture, with: editor)
      await fail(with: editor)
      try await batch(picture, with: editor, in: folder)
    }
    print("simulator: \(await simulator.counts.billed) would have been billed")
  }
  try await finish(picture, in: folder)
  try await isolate(picture)
}

guard CommandLine.arguments.count == 3 else {
  print("usage: library-tour PICTURE FOLDER")
  exit(64)
}
do {
  let folder = URL(filePath: CommandLine.arguments[2], directoryHint: .isDirectory)
  try await tour(URL(filePath: CommandLine.arguments[1]), in: folder)
} catch let error as PlantainError {
  print(error)
  exit(1)
}
