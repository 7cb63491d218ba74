import Gateways
import Imaging
import PictureFormats
import Core

/// What a request asks for, whatever its dialect, checked against what its gateway takes.
struct SimulatedRequest: Sendable {
  /// What is asked; its sizes are the answer's.
  let model: Model
  var prompt = ""
  /// Those that came as bytes.
  var pictures: [PictureBytes] = []
  var tier = Tier.one
  /// `nil`: the model's own choice.
  var ratio: AspectRatio?
  var count = 1
  /// `nil`: the model's own.
  var format: MediaType?
  var isSearching = false
  /// As OpenAI's own client can ask for.
  var wantsBase64 = false

  init(_ model: Model) { self.model = model }
}

/// A request that the gateway would not take; status 400.
struct Refusal: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

extension SimulatedRequest {
  /// - Throws: when the bytes are no picture of a format that the gateway takes.
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

  /// - Throws: for a ratio that the model lacks.
  mutating func take(ratio text: String, _ gateway: Gateway, _ model: Model) throws(Refusal) {
    if case .word(let automatic)? = gateway.fields.automaticRatio, text == automatic { return }
    guard let known = model.ratios.first(where: { $0.description == text }) else {
      let expected = model.ratios.map(\.description).joined(separator: " | ")
      throw Refusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    ratio = known
  }

  /// - Throws: for a tier that the model lacks, or one in another gateway's spelling.
  mutating func take(tier text: String, _ gateway: Gateway, _ model: Model) throws(Refusal) {
    let spelling = gateway.fields.spelling
    guard let known = model.tiers.first(where: { spelling($0) == text }) else {
      let expected = model.tiers.map(spelling).joined(separator: " | ")
      throw Refusal("Invalid enum value. Expected \(expected), received '\(text)'.")
    }
    tier = known
  }
}
