/// Replies with the URLs of the pictures, and what a search found:
///
///     {"image_urls": ["https://…"], "grounding_metadata": {"webSearchQueries": ["…"]}}
extension V3Format {
  static let repliesWithTasks = true

  static func reply(_ documents: [JSONValue]) -> any ReplyShape { FlatReply(documents: documents) }

  /// The grounding metadata of searches, as JSON text.
  static func grounding(_ document: JSONValue, _ task: JSONValue) -> String? {
    (document["grounding_metadata"] ?? task["grounding_metadata"])?.text
  }
}
