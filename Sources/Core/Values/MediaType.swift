/// A MIME type, such as `image/jpeg`, in lower case and without parameters.
public struct MediaType: Hashable, Sendable, Codable {
  public let name: String

  /// The text is put in lower case; it is not checked against any registry.
  public init(_ name: String) {
    self.name = name.lowercased()
  }

  public static let jpeg = MediaType("image/jpeg")
  public static let png = MediaType("image/png")
  public static let webp = MediaType("image/webp")
}

extension MediaType: CustomStringConvertible {
  public var description: String { name }
}
