import PictureFormats
import Preparation
package import Gateways
package import Core

/// The options of a request, resolved for a gateway before any work is done. An option that the route lacks
/// is an error that lists the available ones. Nothing is dropped or replaced silently.
package struct RequestChoices {
  package let model: Model
  /// Used for price and preparation; sent if `sendsShape` is true.
  package let tier: Tier
  /// The aspect ratio; `nil`: that of the first reference.
  package let ratio: AspectRatio?
  let isShapeAutomatic: Bool
  package let thinking: ThinkingLevel?
  package let webSearch: Bool
  /// The number of pictures that each request asks for.
  package let parts: [Int]
  /// Why the model may be another than the intended one; `nil`: it is known.
  package let modelDoubt: String?
  private(set) var warnings: [EditWarning]

  private let gateway: Gateway
  private let options: EditOptions

  /// - Throws: 82 for what the gateway or the model lacks, 64 for what no gateway has.
  package init(_ options: EditOptions, _ gateway: Gateway) throws(PlantainError) {
    let check = OptionCheck(gateway: gateway, acceptsNearest: options.acceptsNearest)
    self.gateway = gateway
    self.options = options
    model = gateway.model(named: options.model)
    var warnings: [EditWarning] = model.stability == .stable ? [] : [.controlledTesting]
    modelDoubt = gateway.doubt(about: options.model)
    if modelDoubt != nil { warnings.append(.unknownModel) }
    tier = try check.tier(options.effectiveTier, model, &warnings)
    ratio = try check.ratio(options.aspect, model, &warnings)
    isShapeAutomatic = try check.isAutomatic(options.aspect)
    thinking = try check.thinking(options.thinking, model)
    try check.searches(options)
    webSearch = options.webSearch || options.imageSearch && gateway.imageSearchNeedsWebSearch
    try check.fallback(options, model)
    parts = try Self.parts(options.count, maximum: gateway.maximumPictures)
    let shaping =
      options.preparation.fit != .none
      ? "--fit \(options.preparation.fit.rawValue)" : options.finish.statedRegion == nil ? nil : "--region"
    if let shaping, isShapeAutomatic {
      throw .usage("\(shaping) needs an aspect ratio", hint: "Omit --aspect, or pass a ratio.")
    }
    guard options.preparation.fit == .none || options.finish.statedRegion == nil else {
      throw .usage("a region is already sent in a supported shape", hint: "Omit --fit.")
    }
    self.warnings = warnings
  }

  private static func parts(_ count: Int, maximum: Int) throws(PlantainError) -> [Int] {
    guard (1...100).contains(count) else { throw .usage("expected 1…100 for the count, received \(count)") }
    return stride(from: 0, to: count, by: maximum).map { min(maximum, count - $0) }
  }

  /// The price of one picture; `nil` if unknown.
  package var price: Price? { options.price.map(Price.stated) ?? model.prices[tier] }

  /// The aspect ratios that a prepared picture may be fitted to.
  var ratiosToFit: [AspectRatio] { ratio.map { [$0] } ?? model.ratios }

  /// The sizes that the model may answer in.
  var sizes: [PixelSize] { ratiosToFit.compactMap { model.size($0, tier) } }

  /// Whether the tier and the aspect ratio are sent.
  private var sendsShape: Bool {
    gateway.fields.sendsShapeUnasked || options.tier != nil || options.aspect != nil
      || options.preparation.fit != .none
      || options.finish.statedRegion != nil || options.isMirrored
  }

  /// One of the requests, for `count` pictures, which is one of `parts`.
  ///
  /// - Parameter source: the size of the picture to edit; `nil` without one.
  package func request(
    _ prompt: String, _ references: [EditRequest.Reference], source: PixelSize?, count: Int
  ) -> EditRequest {
    var request = EditRequest(
      prompt: prompt, model: model.id, tier: nil, shape: nil, references: references)
    if sendsShape {
      // With a single tier there is nothing to choose.
      request.tier = model.tiers.count > 1 ? tier : nil
      request.shape = isShapeAutomatic ? .automatic : .ratio(shape(for: source))
    }
    request.count = count
    request.outputFormat = outputFormat
    request.webSearch = webSearch
    request.imageSearch = options.imageSearch
    request.officialFallback = options.officialFallback
    request.thinking = thinking
    return request
  }

  /// The aspect ratio for a source of that size; a square without a source.
  package func shape(for source: PixelSize?) -> AspectRatio {
    ratio ?? source.map(model.nearestRatio) ?? model.nearestRatio(to: AspectRatio(1, 1))
  }

  /// The aspect ratio that is sent; `nil` if none is.
  func sentRatio(for source: PixelSize?) -> AspectRatio? {
    sendsShape && !isShapeAutomatic ? shape(for: source) : nil
  }

  /// The output format that the gateway is asked for: the wanted one if it supports that, otherwise none.
  private var outputFormat: MediaType? {
    options.wantedFormat.flatMap { gateway.outputFormats.contains($0) ? $0 : nil }
  }
}

