public import Vocabulary

/// Everything Plantain knows about one image-edit API, as a value: a new gateway is a new value, not new code.
public struct Gateway: Sendable {
  /// The short name used on the command line, such as `apiyi`.
  public let id: String
  /// The language it speaks.
  public let dialect: Dialect
  /// Where it lives, without a trailing slash; `nil` when there is no fixed place (the simulator).
  public let baseURL: String?
  /// The environment variable that holds its key.
  public let keyVariable: String
  public let limits: Limits
  public let models: [Model]
  public let timeouts: Timeouts
  /// Its own documentation, and the day it was last compared with this value (ISO 8601).
  public let documentation: String
  public let checked: String

  /// The families of request and reply shapes.
  public enum Dialect: String, Sendable {
    /// Google's `generateContent`, pictures inline as base64 both ways.
    case nativeGemini = "native-gemini"
  }

  public struct Limits: Sendable {
    /// The most pictures in one request.
    public let references: Int
    /// The most file bytes of one picture.
    public let pictureBytes: ByteCount
    /// The most bytes of one request's body.
    public let requestBytes: ByteCount
    /// The picture formats it takes.
    public let formats: [MediaType]
  }

  /// How long one whole call may take.
  public struct Timeouts: Sendable {
    public let usual: Duration
    /// For 4K, and for several references.
    public let slow: Duration
  }

  /// The model used when none is named.
  public var defaultModel: Model { models[0] }

  /// The row for that model id; for an unknown id the default model's row under that id, because gateways add names
  /// faster than tables follow. Its price is then unknown.
  public func model(named id: String?) -> Model {
    guard let id else { return defaultModel }
    return models.first { $0.id == id } ?? defaultModel.renamed(id)
  }
}
