import Foundation
import Gateways
import TestSupport
import Core

extension Gateway.Dialect {
  /// The name of the folders with its code and with its fixtures.
  var folderName: String { "\(self)".prefix(1).uppercased() + "\(self)".dropFirst() }

  /// The fixture with a name, without its last line break.
  func fixture(_ name: String) throws -> String {
    let bytes = try Samples.fixture("Dialects/\(folderName)/\(name)")
    return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }

  /// The built-in gateways of this dialect.
  var gateways: [Gateway] { Gateway.all.filter { $0.dialect == self } }
}

/// The references of `fullRequest`. They are not pictures, but both sides believe that they are.
let referenceTypes = [MediaType.jpeg: Array("a JPEG".utf8), .png: Array("a PNG".utf8)]

/// The media type of a reference of `fullRequest`; `nil` for any other bytes.
func mediaType(_ bytes: PictureBytes) -> MediaType? {
  referenceTypes.first { $0.value == bytes.array }?.key
}

/// A request with every option set. A gateway writes only the options for which it has a field.
func fullRequest(to gateway: Gateway) -> EditRequest {
  var references: [EditRequest.Reference] = [MediaType.jpeg, .png].map { type in
    .picture(type, PictureContent(PictureBytes(referenceTypes[type] ?? [])))
  }
  if gateway.fields.addresses != nil { references.append(.address("http://example.com/style.png")) }
  var request = EditRequest(
    prompt: "make it \"evening\"", model: gateway.defaultModel.id, tier: .two,
    shape: .ratio(AspectRatio(16, 9)), references: references)
  request.count = gateway.maximumPictures
  request.outputFormat = gateway.outputFormats.last
  request.webSearch = true
  request.imageSearch = gateway.fields.imageSearch != nil
  request.officialFallback = gateway.fields.officialFallback != nil
  request.thinking = .high
  request.idempotencyKey = "edit-1"
  return request
}

/// The text of a body as it is sent.
func text(_ body: RequestBody?) -> String {
  (body?.pieces ?? []).reduce(into: "") { text, piece in
    switch piece {
    case .text(let bytes): text += String(decoding: bytes, as: UTF8.self)
    case .base64(let content): text += Data((try? content.read().array) ?? []).base64EncodedString()
    }
  }
}
