/// What in a mask says where a picture may be edited.
public enum MaskEdits: String, Sendable, Codable, CaseIterable {
  /// What is white; gray mixes, and what is transparent counts as black.
  case white
  /// What is transparent, as OpenAI's API reads masks.
  case transparent
}
