package import PictureFormats
public import Core

/// The requirements that a prepared picture must meet: the settings, and what its receiver takes.
///
/// The settings are its properties, too: `options.quality` is `options.settings.quality`.
@dynamicMemberLookup
public struct PreparationOptions: Sendable, Hashable {
  /// The settings, which hold for every receiver.
  public var settings: PreparationSettings

  /// The maximum size of a file that the receiver accepts, unless the settings have one. Default: 10,000,000.
  public var acceptedBytes = Self.largestCap
  /// The longest edge in pixels for the receiver, unless the settings have one; `nil` keeps the size.
  /// Default: `nil`.
  public var acceptedEdge: Int?
  /// The formats that the receiver accepts. Default: JPEG, PNG and WebP.
  public var acceptedFormats: [MediaType] = [.jpeg, .png, .webp]
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

  /// Creates options for a receiver without limits of its own.
  ///
  /// - Parameter settings: the settings. Default: `PreparationSettings()`.
  public init(_ settings: PreparationSettings = PreparationSettings()) { self.settings = settings }

  /// A property of the settings.
  public subscript<Value>(dynamicMember path: WritableKeyPath<PreparationSettings, Value>) -> Value {
    get { settings[keyPath: path] }
    set { settings[keyPath: path] = newValue }
  }

  /// The maximum size of the prepared file: that of the settings, else the receiver's.
  public var maximumBytes: ByteCount {
    get { settings.maximumBytes ?? acceptedBytes }
    set { settings.maximumBytes = newValue }
  }

  /// The maximum longest edge in pixels: that of the settings, else the receiver's. `nil` keeps the size.
  public var maximumEdge: Int? {
    get {
      switch settings.maximumEdge {
      case .automatic: acceptedEdge
      case .pixels(let count): count
      case .none: nil
      }
    }
    set { settings.maximumEdge = newValue.map { .pixels($0) } ?? .none }
  }

  /// The metadata of a picture that is kept.
  package func kept(of structure: PictureStructure) -> Attribution {
    settings.keepsCopyright ? structure.attribution : Attribution()
  }

  package var tolerance: DecodingTolerance { settings.reading.tolerance }

  /// The largest file that any gateway accepts.
  package static let largestCap = ByteCount.megabytes(10)

  /// Checks that all options are in range.
  ///
  /// - Throws: `invalidOption` with the value and what was expected.
  package func validate() throws(PreparationError) {
    try require(
      (ByteCount(1_000)...Self.largestCap).contains(maximumBytes), "1,000…10,000,000 bytes", "the byte limit",
      maximumBytes.bytes.grouped)
    if let quality = settings.quality {
      try require((1...100).contains(quality), "1…100", "quality", "\(quality)")
    }
    if let maximumEdge {
      try require(
        (16...100_000).contains(maximumEdge), "16…100,000 pixels", "the longest edge", "\(maximumEdge)")
    }
    if settings.fit != .none {
      try require(!ratios.isEmpty, "at least one", "the aspect ratios to pad or crop to", "none")
      try require(mirrorPadding == nil, "no mirror padding", "a picture that is padded or cropped", "some")
    }
    if let mirrorPadding {
      try require((0...0.1).contains(mirrorPadding.margin), "0…0.1", "the margin", "\(mirrorPadding.margin)")
    }
    for word in settings.allowed {
      try require(
        PictureFormat.permissions.contains(word),
        "one of \(PictureFormat.permissions.joined(separator: ", "))",
        "an allowed format", word)
    }
    try require(
      settings.maximumPixels >= 1, "at least 1", "the pixel limit", "\(settings.maximumPixels)")
    if let page = settings.page {
      try require((1...10_000).contains(page), "1…10,000", "the page", "\(page)")
    }
    if let format = settings.format {
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

/// The message to a worker: the fields of the settings and of the receiver beside one another, with the
/// limits that hold.
extension PreparationOptions: Codable {
  private enum CodingKeys: CodingKey {
    case maximumBytes, maximumEdge, acceptedFormats, ratios, mirrorPadding, region, regionSizes
  }

  /// Decodes the settings and the limits that hold.
  public init(from decoder: any Decoder) throws {
    self.init(try PreparationSettings(from: decoder))
    let values = try decoder.container(keyedBy: CodingKeys.self)
    maximumBytes = try values.decode(ByteCount.self, forKey: .maximumBytes)
    maximumEdge = try values.decodeIfPresent(Int.self, forKey: .maximumEdge)
    acceptedFormats = try values.decode([MediaType].self, forKey: .acceptedFormats)
    ratios = try values.decode([AspectRatio].self, forKey: .ratios)
    mirrorPadding = try values.decodeIfPresent(MirrorPadding.self, forKey: .mirrorPadding)
    region = try values.decodeIfPresent(PixelArea.self, forKey: .region)
    regionSizes = try values.decode([PixelSize].self, forKey: .regionSizes)
  }

  /// Encodes the settings and the limits that hold.
  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(maximumBytes, forKey: .maximumBytes)
    try values.encodeIfPresent(maximumEdge, forKey: .maximumEdge)
    try values.encode(acceptedFormats, forKey: .acceptedFormats)
    try values.encode(ratios, forKey: .ratios)
    try values.encodeIfPresent(mirrorPadding, forKey: .mirrorPadding)
    try values.encodeIfPresent(region, forKey: .region)
    try values.encode(regionSizes, forKey: .regionSizes)
  }
}
