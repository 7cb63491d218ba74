import Gateways
import Batch
import Core
import Editing
import Finishing
import Preparation
import Reports

/// Plans, events, and results as lines of text.
enum Summary {
  static func lines(of result: Preparer.Result) -> [String] {
    let reference = result.reference
    let geometry = reference.geometry
    let head =
      "prepared  \(result.source.name): \(geometry.source) → \(reference.size) \(reference.mediaType), "
      + "\(reference.content.byteCount)"
    return [head] + reference.steps.map(line)
      + reference.warnings.map { "          warning: \($0.explanation)" }
  }

  static func line(_ step: PreparationStep) -> String {
    line(step.kind.rawValue, step.reason, before: step.before, after: step.after)
  }

  static func line(_ step: String, _ reason: String, before: String?, after: String?) -> String {
    let change =
      switch (before, after) {
      case (let before?, let after?): " (\(before) → \(after))"
      case (nil, let after?): " (\(after))"
      case (let before?, nil): " (from \(before))"
      case (nil, nil): ""
      }
    return "          \(step): \(reason)\(change)"
  }

  static func lines(of event: EditEvent) -> [String] {
    switch event {
    case .prepared(let result): lines(of: result)
    case .sending(let plan): lines(sending: plan, verb: "sending")
    case .waiting(let wait, let why, let billed):
      [
        "waiting   \(wait.formattedSeconds): \(why); "
          + (billed == .no ? "nothing was billed" : "the retry has the same idempotency key")
      ]
    case .task(let id, let progress): ["task      \(id): " + (progress.map { "\($0) %" } ?? "under way")]
    case .fetching(let id): ["fetching  edit \(id), which is already paid for, before anything is sent"]
    case .failedOver(let error, let next):
      ["failed    \(error.namingFlags.message)", "          trying \(next) next"]
    case .answered(let status, let elapsed):
      ["answered  status \(status) after \(elapsed.formattedSeconds)"]
    case .stopping(let maximum):
      [
        "Stopping: waiting for the answer that is under way (up to \(ProgressDisplay.span(maximum))). "
          + "Ctrl-C again leaves it."
      ]
    case .done(let result): lines(of: result) + (result.findings?.lines ?? []).map(\.namingFlags)
    }
  }

  /// The request and its warnings, which are useful before it is paid for.
  ///
  /// - Parameter known: The warnings that were already shown.
  static func lines(sending plan: EditPlan, verb: String, known: Set<EditWarning> = []) -> [String] {
    let message = plan.warnings.filter { !known.contains($0) }.map { warning in
      warning == .unknownModel ? plan.modelDoubt ?? warning.explanation : warning.explanation
    }
    return [line(sending: plan, verb: verb)] + message.map { "          warning: \($0)" }
  }

  static func line(sending plan: EditPlan, verb: String) -> String {
    let price = plan.cost.price.map { price in
      let times = plan.request.count > 1 ? "\(plan.request.count) × " : ""
      return "\(times)\(price) " + price.source.words
    }
    let sent = plan.prepared.count + plan.passedOn.count + plan.notFetched.count
    let pictures = sent > 1 ? "the first is edited, \(references(sent - 1)); " : ""
    let tokens = plan.tokens.map { ", about \($0.input) + \($0.output) tokens" } ?? ""
    let left =
      plan.notFetched.isEmpty ? "" : ", without \(plan.notFetched.joined(separator: ", ")) (not fetched)"
    return
      "\(verb)   \(pictures)\(plan.request.bytes) to \(plan.gateway): \(plan.model), "
      + "tier \(plan.request.tier.rawValue), aspect \(plan.request.ratio?.description ?? "unspecified"), "
      + "\(price ?? "price unknown")\(tokens)\(left)"
  }

  private static func references(_ count: Int) -> String {
    count == 1 ? "1 is a reference" : "\(count) are references"
  }

  /// The cost; `nil` if it is unknown. A cost without a currency is 0.
  static func sum(_ cost: EditResult.Cost) -> String? {
    cost.amount.map { amount in
      guard let currency = cost.currency else { return number(amount) }
      return "\(number(amount)) \(currency)" + (cost.basis == .reported ? " (reported)" : "")
    }
  }

  static func lines(of result: EditResult) -> [String] {
    var lines = result.images.map { image in
      let place = image.output ?? "not written to a file"
      let how = image.isConverted ? ", converted" : ""
      return "result    \(place): \(image.size) \(image.mediaType), \(image.bytes.byteCount)\(how)"
    }
    if let id = result.copyOf { lines.append("          copied from the result of \(id); nothing was sent") }
    if let text = result.reply.text { lines.append("          the model says: \(text)") }
    return lines
      + result.warnings.filter { !result.foreseen.contains($0) }.map {
        "          warning: \(result.explanation(of: $0).namingFlags)"
      }
  }

