import Finishing
public import Gateways
import PictureFormats
package import Ledger
import Preparation
package import Submission
import Core

/// The result of one edit: its pictures, cost, warnings and attempts.
public struct EditResult: Sendable {
  /// The edit's id in messages, reports and the ledger.
  public let id: String
  /// The id of the gateway that served the edit.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The gateway's task ids; empty where the gateway does not work by tasks.
  public let tasks: [String]
  /// The finished pictures: at least one. The last is the model's final picture.
  public private(set) var images: [Image]
  /// The references as they were prepared.
  public let prepared: [Preparer.Result]
  package let reports: [PrepareReport]
  /// The size and options of the request.
  public let request: Request
  /// The facts of the last reply other than its pictures, with the usage summed over all replies.
  public let reply: ReplyFacts
  /// The cost of all billed pictures.
  public let cost: Cost
  /// All warnings of the edit.
  public let warnings: [EditWarning]
  /// The subset of `warnings` that was known before the request was sent.
  package let foreseen: [EditWarning]
  /// Every attempt to send, in order, including those at earlier gateways.
  public let attempts: [EditAttempt]
  /// The duration of the whole call.
  public let elapsed: Duration
  /// Whether the pictures were compared with their original.
  let isFinished: Bool
  /// Whether the picture sent was mirror-padded to the shape of the answer; `nil` if unknown.
  private let isMirrored: Bool?
  /// Whether an earlier run of a batch paid for the edit. Its cost does not count toward the current run.
  package var isOfEarlierRun = false
  /// The number of requests that were or may have been billed, and whose pictures did not arrive.
  private let open: Int
  /// The path of the ledger, for warnings; `nil` for a copy.
  private let ledger: String?
  /// The errors of the requests that delivered no picture, where others did.
  public package(set) var missing: [PlantainError] = []
  /// The id of the earlier edit whose result was copied; `nil` if the edit was sent. A copy sends nothing and
  /// costs nothing.
  public let copyOf: String?

  package init(
    plan: EditPlan, images: [Image], executed: [ExecutionResult], failures: [ExecutionFailure],
    earlier: [AttemptNote] = [], warnings: [EditWarning], elapsed: Duration, ledger: String? = nil
  ) {
    self.ledger = ledger
    open = failures.count { $0.state.billing != .no }
    id = plan.id
    gateway = plan.gateway
    model = plan.model
    prepared = plan.prepared
    reports = plan.reports
    request = plan.request
    tasks = executed.flatMap(\.tasks)
    var reply = executed.last?.facts ?? ReplyFacts()
    reply.usage = ReplyFacts.Usage.sum(executed.compactMap(\.facts.usage))
    self.reply = reply
    let unbilled = failures.filter { $0.state.billing == .no }.count
    cost =
      (failures.isEmpty ? Cost(reported: executed.map(\.facts.cost)) : nil)
      ?? Cost(price: plan.cost.price, count: plan.request.count - unbilled)
    let all = earlier + executed.flatMap(\.attempts) + failures.flatMap(\.attempts)
    attempts = all.map(EditAttempt.init)
    self.images = images
    isFinished = plan.finishing?.options.looksAtOriginal == true
    isMirrored = plan.isMirrored
    self.warnings = plan.warnings + warnings
    foreseen = plan.warnings
    self.elapsed = elapsed
    copyOf = nil
  }

  package init(copyOf entry: EditEntry, images: [Image], warnings: [EditWarning], elapsed: Duration) {
    let plan = EditPlan(resuming: entry)
    (id, gateway, model, request) = (plan.id, plan.gateway, plan.model, plan.request)
    (prepared, reports, tasks, attempts) = ([], [], [], [])
    reply = ReplyFacts()
    cost = Cost(price: Price(Money(millionths: 0, currency: entry.currency ?? "USD"), .ledger), count: 1)
    (self.images, self.warnings, self.elapsed) = (images, warnings, elapsed)
    (isFinished, isMirrored, foreseen, open, ledger) = (false, nil, [], 0, nil)
    copyOf = entry.id
  }

  /// A description of a warning for users, with the facts of this edit.
  public func explanation(of warning: EditWarning) -> String {
    if warning == .outcomeUnknown, open > 1 {
      return """
        \(open) of the requests were or may have been billed, and their pictures did not arrive; see \
        plantain history
        """
    }
    guard warning == .ledgerNotUpdated, let ledger else { return warning.explanation }
    return """
      the ledger \(ledger) could not be updated, so history will call the edit \(id) ambiguous, although it \
      is done; when the ledger can be written again, run plantain settle \(id) `as` billed
      """
  }

  /// The codes of what is missing: `outcomeUnknown` alone if the outcome of a request is unknown; empty if
  /// nothing is missing.
  package var failures: Set<PlantainError.Code> { missing.failures }

  /// Adds pictures of the same job, before those of this edit.
  package mutating func precede(by earlier: [Image]) { images = earlier + images }

  /// The model's final picture: the last of `images`.
  public var image: Image { images[images.count - 1] }

  /// The findings of the comparison between the final picture and its original, and what the picture lost;
  /// `nil` if the pictures were not compared and there is no warning.
  public var findings: FindingsReport? {
    isFinished || !image.findings.warnings.isEmpty
      ? FindingsReport(image.findings, remedy: .uncovered(isMirrored: isMirrored)) : nil
  }
}

extension [PlantainError] {
  /// The codes of the errors of one job: `outcomeUnknown` alone if the outcome of a request is unknown.
  package var failures: Set<PlantainError.Code> {
    contains(where: \.isOfOpenOutcome) ? [.outcomeUnknown] : Set<PlantainError.Code>(map(\.code))
  }
}

extension PlantainError {
  /// Whether the request may have been billed, and its result may still come, or has to be settled.
  package var isOfOpenOutcome: Bool { code == .outcomeUnknown || code == .interrupted && billed != .no }
}
