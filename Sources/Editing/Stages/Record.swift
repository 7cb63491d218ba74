import Core
import Gateways
import Preparation
import Ledger

/// Stage 3: records an edit in the ledger before its first byte is sent. It is the last check before money is
/// spent.
struct Record: Sendable {
  let store: LedgerStore

  /// - Throws: `outcomeUnknown` if the outcome of an equal request is unknown, or if its result can be
  ///   fetched (`PaidEqual`); the error of a spending limit that the edit would exceed.
  func callAsFunction(_ plan: EditPlan, _ job: EditJob) async throws(PlantainError) {
    try await store.requireNoOpenEqual(of: plan, job)
    try job.reservation?.cover(plan.cost.price, count: plan.request.count, plan.gateway)
    if job.options.spending.perDay != nil {
      job.lockReservation { store.lockReservation(of: job.id) }
    }
    try await store.record(EditEntry(plan, job), within: job.options.spending)
  }

  /// Ends the reservation of an edit. Without it, the edit counts with its whole price, so a failure does no
  /// harm.
  func endReservation(of job: EditJob) async {
    guard job.options.spending.perDay != nil else { return }
    try? await store.ledger().release(job.id)
    job.unlockReservation()
  }
}

extension EditEntry {
  fileprivate init(_ plan: EditPlan, _ job: EditJob) {
    let prepared = plan.reports.map { Source(name: $0.source, mediaType: $0.mediaType, sha256: $0.sha256) }
    self.init(
      id: plan.id, created: .now, prompt: job.options.recordsPrompt ? job.prompt : nil, gateway: plan.gateway,
      model: plan.model, tier: plan.request.tier.rawValue, aspect: plan.request.ratio?.description,
      count: plan.request.count, sources: prepared + plan.passedOn.map { Source(name: $0) },
      output: job.output.entry(for: plan.numbers),
      priceMillionths: plan.cost.price?.of(plan.request.count).millionths,
      currency: plan.cost.price?.money.currency, finishing: plan.finishing?.entry, parent: job.options.parent,
      jobKey: job.options.jobKey, run: job.options.run)
    requestDigest = plan.requestDigest
  }
}
