import Imaging
public import PictureFormats
public import Core

/// What a prepared picture must be, and how far it may be changed for that.
public struct PreparationOptions: Sendable, Codable, Hashable {
  /// The most bytes that the prepared file may have, 1 KB to 10 MB; measured, never estimated. Default: 10,000,000.
  public var maximumBytes = ByteCount.megabytes(10)
  /// The longest edge in pixels, at least 16; `nil` leaves the size alone. Default: `nil`.
  public var maximumEdge: Int?
  /// The format to write; `nil` picks JPEG or PNG by what the picture holds. Default: `nil`.
  public var format: MediaType?
  /// The formats that the receiver takes. Default: JPEG, PNG and WebP.
  public var acceptedFormats: [MediaType] = [.jpeg, .png, .webp]
  /// 1…100: the quality to encode with, lowered only when the byte limit demands it; a JPEG or WebP is then always
  /// encoded anew. `nil`: 92, or 97 when nothing but the byte limit asks for encoding. Default: `nil`.
  public var quality: Int?
  /// What shows through where a transparent picture must become opaque. Default: white.
  public var background = RGBColor.white
  /// Pictures with more pixels than this are refused before they are decoded. Default: 100,000,000, inclusive.
  public var maximumPixels = 100_000_000

  /// Whether the picture keeps its shape, or is padded or cropped to one of `ratios`. Default: `none`.
  public var fit = Fit.none
  /// The shapes to choose from when it is; the nearest is taken. Default: none.
  public var ratios: [AspectRatio] = []

  /// Completes the picture, or what is sent of it for a region, to the shape of an answer; then `fit` must be `none`. `nil`: it keeps
  /// its shape. Default: `nil`.
  public var mirrorPadding: MirrorPadding?

  /// The area that is to be edited, in the upright picture's pixels: it is sent with some of what is around it, and without the
  /// rest. `nil`: the whole picture. Default: `nil`.
  public var region: PixelArea?
  /// The sizes that the model can give, one of whose shapes a region is sent in, and no larger. Default: none.
  public var regionSizes: [PixelSize] = []

  /// Formats that are read although their decoders are not tested against hostile files: `svg`, `jxl`, `jp2`; each in a
  /// child process only. Default: none.
  public var allowed: Set<String> = []
  /// Keeps the names of the creator and of the copyright's holder, where the file has them, and no other metadata.
  /// Default: `false`.
  public var keepsCopyright = false

  /// Which page of a TIFF, or picture of an animated GIF or WebP, counted from 1; `nil`: the first that is no preview of another.
  /// Default: `nil`.
  public var page: Int?
  /// Takes a JPEG or PNG that ends too early, as far as it goes, instead of refusing it. Default: `false`.
  public var allowsTruncated = false

  public init() {}

  /// What this kind of work is called between processes.
  package static let jobKind = "prepare"

  /// What may stay of a picture's metadata.
  func kept(of structure: PictureStructure) -> Attribution {
    keepsCopyright ? structure.attribution : Attribution()
  }

  package var tolerance: DecodingTolerance { allowsTruncated ? .lenient : .strict }

  /// The largest file that any gateway takes.
  package static let largestCap = ByteCount.megabytes(10)

  /// - Throws: `invalidOption` with the value found and what was expected.
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
      try require(!ratios.isEmpty, "a shape to pad or crop to", "the aspect ratio", "none")
      try require(mirrorPadding == nil, "no mirror padding", "a picture that is padded or cropped", "one")
    }
    if let mirrorPadding {
      try require((0...0.1).contains(mirrorPadding.margin), "0…0.1", "the margin", "\(mirrorPadding.margin)")
    }
    for word in allowed {
      try require(
        PictureFormat.permissions.contains(word),
        "one of \(PictureFormat.permissions.joined(separator: ", "))",
        "what is allowed", word)
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
