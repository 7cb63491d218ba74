package import Core

/// A gateway seen from the other side, for the simulator: requests are read, and replies and errors written,
/// as pure functions.
extension Gateway {
  /// What the simulator must know of this gateway's dialect besides its JSON.
  package var simulatedTraits: SimulatedTraits { dialect.format.simulatedTraits }

  /// Reads the body of an edit request.
  ///
  /// - Parameters:
  ///   - model: The model in the URL's path, for requests that do not name one.
  ///   - mediaType: Returns the media type of a picture by its content; `nil` if it is not a picture.
  /// - Throws: `SimulatedRefusal` for a request that the gateway would not accept.
  package func simulatedRequest(
    _ body: [UInt8], model: String?, mediaType: @escaping (PictureBytes) -> MediaType?
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    guard let json = JSONValue(parsing: body) else {
      throw SimulatedRefusal("Invalid JSON payload received.")
    }
    let model = self.model(named: json["model"]?.string ?? model)
    return try dialect.format.simulatedRequest(
      json, at: SimulatedEndpoint(gateway: self, model: model, mediaType: mediaType))
  }

  /// The body of the reply to an edit request.
  package func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue {
    dialect.format.simulatedReply(to: request, answer)
  }

  /// The body of an error.
  package func simulatedError(_ status: Int, _ message: String) -> JSONValue {
    errorDialect.vocabulary.body(status, message, path)
  }

  /// The body of the reply to a poll of a task.
  ///
  /// - Parameter expires: The expiration of the task's pictures, in seconds since 1970.
  package func simulatedReport(
    on task: String, _ state: SimulatedTaskState, expires: Int
  ) -> JSONValue {
    TaskFormat.report(task, state, expires: expires)
  }
}
