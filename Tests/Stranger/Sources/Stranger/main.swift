import Foundation
import Plantain
import PlantainSimulator

// stranger PICTURE FOLDER: edits the picture at the simulator, in this process and in workers beside it, and
// writes the results to the folder.

func edit(_ picture: URL, to result: URL, by workers: ImageProcessor, ledger: URL) async throws {
  // One that the catalog does not have.
  let gateway = Gateway("studio", like: .google, models: ["painter-1"])
  try await withSimulator(processor: workers) { simulator in
    try await withEditor(
      routes: [
        Route(gateway, key: .value(APIKey("sk-stranger")), baseURL: simulator.baseURL(for: .google))
      ], ledger: .file(ledger.path()), workers: workers
    ) { editor in
      var options = EditOptions()
      options.sendsAgain = true
      for try await event in editor.events(
        of: "in grayscale", references: [Reference(picture)], options: options)
      {
        guard case .done(let done) = event else { continue }
        try done.image.write(to: result, overwriting: true)
        print(
          "\(result.lastPathComponent): \(done.image.size), \(done.image.data.count) bytes, by \(done.model)")
      }
    }
  }
}

let picture = URL(filePath: CommandLine.arguments[1])
let folder = URL(filePath: CommandLine.arguments[2], directoryHint: .isDirectory)
let ledger = folder.appending(path: "ledger.sqlite")
do {
  try await edit(picture, to: folder.appending(path: "here.jpg"), by: .inProcess, ledger: ledger)
  let workers = try ImageProcessor.isolated()
  try await edit(picture, to: folder.appending(path: "isolated.jpg"), by: workers, ledger: ledger)
  await workers.close()
} catch let error as PlantainError {
  print(error)
  exit(1)
}
