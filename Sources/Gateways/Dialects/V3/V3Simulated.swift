extension V3Format {
  static let simulatedTraits: SimulatedTraits = .addresses

  static func simulatedRequest(
    _ json: JSONValue, at endpoint: SimulatedEndpoint
  ) throws(SimulatedRefusal) -> SimulatedRequest {
    try FlatSimulated.read(json, endpoint)
  }

  static func simulatedReply(to request: SimulatedRequest, _ answer: SimulatedAnswer) -> JSONValue {
    var document: [String: JSONValue] = ["image_urls": .array(answer.pictures.map { .string($0.address) })]
    if request.isSearching { document["grounding_metadata"] = request.grounding }
    return .object(document)
  }
}
