/// The two directions of every dialect, as pure functions.
extension Gateway {
  /// The request as this gateway wants it.
  ///
  /// - Parameter baseURL: scheme and host, with or without a path, without a trailing slash.
  package func encode(_ request: EditRequest, baseURL: String, key: APIKey) -> OutgoingRequest {
    switch dialect {
    case .nativeGemini: NativeGemini.encode(request, baseURL: baseURL, key: key)
    }
  }

  /// The number of bytes that the request's body will have.
  package func bodyLength(of request: EditRequest) -> Int {
    switch dialect {
    case .nativeGemini: NativeGemini.body(request).length
    }
  }

  /// What this gateway's reply means.
  ///
  /// - Parameter key: removed from every word that the outcome quotes.
  package func interpret(_ reply: IncomingReply, key: APIKey? = nil) -> Outcome {
    switch dialect {
    case .nativeGemini: NativeGemini.interpret(reply, key: key)
    }
  }
}
