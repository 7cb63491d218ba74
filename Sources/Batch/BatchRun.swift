package import Editing
import Finishing
import Gateways
import Ledger
import Submission
package import Core
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One run of a batch: its entry in the ledger, and the state that its jobs share.
package final class BatchRun: Sendable {
  package var id: String { entry.id }
  package let editor: Editor
  private let entry: RunEntry
  /// When this process began the run, in milliseconds since 1970.
  let began = Int.now
  private let throttle: AdaptiveConcurrencyLimit
  private let limiter: SpendingLimiter
  let again: ResendPolicy
  private let sent = Mutex(false)
  /// The results that were fetched for jobs that are left to send, by the keys of these.
  private let fetched = Mutex<[String: [EditResult]]>([:])
  package let stop: StopSignal

  /// Whether the run has sent an edit.
  var hasSent: Bool { sent.withLock(\.self) }

  /// - Throws: `missing` when there is no run to resume, `ledgerUnusable` when the ledger cannot be used.
  init(
    _ editor: Editor, _ manifest: Manifest, _ limiter: SpendingLimiter, maximum: Int, _ again: ResendPolicy,
    under stop: StopSignal
  ) async throws(PlantainError) {
    self.editor = editor
    self.limiter = limiter
    self.stop = StopSignal(under: stop)
    self.again = try await editor.resolved(again)
    if case .goingOn(let run) = self.again {
      entry = try await editor.store.run(run)
      try await limiter.resume(editor.store, run: entry.id)
    } else {
      entry = RunEntry(
        id: UUID().uuidString.lowercased(), started: .now,
        manifest: manifest.path.map { Path($0).absolute.string },
        gateway: editor.routes[0].gateway.id, jobs: manifest.items.count)
    }
    throttle = AdaptiveConcurrencyLimit(
      maximum: maximum, borne: await editor.store.sustainedConcurrency(of: editor.routes[0]), until: self.stop
    )
    let entry = entry
    try await editor.store.with { ledger throws(LedgerError) in try await ledger.save(entry) }
  }

  /// Releases the jobs that wait for a slot.
  func letGo() async { await throttle.letGo() }

  /// The number of requests in flight.
  package var inFlight: Int { get async { await throttle.inFlight } }

  /// Writes the totals into the ledger. If that fails, each edit's own entry still holds its outcome.
  package func end(_ summary: BatchSummary) async {
    var entry = entry
    entry.ended = .now
    entry.summary = (try? JSONEncoder().encode(summary)).map { String(decoding: $0, as: UTF8.self) }
    try? await editor.store.ledger().save(entry)
  }

  /// Runs a job.
  ///
  /// - Parameters:
  ///   - reservation: what is reserved for the job.
  ///   - isFetching: whether nothing is sent.
  /// - Returns: the outcomes of its items, in their order; an item has no outcome when the run was stopped
  ///   before it was sent. `nil` when the job is left to send.
  func perform(
    _ job: BatchJob, _ reservation: SpendingReservation, isFetching: Bool = false
  ) async -> [(Manifest.Item, Batch.Outcome?)]? {
    var reserved: SpendingReservation? = reservation
    defer { reserved?.end() }
    do throws(PlantainError) {
      let keys = try await editor.keys(of: job.item.prompt, job.item.references, job.item.options)
      guard let (claim, names) = try await claim(job.item, keys) else {
        return job.items.map { ($0, .elsewhere) }
      }
      defer { withExtendedLifetime(claim) {} }
      let first: Batch.Outcome?
      switch await settle(job.item, names) {
      case .ended(let outcome): first = outcome
      case .toSend(let earlier) where isFetching:
        fetched.withLock { $0[names[0]] = earlier.fetched }
        return nil
      case .toSend(var earlier):
        earlier.fetched = (fetched.withLock { $0.removeValue(forKey: names[0]) } ?? []) + earlier.fetched
        reserved = nil
        first = await send(
          job.item, names, earlier, reservation, known: job.item.knownJobs(keys, names))
      }
      var outcomes = [(job.item, first)]
      for item in job.same {
        var outcome = first
        if let first { outcome = await self.outcome(for: item, after: first, names) }
        outcomes.append((item, outcome))
      }
      return outcomes
    } catch {
      return job.items.map { ($0, Batch.Outcome(error)) }
    }
  }

  /// Reserves the price of a job at the first route, as far as pictures are to be sent for.
  ///
  /// - Throws: `overSpending` when that would exceed a limit.
  func reserve(_ job: BatchJob, isFetching: Bool) async throws(PlantainError) -> SpendingReservation {
    let reservation = SpendingReservation(limiter)
    guard limiter.isLimited, !isFetching,
      case .toDo(let numbers, _, _) = try await editor.presumedOutlook(of: job.item, again)
    else { return reservation }
    var options = job.item.options
    options.numbers = numbers
    let gateway = editor.routes[0].gateway
    // Options that the route lacks are reported when the job runs.
    guard let choices = try? resolve(options, for: gateway) else { return reservation }
    try reservation.cover(choices.price, count: options.requestedCount, gateway.id)
    return reservation
  }

  /// The lock on the job, and the keys under which it may be known. If another process has given a variant's
  /// number to another output meanwhile, the next number is used.
  ///
  /// - Returns: `nil` when another process is working on the job.
  private func claim(
    _ item: Manifest.Item, _ keys: [JobKey]
  ) async throws(PlantainError) -> (JobLock, [String])? {
    let place = item.place ?? ""
    var number = try await editor.number(of: item, keys)
    while true {
      let names = keys.map { $0.text(ofVariant: number) }
      let path = try editor.store.ledger().replyPath("\(names[0]).job")
      if let claim = try JobLock(path, for: place) {
        guard item.variant != nil, try await editor.isTaken(names, from: item) else { return (claim, names) }
      } else {
        guard item.variant != nil, !item.isKnownVariant, let other = JobLock.place(path), other != place
        else { return nil }
      }
      number += 1
    }
  }

  private enum Settled {
    /// There is no outcome when the run was stopped.
    case ended(Batch.Outcome?)
    /// Pictures that earlier edits have left out.
    case toSend(Recovery.Earlier)
  }

  /// What earlier runs have made of the job.
  private func settle(_ item: Manifest.Item, _ names: [String]) async -> Settled {
    do throws(PlantainError) {
      let earlier = try await earlier(item, names)
      let pictures = earlier.pictures
      if pictures.isUnderWay { return .ended(.elsewhere) }
      for result in earlier.fetched where again != .no {
        // Otherwise a process that resumes this run would send it.
        try await editor.store.move(result.id, toRun: id)
      }
      guard pictures.missing.isEmpty else { return .toSend(earlier) }
      if let outcome = Batch.Outcome(earlier.fetched, lacking: pictures.errors) { return .ended(outcome) }
      return .ended(try await result(of: pictures, for: item))
    } catch {
      return .ended(Batch.Outcome(error))
    }
  }

  /// Sends for the pictures of a job that are missing.
  private func send(
    _ item: Manifest.Item, _ names: [String], _ earlier: Recovery.Earlier,
    _ reservation: SpendingReservation, known: Set<String>
  ) async -> Batch.Outcome? {
    let errors = earlier.pictures.errors
    do throws(PlantainError) {
      let result = try await edit(item, names[0], earlier.pictures.rest, reservation, known: known)
      var all = earlier.fetched + [result]
      if result.missing.isEmpty, errors.isEmpty, earlier.pictures.rest != nil {
        // Pictures of earlier runs may be at another output.
        if case .done(let copy) = try await self.result(of: pictures(item, names), for: item) {
          all.insert(copy, at: 0)
        }
      }
      return Batch.Outcome(all, lacking: result.missing + errors)
    } catch {
      if error.billed == .no { reservation.end() }
      guard let outcome = Batch.Outcome(error), !earlier.fetched.isEmpty || !errors.isEmpty else {
        return Batch.Outcome(error)
      }
      return Batch.Outcome(earlier.fetched, lacking: outcome.errors + errors)
    }
  }

  /// - Parameter numbers: the numbers of the pictures to send for; `nil`: all.
  private func edit(
    _ item: Manifest.Item, _ key: String, _ numbers: [Int]?, _ reservation: SpendingReservation,
    known: Set<String>
  ) async throws(PlantainError) -> EditResult {
    var options = item.options
    options.numbers = numbers
    (options.jobKey, options.run, options.knownJobs) = (key, id, known)
    if again != .no { options.sendsAgain = true }
    let routes = try editor.routes.map { route throws(PlantainError) in
      try ResolvedRoute(options, for: route)
    }
    let stop = StopSignal(under: stop)
    defer { stop.endAll() }
    guard await throttle.enter() else { throw .interrupted() }
    // Another process may have been rate-limited.
    if let pause = await editor.store.pause(of: editor.routes[0]) {
      await throttle.pause(for: pause)
      try? await stop.cutting { try await Task.sleep(for: pause) }
    }
    do throws(PlantainError) {
      try reservation.cover(
        routes[0].options.price, count: options.requestedCount, editor.routes[0].gateway.id)
      let result = try await editor.editOrFetch(
        item.prompt, item.references, options, by: routes, until: stop, reserving: reservation
      ) { event in
        switch event {
        case .sending: self.sent.withLock { $0 = true }
        case .waiting(let wait, let why, _): Task { await self.backOff(for: wait, because: why) }
        default: break
        }
      }
      await settle(reservation, result.id)
      await throttle.leave(isSuccess: true)
      return result
    } catch {
      if error.billed != .no { await settle(reservation, error.editID) }
      await throttle.leave(isSuccess: false)
      throw error
    }
  }

  /// Refunds what an edit has reserved and not spent. What is not known stays reserved.
  private func settle(_ reservation: SpendingReservation, _ edit: String?) async {
    guard let edit, let (spending, _) = try? await editor.store.spending(of: edit) else { return }
    reservation.settle(spending)
  }

  private func backOff(for wait: Duration, because why: String) async {
    let width = await throttle.backOff(for: wait)
    await editor.store.note(pause: wait, width: width, reason: why, of: editor.routes[0])
  }

  private func earlier(
    _ item: Manifest.Item, _ names: [String]
  ) async throws(PlantainError) -> Recovery.Earlier {
    let stop = StopSignal(under: stop)
    defer { stop.endAll() }
    do throws(PlantainError) {
      return try await editor.recovery.earlier(
        names, item.options, of: item.references.first, again: again, until: stop, watch: { _ in })
    } catch {
      // A result that waits to be fetched keeps waiting: nothing was sent.
      throw error.code == .interrupted ? .interrupted() : error
    }
  }

  /// Whether there is a single route, whose failures affect all jobs.
  var hasOneRoute: Bool { editor.routes.count == 1 }
}
