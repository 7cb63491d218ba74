import Benchmark
import Foundation
import Plantain

/// What a child process costs beside doing the same in the process (the same portrait, decoded, reduced and encoded
/// again each time; the worker is warm: a first picture comes before those that are measured), and what a picture costs
/// that needs nothing.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal], maxDuration: .seconds(5), maxIterations: isSmallest ? 1 : 10_000)

  Benchmark("prepare a portrait, in the process") { benchmark in
    try await prepare(benchmark, by: .inProcess)
  }

  Benchmark("prepare a portrait, in a warm worker") { benchmark in
    let build = isSmallest ? "debug" : "release"
    let program = inRepository(".build/\(build)/plantain-worker").path(percentEncoded: false)
    let workers = ImageProcessor(.isolated(try WorkerFleet(program: program)))
    try await prepare(benchmark, by: workers)
    await workers.close()
  }

  Benchmark(
    "pass an 8.3 MB photograph",
    configuration: .init(skip: !FileManager.default.fileExists(atPath: photograph))
  ) {
    _ in
    blackHole(try await Preparer().prepare(.file(photograph)))
  }
}

/// Everything once, by the debug build: shows that it works.
private let isSmallest = ProcessInfo.processInfo.environment["SMALLEST"]?.isEmpty == false

/// The fixture that `run` made.
private let photograph = inRepository(
  ".build/performance/\(isSmallest ? "smallest" : "work")/photograph.jpg"
).path(percentEncoded: false)

private func prepare(_ benchmark: Benchmark, by workers: ImageProcessor) async throws {
  var options = PreparationOptions()
  options.maximumEdge = 256
  let preparer = Preparer(options: options, workers: workers)
  let portrait = [UInt8](try Data(contentsOf: inRepository("samples/portrait.jpg")))
  _ = try await preparer.prepare(numbered(portrait, 0))
  benchmark.startMeasurement()
  _ = try await preparer.prepare(numbered(portrait, benchmark.currentIteration + 1))
  benchmark.stopMeasurement()
}

/// The results of the last pictures are kept, so each is made another by a comment in front.
private func numbered(_ jpeg: [UInt8], _ number: Int) -> Reference {
  let digits = Array("\(number)".utf8)
  let comment: [UInt8] = [0xFF, 0xFE, 0, UInt8(digits.count + 2)] + digits
  let bytes = Array(jpeg.prefix(2)) + comment + Array(jpeg.dropFirst(2))
  return .bytes(PictureBytes(bytes), name: "portrait \(number)")
}

private func inRepository(_ path: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../\(path)").standardized
}
