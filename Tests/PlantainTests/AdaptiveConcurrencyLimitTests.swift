import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Requests in flight adapt to the gateway` {
  @Test func `the limit grows fast up to what the route sustained before, and slowly beyond`() async {
    let throttle = AdaptiveConcurrencyLimit(maximum: 64, borne: 8)
    #expect(await throttle.width == 4)
    for _ in 0..<4 {
      _ = await throttle.enter()
      await throttle.leave(isSuccess: true)
    }
    #expect(await throttle.width == 8)
    for _ in 0..<8 {
      _ = await throttle.enter()
      await throttle.leave(isSuccess: true)
    }
    #expect(await throttle.width == 8)
    for _ in 0..<2_200 {
      _ = await throttle.enter()
      await throttle.leave(isSuccess: true)
    }
    #expect(await throttle.width == 64)
  }

  @Test func `rejections at the same time halve the limit once, and never below one`() async {
    let throttle = AdaptiveConcurrencyLimit(maximum: 16)
    for _ in 0..<20 {
      _ = await throttle.enter()
      await throttle.leave(isSuccess: true)
    }
    #expect(await throttle.width == 16)
    for _ in 0..<10 { #expect(await throttle.backOff(for: .seconds(30)) == 8) }
    let small = AdaptiveConcurrencyLimit(maximum: 1)
    #expect(await small.backOff(for: .zero) == 1)
    #expect(await small.backOff(for: .zero) == 1)
  }

  @Test func `failures do not raise the limit`() async {
    let throttle = AdaptiveConcurrencyLimit(maximum: 16)
    for _ in 0..<20 {
      _ = await throttle.enter()
      await throttle.leave(isSuccess: false)
    }
    #expect(await throttle.width == 4)
  }
}

@Suite(.endsInTime) struct `Pauses of a rate-limited route` {
  private func route() throws -> Route {
    try Route(.google, key: .environment("NONE"), baseURL: "http://127.0.0.1:9")
  }

  @Test func `a pause is known to every process on the ledger until it is over`() async throws {
    let folder = try TemporaryFolder()
    let (one, other) = (
      try LedgerStore(.file(folder.file("l.sqlite"))), try LedgerStore(.file(folder.file("l.sqlite")))
    )
    let route = try route()
    #expect(await other.pause(of: route) == nil)
    #expect(await other.sustainedConcurrency(of: route) == nil)
    await one.note(pause: .seconds(110), width: 7, reason: "429", of: route)
    // A shorter pause does not end a longer one.
    await one.note(pause: .seconds(1), width: 5, reason: "429", of: route)
    let pause = try #require(await other.pause(of: route))
    // The machine may be busy.
    #expect(pause > .seconds(10) && pause <= .seconds(110))
    #expect(await other.sustainedConcurrency(of: route) == 5)
    let elsewhere = try Route(.google, key: .environment("NONE"), baseURL: "http://127.0.0.1:8")
    #expect(await other.pause(of: elsewhere) == nil)
    one.close()
    other.close()
  }

  @Test func `a pause holds back the jobs of another run`() async throws {
    let folder = try TemporaryFolder(pictures: "a.jpg", size: PixelSize(width: 64, height: 48))
    try folder.write(
      Array(#"{"references": ["a.jpg"], "prompt": "x", "output": "0.jpg"}"#.utf8), as: "m.jsonl")
    let manifest = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.file("out")), for: .google)
    try await withSimulator { simulator in
      let key = APIKey.Source.value(try APIKey("sk-canary-7f3a"))
      try await withTestEditor(
        gateway: .google, key: key, baseURL: simulator.baseURL(for: .google),
        ledger: folder
      ) { editor in
        let start = ContinuousClock.now
        await editor.store.note(pause: .seconds(2), width: 1, reason: "429", of: editor.routes[0])
        let summary = try await Batch(editor).run(manifest)
        #expect(summary.done == 1)
        #expect(ContinuousClock.now - start > .seconds(1.9))
      }
    }
  }
}

@Suite struct `The progress of a batch` {
  private let start = ContinuousClock.now

  private func failure() -> Batch.Outcome { .failed(.usage("no", hint: nil)) }

  @Test func `the remaining time is estimated from the jobs that took time`() {
    var progress = BatchProgress(jobs: 1_000, BatchSummary(run: "r"), at: start)
    for _ in 0..<500 { progress.count(.skipped(id: "i", outputs: []), at: start) }
    #expect(progress.remaining == nil && progress.ended == 500)
    for number in 1...100 { progress.count(failure(), at: start + .seconds(number)) }
    // One job per second, and 400 are left.
    #expect(progress.remaining == .seconds(400) && progress.elapsed == .seconds(100))
    // While no job ends, the estimate grows.
    progress.tick(at: start + .seconds(200))
    #expect(progress.remaining == .seconds(800))
  }

  @Test func `the estimate follows a route that became faster`() throws {
    var progress = BatchProgress(jobs: 2_000, BatchSummary(run: "r"), at: start)
    for number in 1...300 { progress.count(failure(), at: start + .seconds(10 * number)) }
    for number in 1...400 { progress.count(failure(), at: start + .seconds(3_000 + number)) }
    let remaining = try #require(progress.remaining)
    #expect((1_250...1_350).contains(remaining / .seconds(1)))
  }
}
