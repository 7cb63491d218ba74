package import Core

/// Where a simulated request arrives.
struct SimulatedEndpoint {
  let gateway: Gateway
  package let model: Model
  /// Returns the media type of a picture by its content; `nil` if it is not a picture.
  let mediaType: (PictureBytes) -> MediaType?
}

/// An edit request in any dialect, checked against the limits of its gateway.
package struct SimulatedRequest: Sendable {
  /// The requested model, which defines the size of the result.
  package let model: Model
  package var prompt = ""
  /// The references that were sent as bytes.
  package var pictures: [PictureBytes] = []
  package var tier = Tier.one
  /// The aspect ratio; `nil` for the model's own choice.
  package var ratio: AspectRatio?
  package var count = 1
  /// The output format; `nil` for the model's own.
  package var format: MediaType?
  package var isSearching = false
  /// Whether the reply must contain base64, as OpenAI's own client can request.
  package var wantsBase64 = false

  init(_ model: Model) { self.model = model }

  /// The grounding metadata of a reply, as if the model had searched for the prompt.
  var grounding: JSONValue { .object(["webSearchQueries": .array([.string(prompt)])]) }
}

/// The refusal of a request that the gateway would not accept, sent with status 400.
package struct SimulatedRefusal: Error {
  package let message: String

  init(_ message: String) { self.message = message }
}

extension SimulatedRequest {
  /// Adds a reference.
  ///
  /// - Throws: `SimulatedRefusal` if the bytes are not a picture in a format and size that the gateway
  ///   accepts.
  mutating func take(
    _ picture: PictureBytes, labeled label: String?, _ endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) {
    let gateway = endpoint.gateway
    let actual = endpoint.mediaType(picture)
    if let label, actual != MediaType(label) {
      throw SimulatedRefusal("Unhandled mime type: labeled \(label), is \(actual?.name ?? "not a picture").")
    }
    guard let actual, gateway.limits.formats.contains(actual) else {
      throw SimulatedRefusal("Unsupported image format: \(actual?.name ?? "not a picture").")
    }
    if let stated = gateway.limits.statedPictureBytes, picture.count > stated.bytes {
      throw SimulatedRefusal("Image size \(picture.count) exceeds the limit of \(stated.bytes) bytes.")
    }
    pictures.append(picture)
  }

  /// Sets the aspect ratio.
  ///
  /// - Throws: `SimulatedRefusal` for a ratio that the model does not support.
  mutating func take(ratio text: String, _ endpoint: SimulatedEndpoint) throws(SimulatedRefusal) {
    let (gateway, model) = (endpoint.gateway, endpoint.model)
    if case .word(let automatic)? = gateway.fields.automaticRatio, text == automatic { return }
    guard let known = model.ratios.first(where: { $0.description == text }) else {
      let expected = model.ratios.map(\.description).joined(separator: " | ")
      throw SimulatedRefusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    ratio = known
  }

  /// Sets the tier.
  ///
  /// - Throws: `SimulatedRefusal` for a tier that the model does not support, or one in another gateway's
  ///   spelling.
  mutating func take(tier text: String, _ endpoint: SimulatedEndpoint) throws(SimulatedRefusal) {
    let model = endpoint.model
    let spelling = endpoint.gateway.fields.spelling
    guard let known = model.tiers.first(where: { spelling($0) == text }) else {
      let expected = model.tiers.map(spelling).joined(separator: " | ")
      throw SimulatedRefusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    tier = known
  }
}
