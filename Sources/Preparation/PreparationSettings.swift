public import PictureFormats
public import Core

/// How pictures are read and prepared, for any receiver.
///
/// The options for reading are its properties, too: `settings.page` is `settings.reading.page`.
@dynamicMemberLookup
public struct PreparationSettings: Sendable, Hashable {
  /// How the files are read.
  public var reading = ReadingOptions()
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
  /// Keeps the names of the creator and the copyright holder if the file has them, and no other metadata.
  /// Default: `false`.
  public var keepsCopyright = false

  /// Creates settings with the default values.
  public init() {}

  /// A property of the options for reading.
  public subscript<Value>(dynamicMember path: WritableKeyPath<ReadingOptions, Value>) -> Value {
    get { reading[keyPath: path] }
    set { reading[keyPath: path] = newValue }
  }

  /// A limit on the longest edge of a picture.
  public enum EdgeLimit: Sendable, Hashable {
    /// The receiver's limit: 2048 px up to tier 2K, 4096 px at 4K, and none without a gateway.
    case automatic
    /// A given number of pixels, 16 to 100,000.
    case pixels(Int)
    /// No limit.
    case none
  }
}

/// The message to a worker: the options for reading and the settings beside one another, without the two
/// limits, which are sent as the receiver's limits settle them.
extension PreparationSettings: Codable {
  private enum CodingKeys: CodingKey {
    case format, quality, background, maximumPixels, fit, keepsCopyright
  }

  /// Decodes the options for reading and the settings.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    reading = try ReadingOptions(from: decoder)
    format = try values.decodeIfPresent(MediaType.self, forKey: .format)
    quality = try values.decodeIfPresent(Int.self, forKey: .quality)
    background = try values.decode(RGBColor.self, forKey: .background)
    maximumPixels = try values.decode(Int.self, forKey: .maximumPixels)
    fit = try values.decode(Fit.self, forKey: .fit)
    keepsCopyright = try values.decode(Bool.self, forKey: .keepsCopyright)
  }

  /// Encodes the options for reading and the settings.
  public func encode(to encoder: any Encoder) throws {
    try reading.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(format, forKey: .format)
    try values.encodeIfPresent(quality, forKey: .quality)
    try values.encode(background, forKey: .background)
    try values.encode(maximumPixels, forKey: .maximumPixels)
    try values.encode(fit, forKey: .fit)
    try values.encode(keepsCopyright, forKey: .keepsCopyright)
  }
}