/// Checks single options.
private struct OptionCheck {
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
    guard gateway.fields.thinking != nil else { throw lacks("\(gateway.id) has no --thinking", offered) }
    guard model.thinking.contains(level) else {
      throw lacks("\(model.id) has no thinking level \(level.rawValue)", model.thinking.map(\.rawValue))
    }
    return level
  }

  func searches(_ options: EditOptions) throws(PlantainError) {
    if options.webSearch, gateway.fields.webSearch == nil {
      throw lacks("\(gateway.id) has no --web-search", offered)
    }
    if options.imageSearch, gateway.fields.imageSearch == nil {
      throw lacks("\(gateway.id) has no --image-search", offered)
    }
  }

  func fallback(_ options: EditOptions, _ model: Model) throws(PlantainError) {
    guard options.officialFallback else { return }
    guard gateway.fields.officialFallback != nil else {
      throw lacks("\(gateway.id) has no --official-fallback", offered)
    }
    guard !model.isOfficialChannel else {
      throw lacks("\(model.id) is the official channel itself, so it has no --official-fallback", offered)
    }
  }

  /// The options that not every gateway has, but this one does.
  private var offered: [String] {
    let fields = gateway.fields
    let options = [
      ("--tier", fields.tier), ("--aspect", fields.ratio), ("--web-search", fields.webSearch),
      ("--image-search", fields.imageSearch), ("--official-fallback", fields.officialFallback),
      ("--thinking", fields.thinking),
    ]
    return options.compactMap { $0.1 == nil ? nil : $0.0 }
  }

  private func lacks(_ what: String, _ has: [String], nearest: Bool = false) -> PlantainError {
    PlantainError.unsupported(
      "\(what); it has \(has.joined(separator: ", "))", gateway,
      hint: nearest ? "Choose one of them, or add --nearest. Nothing was sent." : "Nothing was sent.")
  }
}

extension EditOptions {
  /// The format requested for the result; `nil` if none is.
  var wantedFormat: MediaType? { wantedFormat(by: output) ?? outputTemplate?.format?.mediaType }

  func wantedFormat(by output: Output) -> MediaType? {
    if let outputFormat { return outputFormat }
    guard case .file(let path) = output else { return nil }
    return OutputPlan.format(byNameOf: path)?.mediaType
  }
}

extension Gateway {
  /// The warning about a model id that the gateway is not known to have, given before anything is billed.
  package func doubt(about model: String?) -> String? {
    guard let model, !models.contains(where: { $0.id == model }) else { return nil }
    let known = models.map(\.id)
    let meant =
      known.nearest(to: model, within: max(2, model.count / 3)).map { "did you mean \($0)?" }
      ?? "known models: \(known.joined(separator: ", "))."
    return
      "\(id) is not known to have a model \(model): \(meant) It is sent as it is, and its price is unknown"
  }
}
