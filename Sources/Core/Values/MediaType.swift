/// A MIME type, such as `image/jpeg`, in lowercase and without parameters.
public struct MediaType: Hashable, Sendable, Codable {
  /// The type as text, such as `image/jpeg`.
  public let name: String

  /// Converts the text to lowercase. It is not checked against any registry.
  public init(_ name: String) {
    self.name = name.lowercased()
  }

  /// `image/jpeg`.
  public static let jpeg = MediaType("image/jpeg")
  /// `image/png`.
  public static let png = MediaType("image/png")
  /// `image/webp`.
  public static let webp = MediaType("image/webp")
}

extension MediaType: CustomStringConvertible {
  /// The type as text.
  public var description: String { name }
}
