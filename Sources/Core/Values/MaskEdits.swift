/// Which part of a mask marks the editable area of a picture.
public enum MaskEdits: String, Sendable, Codable, CaseIterable {
  /// The white part. Gray blends, and transparent pixels count as black.
  case white
  /// The transparent part, as in masks for OpenAI's API.
  case transparent
}
