extension ImagesFormat {
  /// The errors of aimlapi: `{"message", "statusCode", "requestId"}`, with the status as text and without
  /// codes of their own.
  static let errors = ErrorVocabulary(statuses: [403: .outOfCredit]) { status, message, path in
    .object([
      "message": .string(message), "statusCode": .string("\(status)"), "requestId": .string("simulated"),
      "path": .string(path),
    ])
  }
}
