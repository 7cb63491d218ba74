import Core

/// The two directions of every dialect, as pure functions.
extension Gateway {
  /// The request as this gateway wants it.
  ///
  /// - Parameter baseURL: scheme and host, with or without a path, without a trailing slash.
  package func encode(_ request: EditRequest, baseURL: String, key: APIKey) -> OutgoingRequest {
    let place = path.replacing("{model}", with: percentEncoded(request.model))
    var headers = [("Content-Type", "application/json")]
    if let idempotency, let name = request.idempotencyKey { headers.append((idempotency.header, name)) }
    return outgoing(baseURL + place, headers, body: body(of: request), key: key)
  }

  /// The question after a task.
  ///
  /// - Parameter baseURL: as for a request, of which the task's path may repeat the end.
  package func encodeQuestion(about task: String, baseURL: String, key: APIKey) -> OutgoingRequest? {
    guard let route = taskRoute else { return nil }
    let place = route.path.replacing("{task}", with: percentEncoded(task))
    let base = BaseAddress(before: route.path).base(of: baseURL)
    // Answers to a GET can come out of a cache on the way.
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

  private func body(of request: EditRequest) -> RequestBody {
    switch dialect {
    case .nativeGemini: NativeGemini.document(request, fields).body
    case .v3, .images, .task: FlatRequest.document(request, self).body
    }
  }

  /// The number of bytes that the request's body will have.
  package func bodyLength(of request: EditRequest) -> Int { body(of: request).length }

  /// What this gateway's answer to a request means.
  ///
  /// - Parameter key: removed from every word that the outcome quotes.
  package func interpret(_ reply: IncomingReply, key: APIKey? = nil) -> Outcome {
    ReplyReader(gateway: self, key: key).read(reply)
  }

  /// What this gateway's answer to a question after a task means.
  package func interpretTask(_ reply: IncomingReply, key: APIKey? = nil) -> Outcome {
    ReplyReader(gateway: self, key: key).readTask(reply)
  }
}
