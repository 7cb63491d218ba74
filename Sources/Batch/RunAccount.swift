import Core
import Editing
import Gateways
import Ledger

/// What the ledger says of the jobs of a run, before and after it.
extension BatchRun {
  /// The prefix of the jobs with `limit` jobs that are not done yet; all when there are fewer.
  func firstToDo(_ limit: Int, of jobs: [BatchJob]) async throws(PlantainError) -> ArraySlice<BatchJob> {
    var left = limit
    for (position, job) in jobs.enumerated() {
      guard case .toDo = try await editor.presumedOutlook(of: job.item, again) else { continue }
      if left == 0 { return jobs[..<position] }
      left -= 1
    }
    return jobs[...]
  }

  /// Splits the jobs into those of which something is known, which may be fetched, and those to send.
  func sorted(
    _ jobs: ArraySlice<BatchJob>
  ) async throws(PlantainError) -> (known: [BatchJob], new: [BatchJob]) {
    var (known, new): ([BatchJob], [BatchJob]) = ([], [])
    for job in jobs {
      if case .toDo(_, isPaid: false, _) = try await editor.presumedOutlook(of: job.item, again) {
        new.append(job)
      } else {
        known.append(job)
      }
    }
    return (known, new)
  }

  /// What the edits of outcomes have cost in this run, by their ids. Edits of earlier runs, whose results
  /// were fetched or copied, are left out.
  func spendings(of outcomes: [Batch.Outcome]) async -> [String: EditSpending] {
    var found: [String: EditSpending] = [:]
    for id in Set(outcomes.compactMap(\.edit)) {
      guard let (spending, edit) = try? await editor.store.spending(of: id), edit.run == self.id,
        edit.created >= began
      else { continue }
      found[id] = spending
    }
    return found
  }

  /// The items whose outcome is unknown: those whose results can be fetched, by the ids of their edits, and
  /// those to settle, by the ids of their runs.
  func unsettled(_ items: [(item: Manifest.Item, error: PlantainError)]) async -> (
    fetchable: [BatchSummary.Unsettled], others: [BatchSummary.Unsettled]
  ) {
    var found: [(name: String, edit: String, run: String?, isPaid: Bool)] = []
    for (item, error) in items.sorted(by: { $0.item.line < $1.item.line }) {
      guard let id = error.editID else { continue }
      let edit = try? await History(editor.store).edit(id)
      let isPaid = error.isRecoverable || edit?.isPaid == true
      found.append((item.shortName, id, edit?.run, isPaid))
    }
    // Settling a run would settle its paid edits, too.
    let runs = Set(found.filter(\.isPaid).compactMap(\.run))
    return (
      found.filter(\.isPaid).map { .init(name: $0.name, target: $0.edit) },
      found.filter { !$0.isPaid }.map { item in
        .init(name: item.name, target: item.run.flatMap { runs.contains($0) ? nil : $0 } ?? item.edit)
      }
    )
  }
}

extension Editor {
  /// Checks the price of each job that is not done yet against the limits.
  ///
  /// - Throws: `overSpending` when a price exceeds the limits or is unknown.
  func requireAffordable(
    _ items: [Manifest.Item], _ again: ResendPolicy, of manifest: Manifest
  ) async throws(PlantainError) {
    for item in items where !item.options.spending.all.isEmpty {
      var options = item.options
      if options.count > 1, options.numbers == nil,
        case .toDo(let numbers, _, _) = try await presumedOutlook(of: item, again)
      {
        options.numbers = numbers
      }
      do throws(PlantainError) {
        try requireAffordable(options)
      } catch {
        // An unreadable picture is reported when its job runs.
        guard case .toDo? = try? await outlook(of: item, again) else { continue }
        throw error.of(item, in: manifest.path)
      }
    }
  }

  private func requireAffordable(_ options: EditOptions) throws(PlantainError) {
    for (position, gateway) in routes.map(\.gateway).enumerated() {
      let choices = try resolve(options, for: gateway)
      guard position == 0 else {
        try options.spending.requireComparable(choices.price, choices.model.id, gateway.id)
        continue
      }
      try options.spending.check(choices.price, count: options.requestedCount, choices.model.id, gateway.id)
    }
  }
}

extension Batch.Outcome {
  /// The id of the edit in the ledger; `nil` if nothing was sent.
  fileprivate var edit: String? {
    switch self {
    case .done(let result), .incomplete(let result?, _): result.copyOf == nil ? result.id : nil
    case .incomplete(nil, let errors): errors.lazy.compactMap(\.editID).first
    case .ambiguous(let error), .failed(let error): error.editID
    case .skipped, .elsewhere: nil
    }
  }
}

extension Editor {
  /// What is left of a limit of jobs: a run that is resumed has used some of it.
  ///
  /// - Parameter items: all items of the manifest, also those that are skipped because their outputs exist.
  func remaining(
    of limit: Int, for items: [Manifest.Item], _ again: ResendPolicy
  ) async throws(PlantainError) -> Int {
    guard again.isResuming else { return limit }
    var left = limit
    for item in items where left > 0 {
      switch try await presumedOutlook(of: item, again) {
      case .done, .ambiguous, .lost, .gone: left -= 1
      case .toDo, .paid, .underWay: break
      }
    }
    return left
  }
}
