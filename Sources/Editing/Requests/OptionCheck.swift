import Gateways
import Preparation
import Core

/// Checks single options of an edit against what a gateway and a model have. Its errors name options without
/// the dashes of a command line.
struct OptionCheck {
  let gateway: Gateway
  let acceptsNearest: Bool

  func tier(_ tier: Tier, _ model: Model, _ warnings: inout [EditWarning]) throws(PlantainError) -> Tier {
    if model.tiers.contains(tier) { return tier }
    guard acceptsNearest else {
      throw lacks("\(model.id) has no tier \(tier.rawValue)", model.tiers.map(\.rawValue), nearest: true)
    }
    warnings.append(.tierReplaced)
    return model.nearestTier(to: tier)
  }

  func ratio(
    _ aspect: EditOptions.Aspect?, _ model: Model, _ warnings: inout [EditWarning]
  ) throws(PlantainError) -> AspectRatio? {
    guard case .ratio(let asked) = aspect else { return nil }
    if let same = model.ratios.first(where: { $0.distance(to: asked) < 1e-9 }) { return same }
    guard acceptsNearest else {
      throw lacks("\(model.id) has no aspect ratio \(asked)", model.ratios.map(\.description), nearest: true)
    }
    warnings.append(.aspectReplaced)
    return model.nearestRatio(to: asked)
  }

  func isAutomatic(_ aspect: EditOptions.Aspect?) throws(PlantainError) -> Bool {
    guard aspect == .automatic else { return false }
    guard gateway.fields.automaticRatio != nil else {
      throw lacks("\(gateway.id) does not document an automatic aspect ratio", ["source", "a ratio"])
    }
    return true
  }

  func thinking(_ level: ThinkingLevel?, _ model: Model) throws(PlantainError) -> ThinkingLevel? {
    guard let level else { return nil }
    try requireField(gateway.fields.thinking, "thinking")
    guard model.thinking.contains(level) else {
      throw lacks("\(model.id) has no thinking level \(level.rawValue)", model.thinking.map(\.rawValue))
    }
    return level
  }

  func searches(_ options: EditOptions) throws(PlantainError) {
    if options.webSearch { try requireField(gateway.fields.webSearch, "web-search") }
    if options.imageSearch { try requireField(gateway.fields.imageSearch, "image-search") }
  }

  func fallback(_ options: EditOptions, _ model: Model) throws(PlantainError) {
    guard options.officialFallback else { return }
    try requireField(gateway.fields.officialFallback, "official-fallback")
    guard !model.isOfficialChannel else {
      throw lacks("\(model.id) is the official channel itself, so it has no", option: "official-fallback")
    }
  }

  /// Checks the options that fit the picture to the shape of the answer, which must be known then.
  func shaping(_ options: EditOptions, isShapeAutomatic: Bool) throws(PlantainError) {
    let fit = options.preparation.fit
    let hasRegion = options.finish.statedRegion != nil
    if isShapeAutomatic, fit != .none || hasRegion {
      let shaping = fit != .none ? "`fit` \(fit.rawValue)" : "`region`"
      throw .usage(
        "\(shaping) needs an aspect ratio", hint: "Omit `aspect`, or pass a ratio.",
        options: ["fit", "region"])
    }
    guard fit == .none || !hasRegion else {
      throw .usage(
        "a region is already sent in a supported shape", hint: "Omit `fit`.")
    }
  }

  private func requireField(_ field: String?, _ option: String) throws(PlantainError) {
    guard field == nil else { return }
    throw lacks("\(gateway.id) has no", option: option)
  }

  /// The error for an option that is not there, with those that are.
  private func lacks(_ what: String, option: String) -> PlantainError {
    let offered = gateway.fields.options.compactMap { $0.field == nil ? nil : $0.option }
    var error = lacks("\(what) `\(option)`", offered.map { "`\($0)`" })
    error.messageOptions = [option] + offered
    return error
  }

  private func lacks(_ what: String, _ has: [String], nearest: Bool = false) -> PlantainError {
    .unsupported(
      "\(what); it has \(has.joined(separator: ", "))", gateway,
      hint: nearest ? "Choose one of them, or add `nearest`. Nothing was sent." : "Nothing was sent.")
  }
}
