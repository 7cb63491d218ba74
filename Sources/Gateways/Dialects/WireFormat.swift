import Core

/// The code of one dialect: what a gateway of this dialect receives and replies, and the same from the
/// simulator's side. All functions are pure.
///
/// A dialect is a folder below `Dialects` with these four parts, a line in `Gateway.Dialect.format`, and a
/// folder of the same name below `Tests/Fixtures/Dialects`.
protocol WireFormat {
  // MARK: - Request

  /// The JSON of an edit request.
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode

  // MARK: - Reply

  /// Reads a reply. `documents` are its JSON values: one, or those of a list or stream.
  static func reply(_ documents: [JSONValue]) -> any ReplyShape
  /// Whether the reply to an edit request can name a task instead of a picture.
  static var repliesWithTasks: Bool { get }

  // MARK: - Errors

  /// The errors of the gateways that this dialect comes from.
  static var errors: ErrorVocabulary { get }

  // MARK: - The simulator's side

  static var simulatedTraits: SimulatedTraits { get }
  /// Reads an edit request as strictly as the gateway would.
  static func simulatedRequest(
    _ json: JSONValue, at endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) -> SimulatedRequest
  /// The JSON of the reply to an edit request.
  static func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue
}

extension Gateway.Dialect {
  /// The code of this dialect.
  var format: any WireFormat.Type {
    switch self {
    case .nativeGemini: NativeGeminiFormat.self
    case .v3: V3Format.self
    case .images: ImagesFormat.self
    case .task: TaskFormat.self
    }
  }
}

extension ErrorDialect {
  var vocabulary: ErrorVocabulary {
    switch self {
    case .google: NativeGeminiFormat.errors
    case .openAI: .openAI
    case .apimart: TaskFormat.errors
    case .aimlapi: ImagesFormat.errors
    case .novita: V3Format.errors
    }
  }
}
