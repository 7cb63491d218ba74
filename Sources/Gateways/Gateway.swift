public import Core

/// Everything Plantain knows about one image-edit API, as a value: a new gateway is a new value, not new code. Where an
/// API's pages are silent or contradict themselves, the value holds a switch, and the catalog says why it stands so.
public struct Gateway: Sendable {
  /// The short name used on the command line, such as `apiyi`.
  public var id: String
  /// The language it speaks.
  public var dialect: Dialect
  /// Where it lives, without a trailing slash; `nil` when there is no fixed place (the simulator).
  public var baseURL: String?
  /// Where requests go, below the base URL; `{model}` stands for the model's id.
  public var path: String
  /// Environment variables that may hold its key; the first that is set counts.
  public var keyVariables: [String]
  public var authorization: Authorization
  public var limits: Limits
  /// How references travel.
  public var carrier: Carrier
  /// The names and spellings that its requests use.
  public var fields: RequestFields
  /// Whether a request works without any reference.
  public var takesPromptAlone: Bool
  /// The most pictures that one request may ask for.
  public var maximumPictures = 1
  /// The output formats that can be asked for; empty: it cannot be chosen.
  public var outputFormats: [MediaType] = []
  /// Image search works only together with web search, so both are asked for.
  public var imageSearchNeedsWebSearch = false
  public var mode: Mode = .answer
  /// A header that carries a name for the request, so that sending it twice is one request.
  public var idempotency: Idempotency?
  public var errorDialect: ErrorDialect
  /// Failures that are documented to cost nothing and may be gone a moment later.
  public var retryable: Set<FailureKind> = [.rateLimited, .overloaded]
  /// How long a result's address can be fetched when the reply does not say; `nil`: not documented.
  public var resultLife: Duration?
  public var models: [Model]
  public var timeouts = Timeouts()
  /// Its own documentation, and the day it was last compared with this value (ISO 8601).
  public var documentation: String
  public var checked: String
}

extension Gateway {
  /// The families of request and reply shapes.
  public enum Dialect: String, Sendable, CaseIterable {
    /// Google's `generateContent`, pictures inline as base64 both ways.
    case nativeGemini = "native-gemini"
    /// Flat JSON with one list for base64 and one for addresses; answers with addresses (myrouter and its twins).
    case v3
    /// Flat JSON in the manner of OpenAI's images; answers with addresses or base64 (aimlapi).
    case images
    /// Flat JSON that is answered with a task's id, which is asked for until it is done (APIMart and its white labels).
    case task
  }

  /// How the key travels.
  public enum Authorization: String, Sendable, CaseIterable {
    /// `Authorization: Bearer KEY`.
    case bearer
    /// `x-goog-api-key: KEY`.
    case googleHeader = "x-goog-api-key"
    /// `?key=KEY`, for hosts that insist: an address lands in more logs than a header.
    case query
  }

  /// How the bytes of a reference are written.
  public enum Carrier: String, Sendable, CaseIterable {
    case rawBase64 = "base64"
    case dataURI = "data-uri"
    /// `inlineData` with type and base64.
    case inlineData = "inline-data"
  }

  public struct Limits: Sendable {
    /// The most pictures in one request, addresses included.
    public var references: Int
    /// More references than this are taken, but advised against: the model tells ten objects and four characters apart.
    public var advisedReferences = 10
    /// The most bytes of one picture, as documented; `nil`: not documented.
    public var statedPictureBytes: ByteCount?
    /// What the stated limit counts.
    public var counting = Counting.file
    /// The most bytes of one request's body.
    public var requestBytes = ByteCount.megabytes(20)
    /// The picture formats that its pages name.
    public var formats: [MediaType] = [.jpeg, .png]

    public enum Counting: String, Sendable, CaseIterable {
      /// The file's bytes.
      case file
      /// The base64 text.
      case base64
      /// The pages do not say, so both readings are kept.
      case unstated
    }

    /// The most file bytes of one picture: what the documentation states, never above 10 MB.
    public var pictureBytes: ByteCount {
      let stated = statedPictureBytes ?? .megabytes(10)
      return min(.megabytes(10), counting == .file ? stated : ByteCount(stated.bytes / 4 * 3))
    }
  }

  /// Whether the answer is the result, or a promise of it.
  public enum Mode: Sendable {
    case answer
    case task(TaskRoute)
  }

  public struct TaskRoute: Sendable {
    /// Below the base URL; `{task}` stands for the id.
    public var path: String
    /// Between two questions after a task.
    public var interval: Duration = .seconds(2)
    /// How long one question may take.
    public var timeout: Duration = .seconds(15)
  }

  public struct Idempotency: Sendable {
    public var header: String
    /// Whether the gateway is known to honor it, so that a request of unknown outcome may be sent again under its name.
    public var isHonored: Bool

    public init(header: String, isHonored: Bool) {
      self.header = header
      self.isHonored = isHonored
    }
  }

  /// How long one whole call may take, its retries and questions after a task included.
  public struct Timeouts: Sendable {
    public var usual: Duration = .seconds(360)
    /// For 4K, and for several references.
    public var slow: Duration = .seconds(600)
  }

  /// The model used when none is named.
  public var defaultModel: Model { models[0] }

  /// The row for that model id; for an unknown id the default model's row under that id, because gateways add names
  /// faster than tables follow. Its price is then unknown.
  public func model(named id: String?) -> Model {
    guard let id else { return defaultModel }
    return models.first { $0.id == id } ?? defaultModel.renamed(id)
  }

  /// The environment variable that puts it elsewhere, such as `PLANTAIN_APIYI_URL`.
  public var addressVariable: String { "PLANTAIN_\(variableName)_URL" }

  /// Its id as variables spell it.
  package var variableName: String { id.uppercased().replacing("-", with: "_") }

  /// Where its tasks are asked for; `nil` when it answers at once.
  package var taskRoute: TaskRoute? { if case .task(let route) = mode { route } else { nil } }
}
