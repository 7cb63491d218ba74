public import Core

/// The description of one image-edit API, as a value: a new gateway is a new value, not new code. Where the
/// API's documentation is silent or contradicts itself, the value has a setting, and the catalog explains the
/// choice.
public struct Gateway: Sendable {
  /// The short name used on the command line, such as `apiyi`.
  public var id: String
  /// The shape of its requests and replies.
  public var dialect: Dialect
  /// The base URL without a trailing slash; `nil` if there is no fixed one (the simulator).
  public var baseURL: String?
  /// The path of edit requests below the base URL; `{model}` stands for the model's id.
  public var path: String
  /// The environment variables that may hold the key; the first one that is set is used.
  public var keyVariables: [String]
  /// How a request carries the key.
  public var authorization: Authorization
  /// The limits on the references and the body of one request.
  public var limits: Limits
  /// The encoding of references that are sent as bytes.
  public var carrier: Carrier
  /// The names and spellings of the fields in a request.
  public var fields: RequestFields
  /// Whether a request works without any reference.
  public var takesPromptAlone: Bool
  /// The maximum number of pictures that one request can order. Default: 1.
  public var maximumPictures = 1
  /// The output formats that a request can select; empty if there is no choice. Default: empty.
  public var outputFormats: [MediaType] = []
  /// Whether image search works only together with web search, so that a request enables both. Default:
  /// `false`.
  public var imageSearchNeedsWebSearch = false
  /// Whether the reply carries the result or the id of a task. Default: `answer`.
  public var mode: Mode = .answer
  /// The header with an idempotency key, which makes a request that is sent twice one request. Default:
  /// `nil`, none.
  public var idempotency: Idempotency?
  /// The vocabulary of its errors.
  public var errorDialect: ErrorDialect
  /// Failures that are documented as free of charge and may pass soon. Default: rate limits and overload.
  public var retryable: Set<FailureKind> = [.rateLimited, .overloaded]
  /// How long a result can be downloaded if the reply does not say. Default: `nil`, not documented.
  public var resultLife: Duration?
  /// The models that it offers; the first one is the default.
  public var models: [Model]
  /// The timeouts of one whole call.
  public var timeouts = Timeouts()
  /// The URL of its documentation; a file name for the simulator.
  public var documentation: String
  /// The day when the documentation was last compared with this value (ISO 8601).
  public var checked: String
}

extension Gateway {
  /// A family of request and reply formats.
  public enum Dialect: String, Sendable, CaseIterable {
    /// Google's `generateContent`, with pictures inline as base64 in requests and replies.
    case nativeGemini = "native-gemini"
    /// Flat JSON with one list for base64 and one for URLs; replies contain URLs (myrouter and its twins).
    case v3
    /// Flat JSON modeled on OpenAI's images API; replies contain URLs or base64 (aimlapi).
    case images
    /// Flat JSON whose reply contains the id of a task, which is polled until it is done (APIMart and its
    /// white labels).
    case task
  }

  /// How a request carries the key.
  public enum Authorization: String, Sendable, CaseIterable {
    /// `Authorization: Bearer KEY`.
    case bearer
    /// `x-goog-api-key: KEY`.
    case googleHeader = "x-goog-api-key"
    /// `?key=KEY`, only for hosts that require it: a URL is logged in more places than a header.
    case query
  }

  /// The encoding of the bytes of a reference.
  public enum Carrier: String, Sendable, CaseIterable {
    /// Base64 without a prefix.
    case rawBase64 = "base64"
    /// A base64 data URI, `data:TYPE;base64,…`.
    case dataURI = "data-uri"
    /// An `inlineData` object with media type and base64.
    case inlineData = "inline-data"
  }

  /// The limits on the references and the body of one request.
  public struct Limits: Sendable {
    /// The maximum number of references in one request, including those sent as URLs.
    public var references: Int
    /// The recommended maximum of references: the model can distinguish ten objects and four characters. More
    /// are accepted. Default: 10.
    public var advisedReferences = 10
    /// The documented maximum size of one picture. Default: `nil`, not documented.
    public var statedPictureBytes: ByteCount?
    /// What the documented maximum counts. Default: the bytes of the file.
    public var counting = Counting.file
    /// The maximum size of the body of one request. Default: 20 MB.
    public var requestBytes = ByteCount.megabytes(20)
    /// The picture formats that the documentation names. Default: JPEG and PNG.
    public var formats: [MediaType] = [.jpeg, .png]

    /// What a size limit counts.
    public enum Counting: String, Sendable, CaseIterable {
      /// The bytes of the file.
      case file
      /// The characters of its base64 text.
      case base64
      /// The documentation does not say. Plantain respects both readings.
      case unstated
    }

    /// The maximum file size of one picture: the documented limit, but not more than 10 MB. A limit on base64
    /// text is converted to file bytes (3/4).
    public var pictureBytes: ByteCount {
      let stated = statedPictureBytes ?? .megabytes(10)
      return min(.megabytes(10), counting == .file ? stated : ByteCount(stated.bytes / 4 * 3))
    }
  }

  /// Whether a gateway works synchronously or through tasks.
  public enum Mode: Sendable {
    /// The reply to an edit request carries the result.
    case answer
    /// The reply to an edit request carries the id of a task, which is polled at this route.
    case task(TaskRoute)
  }

  /// The endpoint that returns the state of a task.
  public struct TaskRoute: Sendable {
    /// The path below the base URL; `{task}` stands for the id.
    public var path: String
    /// The time between two polls. Default: 2 s.
    public var interval: Duration = .seconds(2)
    /// The timeout of one poll. Default: 15 s.
    public var timeout: Duration = .seconds(15)
  }

  /// Support for idempotency keys.
  public struct Idempotency: Sendable {
    /// The name of the header that carries the key.
    public var header: String
    /// Whether the gateway is known to honor the key. If so, a request of unknown outcome is sent again under
    /// the same key.
    public var isHonored: Bool

    /// Creates a description of a gateway's idempotency keys.
    public init(header: String, isHonored: Bool) {
      self.header = header
      self.isHonored = isHonored
    }
  }

  /// The timeouts of one whole call, including retries and polls of a task.
  public struct Timeouts: Sendable {
    /// The timeout of most calls. Default: 360 s.
    public var usual: Duration = .seconds(360)
    /// The timeout for 4K and for several references. Default: 600 s.
    public var slow: Duration = .seconds(600)
  }

  /// The model that is used if the caller names none.
  public var defaultModel: Model { models[0] }

  /// Returns the model with an id, or the default model if `id` is `nil`. Gateways add models faster than the
  /// table is updated, so an unknown id returns the default model under that id, without a price.
  public func model(named id: String?) -> Model {
    guard let id else { return defaultModel }
    return models.first { $0.id == id } ?? defaultModel.renamed(id)
  }

  /// The environment variable that overrides the base URL, such as `PLANTAIN_APIYI_URL`.
  public var addressVariable: String { "PLANTAIN_\(variableName)_URL" }

  /// The id in the spelling of environment variables.
  package var variableName: String { id.uppercased().replacing("-", with: "_") }

  /// The endpoint for polling tasks; `nil` if the reply carries the result.
  package var taskRoute: TaskRoute? { if case .task(let route) = mode { route } else { nil } }
}
