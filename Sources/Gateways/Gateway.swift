public import Core

/// The description of one image-edit API, as a value: a new gateway is a new value, not new code. Where the
/// API's documentation is silent or contradicts itself, the value has a setting, and the catalog explains the
/// choice.
public struct Gateway: Sendable {
  /// The short name, such as `apiyi`.
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

  /// Creates the description of a gateway. Every parameter is the property of its name.
  ///
  /// A host that speaks like one of the catalog is shorter to describe as a copy of that:
  /// `init(_:like:baseURL:models:)`.
  /// What a route cannot use, such as a gateway without models, is an error of `Route.init`.
  ///
  /// - Parameters:
  ///   - id: the short name, from which the environment variable of its URL follows.
  ///   - dialect: the shape of its requests and replies.
  ///   - baseURL: the base URL without a trailing slash. Default: `nil`, given by each route.
  ///   - path: the path of edit requests, with `{model}` if no field holds the model.
  ///   - keyVariables: the environment variables that may hold the key. Default: `nil`, `ID_API_KEY`.
  ///   - authorization: how a request carries the key. Default: `bearer`.
  ///   - limits: the limits of one request.
  ///   - carrier: the encoding of references; `inlineData` is that of the native dialect alone.
  ///   - fields: the names of the fields in a request.
  ///   - takesPromptAlone: whether a request works without any reference. Default: `true`.
  ///   - maximumPictures: the maximum number of pictures of one request. Default: 1.
  ///   - outputFormats: the output formats that a request can select. Default: none.
  ///   - imageSearchNeedsWebSearch: whether image search works only with web search. Default: `false`.
  ///   - mode: whether the reply carries the result or a task. Default: `answer`.
  ///   - idempotency: the header with an idempotency key. Default: `nil`, none.
  ///   - errorDialect: the vocabulary of its errors.
  ///   - retryable: failures that are free of charge and may pass soon. Default: rate limits and overload.
  ///   - resultLife: how long a result can be downloaded. Default: `nil`, unknown.
  ///   - models: the models that it offers, at least one; the first is the default.
  ///   - timeouts: the timeouts of one whole call. Default: 360 s, or 600 s for 4K and several references.
  ///   - documentation: where it is documented, for messages. Default: `its documentation`.
  ///   - checked: the day when that was last read (ISO 8601). Default: empty, unknown.
  public init(
    id: String, dialect: Dialect, baseURL: String? = nil, path: String, keyVariables: [String]? = nil,
    authorization: Authorization = .bearer, limits: Limits, carrier: Carrier, fields: RequestFields,
    takesPromptAlone: Bool = true, maximumPictures: Int = 1, outputFormats: [MediaType] = [],
    imageSearchNeedsWebSearch: Bool = false, mode: Mode = .answer, idempotency: Idempotency? = nil,
    errorDialect: ErrorDialect, retryable: Set<FailureKind> = [.rateLimited, .overloaded],
    resultLife: Duration? = nil, models: [Model], timeouts: Timeouts = Timeouts(),
    documentation: String = "its documentation", checked: String = ""
  ) {
    (self.id, self.dialect, self.baseURL, self.path) = (id, dialect, baseURL, path)
    self.keyVariables = keyVariables ?? [Self.keyVariable(of: id)]
    (self.authorization, self.limits, self.carrier) = (authorization, limits, carrier)
    (self.fields, self.takesPromptAlone) = (fields, takesPromptAlone)
    (self.maximumPictures, self.outputFormats) = (maximumPictures, outputFormats)
    (self.imageSearchNeedsWebSearch, self.mode) = (imageSearchNeedsWebSearch, mode)
    (self.idempotency, self.errorDialect, self.retryable) = (idempotency, errorDialect, retryable)
    (self.resultLife, self.models, self.timeouts) = (resultLife, models, timeouts)
    (self.documentation, self.checked) = (documentation, checked)
  }
}

extension Gateway {
  /// The model that is used if the caller names none.
  public var defaultModel: Model { models[0] }

  /// Returns the model with an id, or the default model if `id` is `nil`. Gateways add models faster than the
  /// table is updated, so an unknown id returns the default model under that id, without a price.
  package func model(named id: String?) -> Model {
    guard let id else { return defaultModel }
    return models.first { $0.id == id } ?? defaultModel.renamed(id)
  }

  /// The environment variable that overrides the base URL, such as `PLANTAIN_APIYI_URL`.
  package var addressVariable: String { "PLANTAIN_\(variableName)_URL" }

  /// The id in the spelling of environment variables.
  package var variableName: String { Self.variableName(of: id) }

  /// The endpoint for polling tasks; `nil` if the reply carries the result.
  package var taskRoute: TaskRoute? { if case .task(let route) = mode { route } else { nil } }
}