  static func lines(of entry: HistoryEntry, isLong: Bool) -> [String] {
    let cost = sum(entry.cost) ?? "cost unknown"
    var lines = [
      "\(entry.at)  \(entry.id)  \(entry.state)  \(entry.gateway), \(entry.model), \(cost), "
        + "billed: \(entry.billed)"
    ]
    if let advice = entry.advice { lines.append("          \(advice)") }
    guard isLong else { return lines + entry.placeLines }
    if let prompt = entry.prompt { lines.append("          prompt: \(prompt)") }
    lines += entry.sources.map { "          sent: \($0)" }
    if let parent = entry.parent { lines.append("          from: \(parent)") }
    if let run = entry.run { lines.append("          run: \(run)") }
    return lines + entry.placeLines
      + entry.attempts.map { attempt in
        let status = attempt.status.map { ", status \($0)" } ?? ""
        let message = attempt.message.map { ": \($0)" } ?? ""
        return "          \(attempt.gateway): \(attempt.state)\(status)\(message)"
      }
  }

  /// A line for each total, then the sum of each currency.
  static func lines(of totals: [HistoryTotal]) -> [String] {
    let gateway = totals.reduce(7) { max($0, Terminal.width(of: $1.gateway)) }
    let line = { (day: String, name: String, edits: Int, sum: String) in
      "\(day)  \(Terminal.fitted(name, gateway))  \(edits) \(edits == 1 ? "edit" : "edits"): \(sum)"
    }
    let currencies = Set(totals.compactMap(\.currency)).sorted()
    let sums = currencies.map { currency in
      let some = totals.filter { $0.currency == currency }
      return line(
        "total     ", "", some.reduce(0) { $0 + $1.edits },
        money(some.compactMap(\.amount).reduce(0, +), some.compactMap(\.uncertain).reduce(0, +), currency))
    }
    let unpriced = totals.reduce(0) { $0 + $1.unpriced }
    return totals.map { line($0.day, $0.gateway, $0.edits, words($0)) } + sums
      + (unpriced > 0 ? ["price unknown: \(unpriced)"] : [])
  }

  private static func words(_ total: HistoryTotal) -> String {
    let unpriced = total.unpriced > 0 ? "price unknown: \(total.unpriced)" : nil
    guard total.currency != nil, total.unpriced < total.edits else {
      return unpriced ?? "at an unknown price"
    }
    return [money(total.amount, total.uncertain, total.currency), unpriced].compactMap(\.self).joined(
      separator: ", ")
  }

  private static func money(_ amount: Double?, _ uncertain: Double?, _ currency: String?) -> String {
    guard let currency else { return "at an unknown price" }
    let sum = { (value: Double) in "\(number((value * 1_000_000).rounded() / 1_000_000)) \(currency)" }
    let rest = uncertain.flatMap { $0 > 0 ? "\(sum($0)) more if the unknown edits were billed" : nil }
    return [amount.flatMap { $0 > 0 || rest == nil ? sum($0) : nil }, rest].compactMap(\.self).joined(
      separator: ", ")
  }

