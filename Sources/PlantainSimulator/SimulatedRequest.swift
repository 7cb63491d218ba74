import Gateways
import PictureFormats
import Core

/// An edit request in any dialect, checked against the limits of its gateway.
struct SimulatedRequest: Sendable {
  /// The requested model, which defines the size of the result.
  let model: Model
  var prompt = ""
  /// The references that were sent as bytes.
  var pictures: [PictureBytes] = []
  var tier = Tier.one
  /// The aspect ratio; `nil` for the model's own choice.
  var ratio: AspectRatio?
  var count = 1
  /// The output format; `nil` for the model's own.
  var format: MediaType?
  var isSearching = false
  /// Whether the reply must contain base64, as OpenAI's own client can request.
  var wantsBase64 = false

  init(_ model: Model) { self.model = model }
}

/// The refusal of a request that the gateway would not accept, sent with status 400.
struct Refusal: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

extension SimulatedRequest {
  /// Adds a reference.
  ///
  /// - Throws: `Refusal` if the bytes are not a picture in a format and size that the gateway accepts.
  mutating func take(_ picture: PictureBytes, labeled label: String?, _ gateway: Gateway) throws(Refusal) {
    let actual = picture.withSpan { PictureFormat.recognize($0) }?.mediaType
    if let label, actual != MediaType(label) {
      throw Refusal("Unhandled mime type: labeled \(label), is \(actual?.name ?? "not a picture").")
    }
    guard let actual, gateway.limits.formats.contains(actual) else {
      throw Refusal("Unsupported image format: \(actual?.name ?? "not a picture").")
    }
    if let stated = gateway.limits.statedPictureBytes, picture.count > stated.bytes {
      throw Refusal("Image size \(picture.count) exceeds the limit of \(stated.bytes) bytes.")
    }
    pictures.append(picture)
  }

  /// Sets the aspect ratio.
  ///
  /// - Throws: `Refusal` for a ratio that the model does not support.
  mutating func take(ratio text: String, _ gateway: Gateway, _ model: Model) throws(Refusal) {
    if case .word(let automatic)? = gateway.fields.automaticRatio, text == automatic { return }
    guard let known = model.ratios.first(where: { $0.description == text }) else {
      let expected = model.ratios.map(\.description).joined(separator: " | ")
      throw Refusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    ratio = known
  }

  /// Sets the tier.
  ///
  /// - Throws: `Refusal` for a tier that the model does not support, or one in another gateway's spelling.
  mutating func take(tier text: String, _ gateway: Gateway, _ model: Model) throws(Refusal) {
    let spelling = gateway.fields.spelling
    guard let known = model.tiers.first(where: { spelling($0) == text }) else {
      let expected = model.tiers.map(spelling).joined(separator: " | ")
      throw Refusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    tier = known
  }
}
