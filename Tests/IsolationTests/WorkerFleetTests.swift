import CIsolation
import Foundation
import Imaging
import PictureFormats
import Isolation
import PictureWork
import Preparation
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// Prepares a picture in a worker of `fleet`, as the library does.
private func prepare(
  _ bytes: [UInt8], in fleet: WorkerFleet, cpuSeconds: Int = 20, memory: ByteCount = .megabytes(500),
  encoding: Duration? = nil,
  _ change: (inout PreparationOptions) -> Void = { _ in }
) async throws -> (answer: PreparedReference.Answer, bytes: PictureBytes?) {
  var options = PreparationOptions()
  change(&options)
  let job = WorkerJob(
    kind: .prepare,
    limits: WorkerJob.Limits(memory: memory, cpuSeconds: cpuSeconds, encoding: encoding),
    options: try MessageText.encode(options))
  let message = try await fleet.perform(
    job, files: [PictureContent(PictureBytes(bytes))], largestResult: .megabytes(10))
  return (
    try MessageText.decode(PreparedReference.Answer.self, from: message.text),
    try message.files.first?.readAll()
  )
}

/// A picture that takes seconds: a search for one kilobyte over many sizes.
private func slowPicture() throws -> [UInt8] { try Synthetic.jpeg(PixelSize(width: 4_000, height: 4_000)) }

private func makeSlow(_ options: inout PreparationOptions) {
  options.maximumBytes = ByteCount(1_000)
  options.format = .webp
}

/// Waits until a worker of `fleet` has a job and has used at least `nanoseconds` of CPU time, and acts on
/// that worker at once.
private func whenBusy(
  _ fleet: WorkerFleet, for nanoseconds: Int64 = 0, _ act: @escaping @Sendable (Int32) -> Void
) -> Task<Int32, any Error> {
  Task {
    try await watch("a worker has worked for \(nanoseconds) ns") {
      guard let worker = fleet.busyProcesses.first else { return nil }
      // A negative value means that the worker has ended.
      if (0..<nanoseconds).contains(isolation_cpu_time(worker)) { return nil }
      act(worker)
      return worker
    }
  }
}

@Suite("Worker processes", .endsInTime)
struct WorkerFleetTests {
  private let fleet: WorkerFleet

  init() throws {
    fleet = try WorkerFleet(program: Products.path("plantain-worker"))
  }

  @Test("workers give the same result as the process itself, one worker for many pictures")
  func sameResult() async throws {
    let processor = ImageProcessor(fleet)
    var options = PreparationOptions()
    options.maximumEdge = 300
    for path in [Samples.portrait, Samples.rocket, Samples.coffee] {
      let inside = try await ImageProcessor.inProcess.prepare(.file(path), options)
      let outside = try await processor.prepare(.file(path), options)
      #expect(try inside.content.read().array == outside.content.read().array)
      #expect(inside.steps == outside.steps)
      #expect(inside.geometry == outside.geometry)
      #expect(inside.mediaType == outside.mediaType)
    }
    #expect(fleet.idleProcesses.count == 1)
    await fleet.close()
    #expect(fleet.idleProcesses.isEmpty)
  }

  @Test("workers decode, encode and edit the program's own pictures like the process itself")
  func samePixels() async throws {
    let size = PixelSize(width: 40, height: 30)
    let bytes = (0..<3 * size.pixelCount).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let pixels = RawPixels(bytes, PixelLayout(size, bands: 3))
    let photograph = PictureBytes(try Samples.bytes(Samples.rocket))
    let photographSize = try PictureStructure.read(photograph).size
    let edits = SimulatedEdit.Effect.allCases.map {
      SimulatedEdit(
        $0, size: size, drift: .init(right: 3, down: -2, scale: 1.1, tint: [1, 0.9, 1]), variant: 1,
        encoding: .png)
    }
    var results: [[PictureBytes]] = []
    for processor in [ImageProcessor.inProcess, ImageProcessor(fleet)] {
      let png = try await processor.encode(pixels, as: .png)
      #expect(try await processor.pixels(of: png, over: .white) == pixels)
      var made = [png]
      made.append(try await processor.encode(pixels, as: .jpeg(quality: 80)))
      made.append(try await processor.encode(pixels, as: .webp(quality: 80)))
      for edit in edits {
        made.append(try await processor.simulate(edit, on: photograph, photographSize))
        made.append(try await processor.simulate(edit, on: nil, nil))
      }
      results.append(made)
      let installed = try await processor.decoders()
      #expect(installed.library.hasPrefix("libvips 8.") && installed.codecs.contains(.jpeg))
    }
    #expect(results[0].map(\.array) == results[1].map(\.array))
    await fleet.close()
  }

