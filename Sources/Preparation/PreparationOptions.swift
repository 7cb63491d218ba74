public import PictureFormats
public import Core

/// The requirements that a prepared picture must meet, and how far it may be changed to meet them.
public struct PreparationOptions: Sendable, Codable, Hashable {
  /// The maximum size of the prepared file, 1,000 to 10,000,000 bytes; measured, never estimated. Default:
  /// 10,000,000.
  public var maximumBytes = ByteCount.megabytes(10)
  /// The maximum longest edge in pixels, 16 to 100,000; `nil` keeps the size. Default: `nil`.
  public var maximumEdge: Int?
  /// The format to write. `nil` keeps an accepted format, and otherwise chooses JPEG or PNG by the content.
  /// Default: `nil`.
  public var format: MediaType?
  /// The formats that the receiver accepts. Default: JPEG, PNG and WebP.
  public var acceptedFormats: [MediaType] = [.jpeg, .png, .webp]
  /// The encoding quality, 1…100. It is lowered only if the byte limit requires it. If it is set, a JPEG or
  /// WebP is always encoded again. `nil` means 92, or 97 if only the byte limit requires encoding. Default:
  /// `nil`.
  public var quality: Int?
  /// The background color for a transparent picture that must become opaque, and for margins. Default: white.
  public var background = RGBColor.white
  /// The maximum number of pixels, inclusive, at least 1. Larger pictures are refused before they are
  /// decoded. Default: 100,000,000.
  public var maximumPixels = 100_000_000

  /// Whether the picture keeps its aspect ratio, or is padded or cropped to one of `ratios`. Default: `none`.
  public var fit = Fit.none
  /// The aspect ratios for `fit`, of which the nearest is used. Default: none.
  public var ratios: [AspectRatio] = []

  /// Pads the picture, or the part that is sent for a region, to the aspect ratio of the result by mirroring.
  /// `fit` must be `none` then. `nil` keeps the aspect ratio. Default: `nil`.
  public var mirrorPadding: MirrorPadding?

  /// The area to edit, in the pixels of the upright picture. Only it and some of its surroundings are sent.
  /// `nil` sends the whole picture. Default: `nil`.
  public var region: PixelArea?
  /// The sizes that the model can return. A region is sent in the aspect ratio of one of them, and no larger.
  /// Default: none.
  public var regionSizes: [PixelSize] = []

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

  /// Creates options with the default values.
  public init() {}

  /// The metadata of a picture that is kept.
  package func kept(of structure: PictureStructure) -> Attribution {
    keepsCopyright ? structure.attribution : Attribution()
  }

  package var tolerance: DecodingTolerance { allowsTruncated ? .lenient : .strict }

  /// The largest file that any gateway accepts.
  package static let largestCap = ByteCount.megabytes(10)

  /// Checks that all options are in range.
  ///
  /// - Throws: `invalidOption` with the value and what was expected.
  package func validate() throws(PreparationError) {
    try require(
      (ByteCount(1_000)...Self.largestCap).contains(maximumBytes), "1,000…10,000,000 bytes", "the byte limit",
      maximumBytes.bytes.grouped)
    if let quality { try require((1...100).contains(quality), "1…100", "quality", "\(quality)") }
    if let maximumEdge {
      try require(
        (16...100_000).contains(maximumEdge), "16…100,000 pixels", "the longest edge", "\(maximumEdge)")
    }
    if fit != .none {
      try require(!ratios.isEmpty, "at least one", "the aspect ratios to pad or crop to", "none")
      try require(mirrorPadding == nil, "no mirror padding", "a picture that is padded or cropped", "some")
    }
    if let mirrorPadding {
      try require((0...0.1).contains(mirrorPadding.margin), "0…0.1", "the margin", "\(mirrorPadding.margin)")
    }
    for word in allowed {
      try require(
        PictureFormat.permissions.contains(word),
        "one of \(PictureFormat.permissions.joined(separator: ", "))",
        "an allowed format", word)
    }
    try require(maximumPixels >= 1, "at least 1", "the pixel limit", "\(maximumPixels)")
    if let page { try require((1...10_000).contains(page), "1…10,000", "the page", "\(page)") }
    if let format {
      let known = PictureFormat.writable(format) != nil && acceptedFormats.contains(format)
      let names = acceptedFormats.map(\.name).joined(separator: ", ")
      try require(known, "one of \(names)", "the format", format.name)
    }
  }

  private func require(
    _ holds: Bool, _ expected: String, _ option: String, _ received: String
  ) throws(PreparationError) {
    guard holds else { throw .invalidOption("expected \(expected) for \(option), received \(received)") }
  }
}
