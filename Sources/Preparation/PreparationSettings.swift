public import PictureFormats
public import Core

/// How pictures are prepared, for any receiver.
public struct PreparationSettings: Sendable, Hashable {
  /// The maximum size of a prepared file, 1,000 to 10,000,000 bytes; measured, never estimated. Default:
  /// `nil`, the receiver's limit.
  public var maximumBytes: ByteCount?
  /// The maximum longest edge. Default: `automatic`.
  public var maximumEdge = EdgeLimit.automatic
  /// The format to write. `nil` keeps an accepted format, and otherwise chooses JPEG or PNG by the content.
  /// Default: `nil`.
  public var format: MediaType?
  /// The encoding quality, 1…100. It is lowered only if the byte limit requires it. If it is set, a JPEG or
  /// WebP is always encoded again. `nil` means 92, or 97 if only the byte limit requires encoding. Default:
  /// `nil`.
  public var quality: Int?
  /// The background color for a transparent picture that must become opaque, and for margins. Default: white.
  public var background = RGBColor.white
  /// The maximum number of pixels, inclusive, at least 1. Larger pictures are refused before they are
  /// decoded. Default: 100,000,000.
  public var maximumPixels = 100_000_000
  /// Whether the picture keeps its aspect ratio, or is padded or cropped to that of the answer. Default:
  /// `none`.
  public var fit = Fit.none
  /// Formats to read although their decoders are not tested against hostile files: `svg`, `jxl`, `jp2`. They
  /// are decoded only in a child process. Default: none.
  public var allowed: Set<String> = []
  /// Keeps the names of the creator and the copyright holder if the file has them, and no other metadata.
  /// Default: `false`.
  public var keepsCopyright = false
  /// The page of a TIFF, or the picture of an animated GIF or WebP, counted from 1, at most 10,000. `nil`
  /// uses the first that is not a preview of another. Default: `nil`.
  public var page: Int?
  /// Accepts a truncated JPEG or PNG and uses the part that exists, instead of refusing it. Default: `false`.
  public var allowsTruncated = false

  /// Creates settings with the default values.
  public init() {}

  /// A limit on the longest edge of a picture.
  public enum EdgeLimit: Sendable, Hashable {
    /// The receiver's limit: 2048 px up to tier 2K, 4096 px at 4K, and none without a gateway.
    case automatic
    /// A given number of pixels, 16 to 100,000.
    case pixels(Int)
    /// No limit.
    case none
  }

  package var tolerance: DecodingTolerance { allowsTruncated ? .lenient : .strict }
}

/// The fields of messages to workers. The two limits are sent as the receiver's limits settle them.
extension PreparationSettings: Codable {
  private enum CodingKeys: CodingKey {
    case format, quality, background, maximumPixels, fit, allowed, keepsCopyright, page, allowsTruncated
  }
}
