import Core
import Gateways
import Ledger
import Submission

/// An earlier edit that has sent the same request, however its options were written, and whose result can be
/// fetched.
struct PaidEqual: Error {
  let entry: EditEntry
  /// How the result would be finished now.
  let finishing: EditFinishing?
}

/// The last check before money is spent: an equal request whose outcome is open.
///
/// Job keys tell whether two jobs are written alike. A default that is spelled out, another way of finishing,
/// or another route to the same gateway makes another key, but not another request: the pictures as they are
/// sent, the prompt, and the parameters are equal.
extension LedgerStore {
  /// - Throws: `outcomeUnknown` if the outcome of an equal request is unknown, or if its result can be
  ///   fetched (`PaidEqual`).
  func requireNoOpenEqual(of plan: EditPlan, _ job: EditJob) async throws(PlantainError) {
    guard !job.options.sendsAgain else { return }
    let candidates = try await with { ledger throws(LedgerError) in
      try await ledger.openEdits(
        requestDigest: plan.requestDigest, prompt: job.prompt, gateway: plan.gateway, model: plan.model)
    }
    for entry in candidates
    where entry.id != plan.id && !job.options.knows(entry) && entry.isEqual(to: plan) {
      switch try await standing(of: entry) {
      // Lines of a batch may be equal on purpose, and its jobs are locked.
      case .underWay where job.options.run == nil: throw .equalUnderWay()
      case .unknown: throw .equalUnknown(entry.id)
      case .paid: throw .paidBefore(PaidEqual(entry: entry, finishing: plan.finishing))
      default: continue
      }
    }
  }

  /// Foresees the last check. Creates no ledger. An equal request with references by URL is not found if they
  /// would have to be fetched, and none of the routes but the first is considered.
  ///
  /// - Returns: the id of an equal request that is paid for, whose result would be fetched instead; `nil` if
  ///   there is none.
  /// - Throws: `outcomeUnknown` if the outcome of an equal request is unknown.
  func paidEqual(of plan: EditPlan, _ job: EditJob) async throws(PlantainError) -> String? {
    guard exists else { return nil }
    do throws(PlantainError) {
      try await requireNoOpenEqual(of: plan, job)
      return nil
    } catch {
      guard let paid = error.underlying as? PaidEqual else { throw error }
      return paid.entry.id
    }
  }
}

extension EditOptions {
  /// Whether an earlier edit was considered already, as one of the same job or of a variant of it.
  fileprivate func knows(_ entry: EditEntry) -> Bool {
    knownEdits.contains(entry.id) || entry.jobKey.map(knownJobs.contains) == true
  }
}

extension EditPlan {
  /// The SHA-256 of what the requests of this edit ask for, without what differs between equal ones.
  ///
  /// - Parameter request: the first of its requests.
  func digest(of request: EditRequest) -> String {
    let shape: String =
      switch request.shape {
      case .ratio(let ratio): ratio.description
      case .automatic: "auto"
      case nil: ""
      }
    let options = [
      "web-search": request.webSearch ? "true" : nil, "image-search": request.imageSearch ? "true" : nil,
      "fallback": request.officialFallback ? "true" : nil, "thinking": request.thinking?.rawValue,
      "format": request.outputFormat?.name,
    ]
    let named = options.compactMap { name, value in value.map { "\(name)=\($0)" } }.sorted()
    return JobKey.hash(
      ["1", gateway, model, request.prompt, self.request.tier.rawValue, shape, "\(self.request.count)"]
        + named
        + reports.map(\.sha256) + passedOn)
  }
}

extension EditEntry {
  /// Whether the request of this edit equals a planned one. An entry of an earlier version does not tell how
  /// options like web search were set.
  fileprivate func isEqual(to plan: EditPlan) -> Bool {
    if let requestDigest { return requestDigest == plan.requestDigest }
    let sent = sources.map { $0.sha256 ?? $0.name }
    return tier == plan.request.tier.rawValue && aspect == plan.request.ratio?.description
      && count == plan.request.count && asksForSame(as: plan.numbers)
      && sent == plan.reports.map(\.sha256) + plan.passedOn
  }
}

extension EditEntry {
  /// Whether both ask for all pictures of their jobs, or both for the same ones of those.
  fileprivate func asksForSame(as numbers: [[Int]]?) -> Bool {
    let all = Array(1...max(1, count))
    return (self.numbers ?? all) == (numbers?.flatMap(\.self) ?? all)
  }
}

extension PlantainError {
  fileprivate static func paidBefore(_ paid: PaidEqual) -> PlantainError {
    PlantainError(
      .submission, .outcomeUnknown,
      """
      the same request was paid for by the edit \(paid.entry.id), whose result can be fetched; nothing was \
      sent now
      """,
      hint: "Fetch it: plantain recover \(paid.entry.id)", subject: paid.entry.id, billed: .no,
      underlying: paid)
  }
}