  static func number(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  static func line(of summary: BatchSummary) -> String {
    // Without a currency, nothing was paid.
    let cost = summary.cost.currency == nil ? "" : sum(summary.cost).map { ", \($0)" } ?? ""
    let uncertain =
      summary.uncertain.map { cost in
        ", " + (sum(cost).map { "\($0) more" } ?? "more, at an unknown price,")
          + " if the unknown edits were billed"
      } ?? ""
    let elsewhere = summary.elsewhere > 0 ? ", \(summary.elsewhere) of them in another process" : ""
    let left = summary.left > 0 ? ", \(summary.left) not tried" : ""
    return
      "batch     \(summary.done) done, \(summary.skipped) skipped\(elsewhere), \(summary.failed) failed, "
      + "\(summary.ambiguous) ambiguous\(left); \(summary.billed) billed\(cost)\(uncertain)"
  }

  /// The edits with an unknown outcome, and the command that settles them.
  static func line(of unsettled: [BatchSummary.Unsettled]) -> String? {
    guard !unsettled.isEmpty else { return nil }
    return "ambiguous \(names(unsettled)): "
      + "plantain settle \(targets(unsettled).joined(separator: " ")) --as billed|unbilled|resend"
  }

  /// The edits that are paid for and can be fetched, and how.
  static func line(fetching fetchable: [BatchSummary.Unsettled]) -> String? {
    guard let first = targets(fetchable).first else { return nil }
    let each = targets(fetchable).count == 1 ? "plantain recover \(first), or " : ""
    return "paid for  \(names(fetchable)): to fetch what was made, \(each)run the batch again"
  }

  private static func names(_ items: [BatchSummary.Unsettled]) -> String {
    let more = items.count > 8 ? " and \(items.count - 8) more" : ""
    return items.prefix(8).map(\.name).joined(separator: ", ") + more
  }

  private static func targets(_ items: [BatchSummary.Unsettled]) -> [String] {
    items.map(\.target).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  static func line(of plan: BatchPlan) -> String {
    let highest = plan.upTo.map { sum($0).map { ", up to \($0) if other routes are used" } ?? "" } ?? ""
    let cost = plan.jobs == 0 ? "nothing to pay" : (sum(plan.cost) ?? "at an unknown price") + highest
    let tokens = plan.tokens.map { ", about \($0.input) + \($0.output) tokens" } ?? ""
    let failed =
      (plan.unprepared > 0 ? "; \(plan.unprepared) cannot be prepared" : "")
      + (plan.failed > plan.unprepared ? "; \(plan.failed - plan.unprepared) lost or gone" : "")
    let variants = plan.variants.map { "lines \(list($0)) are \(count($0.count)) variants\n" }.joined()
    let same = plan.same.map { "pictures \(list($0)) are identical, and paid for once\n" }.joined()
    let others = [
      (plan.skipped, "already done or paid for"), (plan.ambiguous, "ambiguous"),
      (plan.leftForLimit, "of them left, for the limit"), (plan.left - plan.leftForLimit, "left for later"),
    ].filter { $0.0 > 0 }.map { "; \($0.0) \($0.1)" }.joined()
    let edits = plan.jobs == 1 ? "edit" : "edits"
    return variants + same
      + "total: \(plan.jobs) \(edits), \(ByteCount(plan.bytes))\(tokens), \(cost)\(failed)\(others)"
  }

  private static func list(_ numbers: [Int]) -> String {
    let all = numbers.map(String.init)
    return all.count < 2
      ? all.joined() : all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1]
  }

  private static func count(_ number: Int) -> String {
    let message = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return message.indices.contains(number - 2) ? message[number - 2] : "\(number)"
  }

  static func line(of run: RunReport) -> String {
    let names = ["done", "skipped", "failed", "ambiguous", "left"]
    let counts = names.filter { run.count($0) > 0 }.map { "\(run.count($0)) \($0)" }.joined(separator: ", ")
    let end = run.ended == nil ? "not finished" : counts
    return "\(run.at)  \(run.run)  \(run.gateway), \(run.jobs) jobs: \(end)  \(run.manifest ?? "")"
  }

  static func line(of probe: ProbeResult) -> String {
    let seconds = Duration.seconds(probe.seconds).formattedSeconds
    return "\(probe.gateway): \(probe.state.rawValue) after \(seconds) (\(probe.model)): \(probe.reason)"
  }

  static func lines(of report: GatewayReport, isLong: Bool) -> [String] {
    let limits =
      "\(report.references) references, \(ByteCount(report.pictureBytes)) each, "
      + "\(ByteCount(report.requestBytes)) per request"
    var lines = [
      "\(report.id): \(report.dialect), \(report.mode), \(limits), \(report.formats.joined(separator: " "))",
      "          options: \(report.options.joined(separator: " "))",
      "          \(report.documentation), read on \(report.checked)",
    ]
    if let probe = report.probe {
      lines.append("          probed \(probe.at): \(probe.state.rawValue): \(probe.reason)")
    }
    for model in report.models {
      let price = model.prices.map { "\($0.tier) \(number($0.amount)) \($0.currency)" }.joined(
        separator: ", ")
      let stability = model.stability == "stable" ? "" : ", \(model.stability)"
      lines.append("          \(model.id)\(stability): " + (price.isEmpty ? "price unknown" : price))
      guard isLong else { continue }
      lines.append("            tiers \(model.tiers.joined(separator: " "))")
      lines.append("            ratios \(model.ratios.joined(separator: " "))")
    }
    return lines
  }

  static func lines(of report: InspectReport) -> [String] {
    let color = report.color
    var lines = [
      "\(report.source): \(report.width)×\(report.height) \(report.mediaType), \(ByteCount(report.bytes))",
      "          orientation \(report.orientation), \(color.profile), \(color.bits)-bit, "
        + "\(color.channels) channels",
    ]
    if !report.metadata.isEmpty {
      lines.append("          contains \(report.metadata.joined(separator: ", "))")
    }
    lines += report.plan.map { line($0.kind.rawValue, $0.reason, before: $0.before, after: $0.after) }
    return lines + report.warnings.map { "          warning: \($0)" }
  }
}

extension Price.Source {
  /// Where a price comes from, after the price.
  fileprivate var words: String {
    switch self {
    case .documentation(let day): "by the price table of \(day)"
    case .configuration: "by the configuration"
    case .caller: "as stated"
    case .ledger: "as recorded"
    }
  }
}
