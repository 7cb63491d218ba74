import Base64
import Gateways
import Imaging
import Vocabulary

/// Reads a `generateContent` request and answers it. Both spellings of keys and both base64 alphabets are taken, as
/// Google does; members of `imageConfig` that only Vertex knows are refused, as Google does.
enum NativeGeminiRoute {
  struct Answer: Sendable {
    let status: Int
    let body: any Encodable & Sendable
  }

  static func answer(_ body: [UInt8], isAuthorised: Bool) async -> Answer {
    guard isAuthorised else {
      return .failure(401, "UNAUTHENTICATED", "Request is missing required authentication credential.")
    }
    do {
      let request = try Request(body)
      let picture = try await WorkerPool.shared.run {
        try SimulatedModel.edit(
          request.references, prompt: request.prompt, tier: request.tier, ratio: request.ratio)
      }
      return Answer(status: 200, body: Reply(picture, request))
    } catch let error as Refusal {
      return .failure(400, "INVALID_ARGUMENT", error.message)
    } catch let error as ImagingError {
      return .failure(400, "INVALID_ARGUMENT", "Unable to process input image: \(error)")
    } catch {
      return .failure(500, "INTERNAL", "An internal error has occurred.")
    }
  }

  struct Refusal: Error {
    let message: String
  }
}

extension NativeGeminiRoute {
  /// What a request asks for, checked.
  struct Request: Sendable {
    var prompt = ""
    var references: [PictureBytes] = []
    var tier = Tier.one
    var ratio: AspectRatio?

    init(_ body: [UInt8]) throws {
      guard let json = JSONValue(parsing: body) else {
        throw Refusal(message: "Invalid JSON payload received.")
      }
      for part in json["contents"]?.elements.flatMap({ $0["parts"]?.elements ?? [] }) ?? [] {
        try read(part)
      }
      guard !prompt.isEmpty else { throw Refusal(message: "contents.parts must hold a text.") }
      guard references.count <= Gateway.simulator.limits.references else {
        throw Refusal(message: "At most \(Gateway.simulator.limits.references) images are supported.")
      }
      if let generation = json["generationConfig"] { try read(generation: generation) }
    }

    private mutating func read(_ part: JSONValue) throws {
      if let text = part["text"]?.string { prompt += text }
      guard let inline = part["inlineData"] else { return }
      guard let type = inline["mimeType"]?.string, let data = inline["data"]?.string else {
        throw Refusal(message: "inlineData needs mimeType and data.")
      }
      let bytes: PictureBytes
      do {
        bytes = try Base64.decodeForgiving(data)
      } catch {
        throw Refusal(message: "Base64 decoding failed at character \(error.offset).")
      }
      let actual = bytes.withSpan { PictureFormat.recognise($0) }?.mediaType
      guard actual == MediaType(type) else {
        throw Refusal(
          message: "Unhandled mime type: labelled \(type), is \(actual?.name ?? "not a picture").")
      }
      references.append(bytes)
    }

    private mutating func read(generation: JSONValue) throws {
      guard let image = generation["imageConfig"] else { return }
      try Self.refuseStrangers(in: image)
      if let text = image["aspectRatio"]?.string {
        guard let known = NanoBanana2.ratios.first(where: { $0.description == text }) else {
          throw Refusal(message: "aspect_ratio must be one of the supported values, got '\(text)'.")
        }
        ratio = known
      }
      if let text = image["imageSize"]?.string {
        guard let known = Tier.allCases.first(where: { ($0 == .half ? "512" : $0.rawValue) == text }) else {
          throw Refusal(message: "image_size must be one of 512, 1K, 2K, 4K, got '\(text)'.")
        }
        tier = known
      }
    }

    private static func refuseStrangers(in imageConfig: JSONValue) throws {
      let known: Set<String> = ["aspectRatio", "aspect_ratio", "imageSize", "image_size"]
      guard let stranger = imageConfig.members.keys.sorted().first(where: { !known.contains($0) }) else {
        return
      }
      let place = "at 'generation_config.image_config'"
      throw Refusal(
        message: "Invalid JSON payload received. Unknown name \"\(stranger)\" \(place): Cannot find field.")
    }
  }

  /// The reply's shape, as Google documents it.
  struct Reply: Encodable, Sendable {
    struct Inline: Encodable, Sendable {
      let mimeType: String
      let data: String
    }
    struct Part: Encodable, Sendable { let inlineData: Inline }
    struct Content: Encodable, Sendable {
      let role = "model"
      let parts: [Part]
    }
    struct Candidate: Encodable, Sendable {
      let content: Content
      let finishReason = "STOP"
      let index = 0
    }
    struct Usage: Encodable, Sendable {
      let promptTokenCount: Int
      let candidatesTokenCount: Int
      let totalTokenCount: Int
    }

    let candidates: [Candidate]
    let usageMetadata: Usage
    let modelVersion = "plantain-simulator"

    init(_ picture: SimulatedModel.Answer, _ request: Request) {
      let text = Base64.encode(picture.bytes)
      let part = Part(inlineData: Inline(mimeType: picture.mediaType.name, data: text))
      candidates = [Candidate(content: Content(parts: [part]))]
      // Tokens per picture in and out, as Google's price page counts them.
      let input = 1_120 * request.references.count + request.prompt.utf8.count / 4
      let output =
        switch request.tier {
        case .half: 747
        case .one: 1_120
        case .two: 1_680
        case .four: 2_520
        }
      usageMetadata = Usage(
        promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output)
    }
  }

  struct ErrorBody: Encodable, Sendable {
    struct Content: Encodable, Sendable {
      let code: Int
      let message: String
      let status: String
    }
    let error: Content
  }
}

extension NativeGeminiRoute.Answer {
  static func failure(_ code: Int, _ status: String, _ message: String) -> Self {
    Self(
      status: code,
      body: NativeGeminiRoute.ErrorBody(error: .init(code: code, message: message, status: status)))
  }
}
