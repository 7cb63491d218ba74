import Finishing
import Gateways
import Ledger
import Submission

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One run of a batch, as the ledger knows it, and what its jobs share.
final class BatchRun: Sendable {
  var id: String { entry.id }
  private let editor: Editor
  private let entry: RunEntry
  private let throttle: Throttle
  private let purse: Purse

  /// - Throws: 73.
  init(_ editor: Editor, _ manifest: Manifest, spending: Money?, most: Int) async throws(PlantainError) {
    self.editor = editor
    entry = RunEntry(
      id: UUID().uuidString.lowercased(), started: .now, manifest: manifest.path.map(OutputFile.absolute),
      gateway: editor.routes[0].gateway.id, jobs: manifest.items.count)
    purse = Purse(spending)
    throttle = Throttle(most: most, borne: await editor.book.borneWidth(of: editor.routes[0]))
    let entry = entry
    try await editor.book.with { ledger throws(LedgerError) in try await ledger.save(entry) }
  }

  /// How many requests are under way.
  var inFlight: Int { get async { await throttle.inFlight } }

  /// What became of all of it, into the ledger. Where that cannot be written, each edit's own entry still tells.
  func end(_ summary: BatchSummary) async {
    var entry = entry
    entry.ended = .now
    entry.summary = (try? JSONEncoder().encode(summary)).map { String(decoding: $0, as: UTF8.self) }
    try? await editor.book.ledger().save(entry)
  }

  func perform(_ item: Manifest.Item) async -> Batch.Outcome {
    do throws(PlantainError) {
      let keys = try await editor.keys(of: item.prompt, item.references, item.options).map(\.text)
      guard let claim = try JobClaim(editor.book.ledger().replyPath("\(keys[0]).job")) else {
        return .elsewhere
      }
      defer { withExtendedLifetime(claim) {} }
      for key in keys {
        if let earlier = try await settle(key) { return earlier }
      }
      return .done(try await edit(item, keys[0]))
    } catch {
      return error.code == .outcomeUnknown ? .ambiguous(error) : .failed(error)
    }
  }

  private func edit(_ item: Manifest.Item, _ key: String) async throws(PlantainError) -> EditResult {
    var options = item.options
    (options.jobKey, options.run) = (key, id)
    let choices = try RequestChoices(options, editor.routes[0].gateway)
    await throttle.enter()
    // Another process may have been asked to come back later.
    if let pause = await editor.book.pause(of: editor.routes[0]) {
      await throttle.pause(for: pause)
      try? await Task.sleep(for: pause)
    }
    var aside = 0
    do throws(PlantainError) {
      aside = try purse.take(choices.price, count: options.count, editor.routes[0].gateway.id)
      let result = try await editor.edit(item.prompt, references: item.references, options: options) {
        event in
        guard case .waiting(let wait, let why) = event else { return }
        Task { await self.backOff(for: wait, because: why) }
      }
      await throttle.leave(isSuccess: true)
      return result
    } catch {
      if error.billed == .no { purse.giveBack(aside) }
      await throttle.leave(isSuccess: false)
      throw error
    }
  }

  private func backOff(for wait: Duration, because why: String) async {
    let width = await throttle.backOff(for: wait)
    await editor.book.note(pause: wait, width: width, reason: why, of: editor.routes[0])
  }

  /// What is known of the same job from before; `nil` when it is to be done.
  private func settle(_ key: String) async throws(PlantainError) -> Batch.Outcome? {
    var options = EditOptions()
    // Its name was free before it was sent: what lies there was written just before a process ended.
    options.overwrites = true
    return switch try await editor.earlier(key, options, watch: { _ in }) {
    case .done(let entry, let outputs): .skipped(id: entry.id, outputs: outputs)
    case .fetched(let result): .done(result)
    case .underWay: .elsewhere
    case .unknown(let entry): .ambiguous(.unknownOutcome(of: entry.id))
    case nil: nil
    }
  }
}
