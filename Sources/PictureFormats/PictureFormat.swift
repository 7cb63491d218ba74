package import Core

/// A picture format: its name, how it is recognized, and what it can hold.
package struct PictureFormat: Sendable, Equatable {
  /// The common name, such as `JPEG`.
  package let name: String
  /// The MIME type, such as `image/jpeg`.
  package let mediaType: MediaType
  /// File name extensions without the dot, the preferred one first.
  package let extensions: [String]
  /// Whether the format can hold an alpha channel.
  package let hasAlpha: Bool
  /// The longest edge that the format can hold, in pixels.
  package let longestEdge: Int
  /// The byte sequences with which every file of this format starts; one of them must match.
  fileprivate let signatures: [Signature]
  package let codec: Codec?

  /// The libvips decoders that are used; some of them have an encoder.
  package enum Codec: String, Sendable, CaseIterable, Codable {
    case jpeg, png, webp, gif, tiff, heif
    // libvips itself calls these loaders untrusted, because they are not tested against hostile files.
    case svg
    case jpegXL = "jxl"
    case jpeg2000 = "jp2"

    /// Whether its pictures are read only if allowed explicitly, and only in a child process.
    package var needsPermission: Bool {
      switch self {
      case .svg, .jpegXL, .jpeg2000: true
      case .jpeg, .png, .webp, .gif, .tiff, .heif: false
      }
    }
  }

  /// Whether pictures in this format are read without explicit permission.
  package var isReadable: Bool { codec.map { !$0.needsPermission } ?? false }
  /// The word that allows this format, such as `svg`. `nil` if no permission is needed.
  package var permission: String? { codec.flatMap { $0.needsPermission ? $0.rawValue : nil } }
  /// The words of all formats that need permission.
  package static var permissions: [String] { Codec.allCases.filter(\.needsPermission).map(\.rawValue) }

  /// Whether pictures can be written in this format.
  package var isWritable: Bool {
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

  /// JPEG: read and written, without alpha.
  package static let jpeg = PictureFormat(
    "JPEG", .jpeg, ["jpg", "jpeg"], alpha: false, longestEdge: 65_500, codec: .jpeg,
    signatures: [Signature([0xFF, 0xD8, 0xFF])])
  /// PNG: read and written, with alpha.
  package static let png = PictureFormat(
    "PNG", .png, ["png"], alpha: true, longestEdge: 1_000_000, codec: .png,
    signatures: [Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])])
  /// WebP: read and written, with alpha.
  package static let webp = PictureFormat(
    "WebP", .webp, ["webp"], alpha: true, longestEdge: 16_383, codec: .webp,
    signatures: [Signature("WEBP", at: 8)])

  package static let gif = known(
    "GIF", "image/gif", ["gif"], codec: .gif, [Signature("GIF87a"), Signature("GIF89a")])
  /// TIFF with 32-bit offsets, or with 64-bit offsets (BigTIFF).
  package static let tiff = known(
    "TIFF", "image/tiff", ["tif", "tiff"], codec: .tiff,
    ["II*\0", "MM\0*", "II+\0", "MM\0+"].map { Signature($0) })

  /// All formats that are recognized. The unsupported ones exist so that an error can name them.
  package static let all: [PictureFormat] = [
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

  /// Recognizes a format by the first bytes of a file. File names and labels are ignored.
  package static func recognize(_ bytes: RawSpan) -> PictureFormat? {
    all.first { format in
      format.signatures.contains { bytes.has($0.bytes, at: $0.offset) }
    }
  }

  /// The writable format with this MIME type.
  package static func writable(_ mediaType: MediaType) -> PictureFormat? {
    all.first { $0.isWritable && $0.mediaType == mediaType }
  }

  /// The format with this file name extension (without the dot, case-insensitive), writable or not.
  package static func named(byExtension name: String) -> PictureFormat? {
    all.first { $0.extensions.contains(name.lowercased()) }
  }

  /// Whether a label means this format: its MIME type, or one made from an extension, such as `image/jpg`.
  package func isMeant(by label: MediaType) -> Bool {
    label == mediaType || extensions.contains { label.name == "image/\($0)" }
  }

  /// Formats are equal if their MIME types are.
  package static func == (left: PictureFormat, right: PictureFormat) -> Bool {
    left.mediaType == right.mediaType
  }
}

/// Encoded as the name of the format.
extension PictureFormat: Codable {
  /// Creates the format with the encoded name.
  ///
  /// - Throws: `DecodingError.dataCorrupted` if no format has this name.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let format = Self.all.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no format is called \(name)")
    }
    self = format
  }

  /// Encodes the name of the format.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
