public import Core

/// One row of the table of picture formats: how a format is recognized, called and what it can hold.
public struct PictureFormat: Sendable, Equatable {
  /// The usual name, such as `JPEG`.
  public let name: String
  public let mediaType: MediaType
  /// File name extensions without the dot, the usual one first.
  public let extensions: [String]
  public let hasAlpha: Bool
  /// The longest edge that the format can hold, in pixels.
  public let longestEdge: Int
  /// The bytes at the start of every file of this format.
  fileprivate let signatures: [Signature]
  package let codec: Codec?

  /// The decoders of libvips that are used, and which of them have an encoder.
  package enum Codec: String, Sendable, CaseIterable {
    case jpeg, png, webp, gif, tiff, heif
    // Loaders that libvips itself calls untrusted: nobody tests them against hostile files.
    case svg
    case jpegXL = "jxl"
    case jpeg2000 = "jp2"

    /// Whether its pictures are only read when that is asked for, and only in a child process.
    package var needsPermission: Bool {
      switch self {
      case .svg, .jpegXL, .jpeg2000: true
      case .jpeg, .png, .webp, .gif, .tiff, .heif: false
      }
    }
  }

  /// Whether pictures in this format are read without being allowed first.
  public var isReadable: Bool { codec.map { !$0.needsPermission } ?? false }
  /// The word that allows this format, such as `svg`, where one is needed.
  public var permission: String? { codec.flatMap { $0.needsPermission ? $0.rawValue : nil } }
  /// Those words.
  public static var permissions: [String] { Codec.allCases.filter(\.needsPermission).map(\.rawValue) }

  /// Whether pictures can be written in this format.
  public var isWritable: Bool {
    switch codec {
    case .jpeg, .png, .webp: true
    case .gif, .tiff, .heif, .svg, .jpegXL, .jpeg2000, nil: false
    }
  }

  fileprivate struct Signature: Sendable, Equatable {
    let offset: Int
    let bytes: [UInt8]

    init(_ text: String, at offset: Int = 0) {
      self.init(Array(text.utf8), at: offset)
    }

    init(_ bytes: [UInt8], at offset: Int = 0) {
      self.bytes = bytes
      self.offset = offset
    }
  }

  private init(
    _ name: String, _ mediaType: MediaType, _ extensions: [String], alpha: Bool, longestEdge: Int,
    codec: Codec? = nil, signatures: [Signature]
  ) {
    self.name = name
    self.mediaType = mediaType
    self.extensions = extensions
    self.hasAlpha = alpha
    self.longestEdge = longestEdge
    self.codec = codec
    self.signatures = signatures
  }

  public static let jpeg = PictureFormat(
    "JPEG", .jpeg, ["jpg", "jpeg"], alpha: false, longestEdge: 65_500, codec: .jpeg,
    signatures: [Signature([0xFF, 0xD8, 0xFF])])
  public static let png = PictureFormat(
    "PNG", .png, ["png"], alpha: true, longestEdge: 1_000_000, codec: .png,
    signatures: [Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])])
  public static let webp = PictureFormat(
    "WebP", .webp, ["webp"], alpha: true, longestEdge: 16_383, codec: .webp,
    signatures: [Signature("WEBP", at: 8)])

  package static let gif = known(
    "GIF", "image/gif", ["gif"], codec: .gif, [Signature("GIF87a"), Signature("GIF89a")])
  /// With offsets of 32 or, as BigTIFF, 64 bits.
  package static let tiff = known(
    "TIFF", "image/tiff", ["tif", "tiff"], codec: .tiff,
    ["II*\0", "MM\0*", "II+\0", "MM\0+"].map { Signature($0) })

  /// Every format that is recognized. Those that are not read exist so that an error can name them.
  public static let all: [PictureFormat] = [
    jpeg, png, webp,
    gif, tiff,
    known(
      "AVIF", "image/avif", ["avif"], codec: .heif,
      [Signature("ftypavif", at: 4), Signature("ftypavis", at: 4)]),
    known(
      "HEIC", "image/heic", ["heic", "heif"], codec: .heif,
      ["heic", "heix", "heim", "heis", "hevc", "hevm", "hevs", "mif1", "msf1"].map {
        Signature("ftyp" + $0, at: 4)
      }),
    known(
      "JPEG XL", "image/jxl", ["jxl"], codec: .jpegXL,
      [Signature([0xFF, 0x0A]), Signature("JXL \r\n", at: 4)]),
    known(
      "JPEG 2000", "image/jp2", ["jp2"], codec: .jpeg2000,
      [Signature("jP  \r\n", at: 4), Signature([0xFF, 0x4F, 0xFF])]),
    known("BMP", "image/bmp", ["bmp"], [Signature("BM")]),
    known("Photoshop", "image/vnd.adobe.photoshop", ["psd"], [Signature("8BPS")]),
    known("PDF", "application/pdf", ["pdf"], [Signature("%PDF-")]),
    known(
      "SVG", "image/svg+xml", ["svg"], codec: .svg,
      [
        "<svg", "<?xml", "<!--", "<!DOCTYPE svg", "\u{FEFF}<svg", "\u{FEFF}<?xml",
      ].map { Signature($0) }),
  ]

  private static func known(
    _ name: String, _ type: String, _ extensions: [String], codec: Codec? = nil, _ signatures: [Signature]
  ) -> PictureFormat {
    PictureFormat(
      name, MediaType(type), extensions, alpha: true, longestEdge: 65_535, codec: codec,
      signatures: signatures)
  }

  /// The format that the first bytes of a file belong to; names and labels are never asked.
  public static func recognize(_ bytes: RawSpan) -> PictureFormat? {
    all.first { format in
      format.signatures.contains { bytes.has($0.bytes, at: $0.offset) }
    }
  }

  /// The format of that MIME type among those that can be written.
  public static func writable(_ mediaType: MediaType) -> PictureFormat? {
    all.first { $0.isWritable && $0.mediaType == mediaType }
  }

  /// The format whose files carry that extension (without the dot, any case), written or not.
  public static func named(byExtension name: String) -> PictureFormat? {
    all.first { $0.extensions.contains(name.lowercased()) }
  }

  /// Whether a label means this format: its MIME type, or one made of an extension, as in `image/jpg`.
  package func isMeant(by label: MediaType) -> Bool {
    label == mediaType || extensions.contains { label.name == "image/\($0)" }
  }

  public static func == (left: PictureFormat, right: PictureFormat) -> Bool {
    left.mediaType == right.mediaType
  }
}

/// Written as its name, by which the row is found again.
extension PictureFormat: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let format = Self.all.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no format is called \(name)")
    }
    self = format
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
