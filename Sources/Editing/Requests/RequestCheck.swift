package import Gateways
import Submission
import Core

/// Checks that need no work on the pictures.
package enum RequestCheck {
  package static func check(
    _ prompt: String, _ references: [Reference], _ options: EditOptions, _ gateway: Gateway
  ) throws(PlantainError) {
    try requireWords(prompt)
    guard !references.isEmpty || gateway.takesPromptAlone else {
      let others = Gateway.all.filter(\.takesPromptAlone).map(\.id).joined(separator: ", ")
      throw .unsupported(
        "\(gateway.id) edits pictures and makes none from a prompt alone", gateway,
        hint: "Pass a picture to edit, or choose one of \(others).")
    }
    guard references.count <= gateway.limits.references else {
      throw .unsupported(
        "\(gateway.id) takes at most \(gateway.limits.references) references, received \(references.count)",
        gateway,
        hint:
          "Pass fewer; to edit each of them: plantain batch PICTURE... `prompt` TEXT. Nothing was sent.")
    }
    for (position, reference) in references.enumerated() {
      guard case .url(let address) = reference else { continue }
      let name = address.withoutURLSecrets
      let isFetchedHere = !gateway.fetches(address, at: position)
      if name.contains("://***@") || isFetchedHere && !name.lowercased().hasPrefix("https://") {
        throw .fetching(.notHTTPS(name), name)
      }
    }
    let standardInputs = references.filter { if case .standardInput = $0 { true } else { false } }
    guard standardInputs.count <= 1 else { throw .usage("only one reference can be standard input") }
    if let timeout = options.timeout, timeout <= .zero {
      throw .usage("expected a timeout above zero")
    }
  }
}

extension RequestCheck {
  package static func requireWords(_ prompt: String) throws(PlantainError) {
    guard prompt.isBlank else { return }
    throw .usage(
      prompt.isEmpty ? "the prompt is empty" : "the prompt is only white space",
      hint: "Describe with `prompt` what the picture should become.")
  }
}

extension Gateway {
  /// Whether the gateway fetches a reference by URL itself. The picture to edit is always prepared here, so
  /// that its shape is known.
  func fetches(_ address: String, at position: Int) -> Bool {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    return position > 0 && fields.addresses != nil && fields.addressSchemes.contains(scheme)
  }
}

extension PlantainError {
  static func unsupported(_ message: String, _ gateway: Gateway, hint: String) -> PlantainError {
    PlantainError(.request, .unsupportedOption, message, hint: hint, subject: gateway.id)
  }
}
