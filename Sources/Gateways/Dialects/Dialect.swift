import Core

/// Encoding of requests and interpretation of replies for every dialect, as pure functions.
extension Gateway {
  /// Encodes an edit as an HTTP request to this gateway.
  ///
  /// - Parameter baseURL: Scheme and host, optionally with a path, without a trailing slash.
  package func encode(_ request: EditRequest, baseURL: String, key: APIKey) -> OutgoingRequest {
    let place = path.replacing("{model}", with: percentEncoded(request.model))
    var headers = [("Content-Type", "application/json")]
    if let idempotency, let name = request.idempotencyKey { headers.append((idempotency.header, name)) }
    return outgoing(baseURL + place, headers, body: body(of: request), key: key)
  }

  /// Encodes the request that polls the state of a task.
  ///
  /// - Parameter baseURL: The base URL of edit requests. Trailing segments that the task's path repeats are
  ///   removed.
  /// - Returns: `nil` if this gateway has no tasks.
  package func encodeQuestion(about task: String, baseURL: String, key: APIKey) -> OutgoingRequest? {
    guard let route = taskRoute else { return nil }
    let place = route.path.replacing("{task}", with: percentEncoded(task))
    let base = EndpointPath(route.path).base(of: baseURL)
    // A proxy can answer a GET from its cache.
    return outgoing(base + place, [("Cache-Control", "no-cache")], body: nil, key: key)
  }

  private func outgoing(
    _ url: String, _ headers: [(name: String, value: String)], body: RequestBody?, key: APIKey
  ) -> OutgoingRequest {
    var url = url
    var headers = headers + [("Accept", "application/json"), ("Accept-Encoding", "gzip, deflate")]
    switch authorization {
    case .bearer: headers.insert(("Authorization", "Bearer \(key.revealed)"), at: 0)
    case .googleHeader: headers.insert(("x-goog-api-key", key.revealed), at: 0)
    case .query: url += (url.contains("?") ? "&" : "?") + "key=" + percentEncoded(key.revealed)
    }
    return OutgoingRequest(url: url, headers: headers, body: body)
  }

  private func body(of request: EditRequest) -> RequestBody { dialect.format.document(request, self).body }

  /// The length of the body that `encode` makes for a request, in bytes.
  package func bodyLength(of request: EditRequest) -> Int { body(of: request).length }

  /// Interprets this gateway's reply to an edit request.
  ///
  /// - Parameter key: The key to redact from all text that the outcome quotes.
  package func interpret(_ reply: IncomingReply, key: APIKey? = nil) -> Outcome {
    ReplyReader(gateway: self, key: key).read(reply)
  }

  /// Interprets this gateway's reply to a poll of a task.
  ///
  /// - Parameter key: The key to redact from all text that the outcome quotes.
  package func interpretTask(_ reply: IncomingReply, key: APIKey? = nil) -> Outcome {
    ReplyReader(gateway: self, key: key).readTask(reply)
  }
}
