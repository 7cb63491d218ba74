import PictureFormats
package import Preparation
package import Gateways
package import Core

/// The options of an edit, resolved for a gateway: what is sent, how pictures are prepared for it, and what a
/// picture costs.
package struct ResolvedOptions: Sendable {
  package let model: Model
  /// Used for price and preparation; sent if `sendsShape` is true.
  package let tier: Tier
  /// The aspect ratio; `nil`: that of the first reference.
  package let ratio: AspectRatio?
  /// Whether the gateway chooses the aspect ratio.
  let isShapeAutomatic: Bool
  /// Whether the tier and the aspect ratio are sent.
  private let sendsShape: Bool
  package let thinking: ThinkingLevel?
  package let webSearch: Bool
  private let imageSearch: Bool
  private let officialFallback: Bool
  /// The format that the gateway is asked for: the wanted one if it has that, otherwise none.
  private let outputFormat: MediaType?
  /// The numbers of the pictures that each request asks for, counted from 1.
  let numbers: [[Int]]
  /// The number of pictures that each request asks for.
  package var parts: [Int] { numbers.map(\.count) }
  /// The price of one picture; `nil` if unknown.
  package let price: Price?
  /// The preparation of the picture to edit. A region is known here only if it is stated in pixels.
  package private(set) var preparation: PreparationOptions
  /// Whether the edited picture is padded to the aspect ratio of the answer by mirroring.
  let isMirrored: Bool
  /// Why the model may be another than the intended one; `nil`: it is known.
  package let modelDoubt: String?
  let warnings: [EditWarning]

  fileprivate init(_ options: EditOptions, _ gateway: Gateway) throws(PlantainError) {
    let check = OptionCheck(gateway: gateway, acceptsNearest: options.acceptsNearest)
    model = gateway.model(named: options.model)
    var warnings: [EditWarning] = model.stability == .stable ? [] : [.controlledTesting]
    modelDoubt = gateway.doubt(about: options.model)
    if modelDoubt != nil { warnings.append(.unknownModel) }
    tier = try check.tier(options.effectiveTier, model, &warnings)
    ratio = try check.ratio(options.aspect, model, &warnings)
    isShapeAutomatic = try check.isAutomatic(options.aspect)
    thinking = try check.thinking(options.thinking, model)
    try check.searches(options)
    imageSearch = options.imageSearch
    webSearch = options.webSearch || options.imageSearch && gateway.imageSearchNeedsWebSearch
    try check.fallback(options, model)
    officialFallback = options.officialFallback
    numbers = try Self.numbers(options, maximum: gateway.maximumPictures)
    try check.shaping(options, isShapeAutomatic: isShapeAutomatic)
    self.warnings = warnings

    isMirrored = options.isMirrored
    sendsShape =
      gateway.fields.sendsShapeUnasked || options.tier != nil || options.aspect != nil
      || options.preparation.fit != .none || options.finish.statedRegion != nil || isMirrored
    outputFormat = options.wantedFormat.flatMap { gateway.outputFormats.contains($0) ? $0 : nil }
    price = options.price.map { Price($0, .caller) } ?? model.prices[tier]
    preparation = PreparationOptions(options, gateway)
    preparation.ratios = ratio.map { [$0] } ?? model.ratios
    preparation.regionSizes = preparation.ratios.compactMap { [model, tier] in model.size($0, tier) }
    preparation.mirrorPadding = options.mirrorPadding(preparation.regionSizes)
  }

  private static func numbers(_ options: EditOptions, maximum: Int) throws(PlantainError) -> [[Int]] {
    let count = options.count
    guard (1...100).contains(count) else { throw .usage("expected 1…100 for the count, received \(count)") }
    let numbers = options.numbers ?? Array(1...count)
    return stride(from: 0, to: numbers.count, by: maximum).map {
      Array(numbers[$0..<min($0 + maximum, numbers.count)])
    }
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
    request.imageSearch = imageSearch
    request.officialFallback = officialFallback
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
}

/// Resolves the options of an edit with a gateway's limits, before any work is done. An option that the
/// gateway or the model lacks is an error that lists the available ones: nothing is dropped or replaced
/// silently. The same options and gateway always give the same result.
///
/// - Throws: `unsupportedOption` for what the gateway or the model lacks, `usage` for what no gateway has.
package func resolve(
  _ options: EditOptions, for gateway: Gateway
) throws(PlantainError) -> ResolvedOptions {
  try ResolvedOptions(options, gateway)
}

/// A route, with the options of an edit resolved for it. It is a class to keep async frames small.
package final class ResolvedRoute: Sendable {
  package let route: Route
  package let options: ResolvedOptions

  /// - Throws: the errors of `resolve`.
  package init(_ options: EditOptions, for route: Route) throws(PlantainError) {
    self.route = route
    self.options = try resolve(options, for: route.gateway)
  }
}

extension PreparationOptions {
  fileprivate init(_ options: EditOptions, _ gateway: Gateway) {
    self.init(options.preparation)
    acceptedBytes = gateway.limits.pictureBytes
    acceptedEdge = options.effectiveTier == .four ? 4096 : 2048
    acceptedFormats = gateway.limits.formats
    region = options.finish.region
  }
}

extension EditOptions {
  /// Whether the edited picture is padded to the aspect ratio of the answer by mirroring.
  fileprivate var isMirrored: Bool {
    mirrorsEdges && preparation.fit == .none && aspect == nil && finish.returnsToOriginal
  }

  /// The extra padding on every side when the answer is aligned with its original, as a share of the edge:
  /// about as far as models move pictures.
  private static let margin = 1.0 / 64

  fileprivate func mirrorPadding(_ sizes: [PixelSize]) -> MirrorPadding? {
    guard isMirrored else { return nil }
    return MirrorPadding(sizes, margin: finish.looksForPlace ? Self.margin : 0)
  }

  /// The format requested for the result; `nil` if none is.
  var wantedFormat: MediaType? { wantedFormat(by: output) ?? outputTemplate?.format?.mediaType }

  func wantedFormat(by output: Output) -> MediaType? {
    if let outputFormat { return outputFormat }
    guard case .file(let path) = output else { return nil }
    return OutputPlan.format(byNameOf: path)?.mediaType
  }
}
