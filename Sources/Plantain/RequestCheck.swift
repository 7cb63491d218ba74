import Gateways
import Vocabulary

/// What can be known to be wrong before any work is done.
enum RequestCheck {
  static func check(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, _ gateway: Gateway
  ) throws(PlantainError) {
    guard !prompt.isEmpty else {
      throw .usage("the prompt is empty", hint: "Say with -p what the picture should become.")
    }
    guard !references.isEmpty else { throw .usage("there is no picture to edit") }
    guard references.count <= gateway.limits.references else {
      throw unsupported(
        "\(gateway.id) takes at most \(gateway.limits.references) references, received \(references.count)",
        gateway)
    }
    let standardInputs = references.filter { if case .standardInput = $0 { true } else { false } }
    guard standardInputs.count <= 1 else { throw .usage("standard input can be only one of the references") }
    if let timeout = options.timeout, timeout <= .zero {
      throw .usage("expected a timeout above zero")
    }
  }

  static func check(_ tier: Tier, _ model: Model, _ gateway: Gateway) throws(PlantainError) {
    guard model.tiers.contains(tier) else {
      let names = model.tiers.map(\.rawValue).joined(separator: ", ")
      throw unsupported("\(model.id) has no tier \(tier.rawValue); it has \(names)", gateway)
    }
  }

  /// The ratio that was asked for, or its nearest neighbour where that is allowed.
  static func ratio(
    _ options: EditOptions, _ model: Model, _ gateway: Gateway
  ) throws(PlantainError) -> (value: AspectRatio, warnings: [EditWarning]) {
    guard case .ratio(let asked) = options.aspect else {
      return (model.nearestRatio(to: AspectRatio.square), [])
    }
    if let same = model.ratios.first(where: { $0.distance(to: asked) < 1e-9 }) { return (same, []) }
    guard options.acceptsNearest else {
      let names = model.ratios.map(\.description).joined(separator: ", ")
      throw unsupported(
        "\(model.id) has no aspect ratio \(asked); it has \(names)", gateway,
        hint: "Choose one of them, or add --nearest.")
    }
    return (model.nearestRatio(to: asked), [.aspectReplaced])
  }

  private static func unsupported(
    _ message: String, _ gateway: Gateway, hint: String = "Nothing was sent."
  ) -> PlantainError {
    PlantainError(.request, .unsupportedOption, message, hint: hint, subject: gateway.id)
  }
}

extension AspectRatio {
  fileprivate static var square: AspectRatio { AspectRatio(1, 1) }
}
