import Benchmark
import Foundation
import Plantain

/// The cost of a worker process compared with the same work in this process, and the cost of a picture that
/// needs no work. Both decode, reduce, and encode the same portrait each time. The worker is warm: a first
/// picture precedes the measured ones.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal], maxDuration: .seconds(5), maxIterations: isSmallest ? 1 : 10_000)

  Benchmark("prepare a portrait, in the process") { benchmark in
    try await prepare(benchmark, by: .inProcess)
  }

  Benchmark("prepare a portrait, in a warm worker") { benchmark in
    let build = isSmallest ? "debug" : "release"
    let program = inRepository(".build/\(build)/plantain-worker").path(percentEncoded: false)
    let processor = try ImageProcessor.isolated(worker: program)
    try await prepare(benchmark, by: processor)
    await processor.close()
  }

  Benchmark(
    "pass an 8.3 MB photograph",
    configuration: .init(skip: !FileManager.default.fileExists(atPath: photograph))
  ) {
    _ in
    blackHole(try await Preparer().prepare(.file(photograph)))
  }
}

/// Runs everything once, with the debug build, to show that it works.
private let isSmallest = ProcessInfo.processInfo.environment["SMALLEST"]?.isEmpty == false

/// The fixture made by `run`.
private let photograph = inRepository(
  ".build/performance/\(isSmallest ? "smallest" : "work")/photograph.jpg"
).path(percentEncoded: false)

private func prepare(_ benchmark: Benchmark, by processor: ImageProcessor) async throws {
  var options = PreparationOptions()
  options.maximumEdge = 256
  let preparer = Preparer(options: options, processor: processor)
  let portrait = [UInt8](try Data(contentsOf: inRepository("samples/portrait.jpg")))
  _ = try await preparer.prepare(numbered(portrait, 0))
  benchmark.startMeasurement()
  _ = try await preparer.prepare(numbered(portrait, benchmark.currentIteration + 1))
  benchmark.stopMeasurement()
}

/// The results of recent pictures are cached, so a comment at the start makes each picture a different one.
private func numbered(_ jpeg: [UInt8], _ number: Int) -> Reference {
  let digits = Array("\(number)".utf8)
  let comment: [UInt8] = [0xFF, 0xFE, 0, UInt8(digits.count + 2)] + digits
  let bytes = Array(jpeg.prefix(2)) + comment + Array(jpeg.dropFirst(2))
  return .bytes(PictureBytes(bytes), name: "portrait \(number)")
}

private func inRepository(_ path: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../\(path)").standardized
}
