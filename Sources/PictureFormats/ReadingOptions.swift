/// How a picture file is read. An original is read the same way when it is prepared and when its result is
/// finished.
public struct ReadingOptions: Sendable, Hashable, Codable {
  /// The page of a TIFF, or the picture of an animated GIF or WebP, counted from 1, at most 10,000. `nil`
  /// uses the first that is not a preview of another. Default: `nil`.
  public var page: Int?
  /// Formats to read although their decoders are not tested against hostile files: `svg`, `jxl`, `jp2`. They
  /// are decoded only in a child process. Default: none.
  public var allowed: Set<String> = []
  /// Accepts a truncated JPEG or PNG and uses the part that exists, instead of refusing it. Default: `false`.
  public var allowsTruncated = false

  /// Creates options with the default values.
  public init() {}

  package var tolerance: DecodingTolerance { allowsTruncated ? .lenient : .strict }
}
