import Plantain

/// What happened, for people.
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

  static func line(sending plan: EditPlan, verb: String) -> String {
    let price =
      plan.cost.price.map { "\($0) by the table of \($0.checked)" } ?? "price unknown"
    let left =
      plan.notFetched.isEmpty ? "" : ", without \(plan.notFetched.joined(separator: ", ")) (not fetched)"
    return
      "\(verb)   \(plan.request.bytes) to \(plan.gateway): \(plan.model), tier \(plan.request.tier.rawValue), "
      + "aspect \(plan.request.ratio?.description ?? "unknown"), \(price)" + left
  }

  static func lines(of result: EditResult) -> [String] {
    var lines = result.images.map { image in
      let place = image.output ?? "not written to a file"
      let how = image.isConverted ? ", converted" : ""
      return "result    \(place): \(image.size) \(image.mediaType), \(image.bytes.byteCount)\(how)"
    }
    if let text = result.reply.text { lines.append("          the model says: \(text)") }
    return lines + result.warnings.map { "          warning: \($0.explanation)" }
  }

  static func lines(of report: InspectReport) -> [String] {
    let colour = report.colour
    var lines = [
      "\(report.source): \(report.width)×\(report.height) \(report.mediaType), \(ByteCount(report.bytes))",
      "          orientation \(report.orientation), \(colour.profile), \(colour.bits)-bit, "
        + "\(colour.channels) channels",
    ]
    if !report.metadata.isEmpty {
      lines.append("          holds \(report.metadata.joined(separator: ", "))")
    }
    lines += report.plan.map { line($0.step, $0.reason, before: $0.before, after: $0.after) }
    return lines + report.warnings.map { "          warning: \($0)" }
  }
}