  @Test("a damaged picture fails in a worker with the decoder's error")
  func damagedPicture() async throws {
    let damaged = PictureBytes(Array(try Samples.bytes(Samples.coffee).prefix(5_000)))
    await #expect(throws: ImagingError.self) {
      try await ImageProcessor(fleet).pixels(of: damaged, over: .white)
    }
    await fleet.close()
  }

  @Test("a picture that passes unchanged needs no worker")
  func passthrough() async throws {
    let processor = ImageProcessor(fleet)
    let jpeg = try Synthetic.jpeg(PixelSize(width: 64, height: 64))
    let result = try await processor.prepare(.bytes(PictureBytes(jpeg), name: "a"), PreparationOptions())
    #expect(result.isPassthrough)
    #expect(fleet.idleProcesses.isEmpty)
  }

  @Test(
    "a worker that crashes fails one picture, and another worker replaces it", .enabled(if: !isFastRun),
    arguments: [SIGSEGV, SIGABRT])
  func crash(_ signal: Int32) async throws {
    let slow = try slowPicture()
    let killed = whenBusy(fleet) { kill($0, signal) }
    let name = signal == SIGSEGV ? "SIGSEGV" : "SIGABRT"
    await #expect(throws: IsolationError.crashed(signal: name)) {
      _ = try await prepare(slow, in: fleet, makeSlow)
    }
    let next = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
    guard case .prepared = next.answer else {
      Issue.record("\(next.answer)")
      return
    }
    #expect(fleet.idleProcesses != [try await killed.value])
  }

  @Test(
    "a file that changes during its job is refused, and its result is not cached",
    .enabled(if: !isFastRun),
    arguments: ["jpg", "png"])
  func changed(kind: String) async throws {
    let folder = try TemporaryFolder()
    let bytes = kind == "jpg" ? try slowPicture() : try Synthetic.png(PixelSize(width: 2_500, height: 2_500))
    let path = try folder.write(bytes, as: "slow.\(kind)")
    let processor = ImageProcessor(fleet)
    var options = PreparationOptions()
    options.maximumEdge = 2_000
    let writing = whenBusy(fleet) { _ in
      guard let file = fopen(path, "a") else { return }
      fputs("x", file)
      fclose(file)
    }
    let error = await #expect(throws: PlantainError.self) {
      try await processor.prepare(.file(path), options)
    }
    _ = try await writing.value
    #expect(error?.code == .unreadable)
    #expect(error?.message.contains("has changed") == true)
    truncate(path, off_t(bytes.count))
    #expect(try await processor.prepare(.file(path), options).size.width == 2_000)
  }

  @Test("a worker that hangs is ended after its time limit", .enabled(if: !isFastRun))
  func hang() async throws {
    let slow = try slowPicture()
    let stopped = whenBusy(fleet) { kill($0, SIGSTOP) }
    await #expect(throws: IsolationError.tookTooLong(seconds: 4)) {
      _ = try await prepare(slow, in: fleet, cpuSeconds: 1, makeSlow)
    }
    #expect(isGone(try await stopped.value))
  }

  @Test(
    "a stopped worker is ended, and if it had not begun, another does its work",
    .enabled(if: !isFastRun))
  func standstill() async throws {
    let fleet = try WorkerFleet(program: Products.path("plantain-worker"), longestStandstill: .seconds(2))
    let slow = try slowPicture()
    // By then the worker has begun the picture: starting takes less time.
    let stopped = whenBusy(fleet, for: 200_000_000) { kill($0, SIGSTOP) }
    await #expect(throws: IsolationError.stoodStill(seconds: 2)) {
      _ = try await prepare(slow, in: fleet, cpuSeconds: 60, makeSlow)
    }
    #expect(isGone(try await stopped.value))

    _ = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
    let idle = try #require(fleet.idleProcesses.first)
    kill(idle, SIGSTOP)
    let next = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
    guard case .prepared = next.answer else {
      Issue.record("\(next.answer)")
      return
    }
    #expect(isGone(idle))
    await fleet.close()
  }

  /// The picture was decoded long before the limit. The time of a search for a number of bytes says nothing
  /// about the file.
  @Test("encoding has no CPU time limit", .enabled(if: !isFastRun))
  func encoding() async throws {
    let slow = try slowPicture()
    let next = try await prepare(slow, in: fleet, cpuSeconds: 1, makeSlow)
    guard case .prepared = next.answer else {
      Issue.record("\(next.answer)")
      return
    }
    let worker = try #require(fleet.idleProcesses.first)
    await #expect(throws: IsolationError.encodingTookTooLong(seconds: 0)) {
      _ = try await prepare(slow, in: fleet, encoding: .milliseconds(100), makeSlow)
    }
    #expect(isGone(worker))
    // The next job has limits again.
    let busy = whenBusy(fleet, for: 2_500_000_000) { kill($0, SIGABRT) }
    await #expect(throws: IsolationError.crashedEncoding(signal: "SIGABRT")) {
      _ = try await prepare(slow, in: fleet, makeSlow)
    }
    _ = try await busy.value
    let error = PlantainError.isolating(.encodingTookTooLong(seconds: 9), "a.webp")
    #expect(error.code == .tookTooLong)
    #expect(error.hint?.contains("`timeout`") == true && error.hint?.contains("damaged") == false)
  }

  @Test("a worker that exceeds its CPU time limit is ended", .enabled(if: !isFastRun))
  func cpuTime() async throws {
    // Decoding all scans takes several times as long.
    let size = PixelSize(width: 4_000, height: 4_000)
    guard let coefficients = JPEGCoefficients(PictureBytes(try Synthetic.jpeg(size, quality: 98))) else {
      Issue.record("libjpeg cannot read the coefficients")
      return
    }
    let passes = coefficients.written(exifOrientation: 1, isDetailed: true, quality: nil)
    let slow = try #require(passes).array
    // On a machine busy with other tests, the wall-clock limit may be reached first.
    await #expect {
      _ = try await prepare(slow, in: fleet, cpuSeconds: 0, makeSlow)
    } throws: {
      if case .tookTooLong = $0 as? IsolationError { true } else { false }
    }
  }

  @Test("a decoder that exceeds its memory limit fails one picture", .enabled(if: !isFastRun))
  func memory() async throws {
    let size = PixelSize(width: 7_000, height: 6_000)
    let pixels = [UInt8](repeating: 100, count: size.pixelCount * 4)
    // Rotation needs several copies of the picture before the pixels are copied out of libvips.
    let large = Embedded.chunk(
      "eXIf", Embedded.exif(orientation: 6),
      in: try Image.fromPixels(pixels, size: size, bands: 4).encoded(as: .png).array)
    do {
      let outcome = try await prepare(large, in: fleet, memory: ByteCount(0)) { $0.maximumEdge = 6_999 }
      guard case .failed(.picture) = outcome.answer else {
        Issue.record("\(outcome.answer)")
        return
      }
    } catch let error as IsolationError {
      guard case .crashed = error else {
        Issue.record("\(error)")
        return
      }
    }
    let next = try await prepare(Samples.bytes(Samples.coffee), in: fleet) { $0.maximumEdge = 100 }
    #expect(next.bytes != nil)
  }

  @Test("a worker that died while idle is replaced silently")
  func deadIdleWorker() async throws {
    _ = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
    let idle = try #require(fleet.idleProcesses.first)
    kill(idle, SIGKILL)
    try await waitUntil("the killed worker is gone") { isGone(idle) }
    _ = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
    #expect(fleet.idleProcesses.count == 1 && fleet.idleProcesses != [idle])
  }

  @Test("a canceled job ends its worker", .enabled(if: !isFastRun))
  func canceled() async throws {
    let slow = try slowPicture()
    let fleet = fleet
    let job = Task { try await prepare(slow, in: fleet, makeSlow) }
    let worker = whenBusy(fleet) { _ in job.cancel() }
    await #expect(throws: IsolationError.canceled) { _ = try await job.value }
    #expect(isGone(try await worker.value))
  }

  #if os(Linux)
    @Test("workers inherit no secrets and no descriptors")
    func confined() async throws {
      setenv("APIYI_API_KEY", "sk-canary-5e1f", 1)
      let open = try FileHandle(forReadingFrom: URL(filePath: Samples.coffee))
      _ = try await prepare(Samples.bytes(Samples.coffee), in: fleet)
      let process = "/proc/\(try #require(fleet.idleProcesses.first))"
      let environment = try Data(contentsOf: URL(filePath: process + "/environ"))
      #expect(!String(decoding: environment, as: UTF8.self).contains("canary"))
      let files = try FileManager.default.contentsOfDirectory(atPath: process + "/fd")
        .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: process + "/fd/" + $0) }
      #expect(!files.contains { $0.hasSuffix("coffee.png") })
      #expect(files.filter { $0.hasPrefix("socket:") }.count == 1)
      let limits = try String(contentsOfFile: process + "/limits", encoding: .utf8)
      #expect(limits.contains(/Max core file size +0 +0/))
      try open.close()
    }
  #endif

  @Test("a missing or wrong program is named")
  func missing() async throws {
    #expect(throws: IsolationError.workerMissing(lookedFor: "at /nowhere/plantain-worker")) {
      try WorkerFleet(program: "/nowhere/plantain-worker")
    }
    let folder = try TemporaryFolder()
    let dying = try folder.write(Array("#!/bin/sh\nkill -SEGV $$\n".utf8), as: "plantain-worker")
    chmod(dying, 0o755)
    for program in ["/bin/true", "/bin/false", dying] {
      let wrong = try WorkerFleet(program: program)
      let error = await #expect(throws: IsolationError.self) {
        _ = try await prepare(Samples.bytes(Samples.coffee), in: wrong)
      }
      #expect(error?.description.contains("\(program) does not answer") == true)
    }
  }

  @Test("a worker of another version is reported as such")
  func otherVersion() async throws {
    let folder = try TemporaryFolder()
    let old = try folder.write(Array("#!/bin/sh\nexit \(WorkerJob.refusal)\n".utf8), as: "plantain-worker")
    chmod(old, 0o755)
    let error = await #expect(throws: IsolationError.self) {
      _ = try await prepare(Samples.bytes(Samples.coffee), in: WorkerFleet(program: old))
    }
    #expect(error?.description.contains("another version") == true)
  }
}

/// Whether a process has ended. One that has not been reaped yet counts as ended.
private func isGone(_ process: Int32) -> Bool {
  #if os(Linux)
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return true
    }
    return status.contains(") Z")
  #else
    return kill(process, 0) != 0
  #endif
}
