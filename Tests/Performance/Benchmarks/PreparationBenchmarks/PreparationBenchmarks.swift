import Benchmark
import Foundation
import Plantain

/// What a child process costs beside doing the same in the process: the same small picture, decoded, reduced and encoded
/// again each time. The worker is warm: one run comes before those that are measured.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(metrics: [.wallClock, .cpuTotal], maxDuration: .seconds(5))

  Benchmark("prepare a portrait, in the process") { benchmark in
    try await prepare(benchmark, by: .inProcess)
  }

  Benchmark("prepare a portrait, in a warm worker") { benchmark in
    let fleet = WorkerFleet(program: try WorkerProgram.find())
    let workers = PictureWorkers(.isolated(fleet))
    try await prepare(benchmark, by: workers)
    await workers.close()
  }
}

/// Results of the last pictures are kept, so each is made another by bytes behind its end.
private func prepare(_ benchmark: Benchmark, by workers: PictureWorkers) async throws {
  var options = PreparationOptions()
  options.maximumEdge = 256
  let preparer = Preparer(options: options, workers: workers)
  let portrait = try Data(contentsOf: sample("portrait.jpg"))
  _ = try await preparer.prepare(.bytes(portrait + [255]))
  benchmark.startMeasurement()
  for number in benchmark.scaledIterations {
    blackHole(try await preparer.prepare(.bytes(portrait + [UInt8(number & 255), UInt8(number >> 8 & 255)])))
  }
  benchmark.stopMeasurement()
}

private func sample(_ name: String) -> URL {
  URL(filePath: #filePath).appending(path: "../../../../../samples/\(name)").standardized
}
