import PictureFormats
public import Core

/// A picture prepared for an image-edit API, with a record of everything that was done to it.
public struct PreparedReference: Sendable {
  /// The file to send: upright, sRGB, without private metadata, within every limit.
  package let content: PictureContent
  package let facts: Facts

  package init(content: PictureContent, facts: Facts) {
    self.content = content
    self.facts = facts
  }

  /// The same reference with its bytes stored elsewhere.
  package func moved(to content: PictureContent) -> PreparedReference {
    PreparedReference(content: content, facts: facts)
  }

  /// The same reference with an additional warning.
  package func warning(of warning: PreparationWarning) -> PreparedReference {
    var facts = facts
    facts.warnings.append(warning)
    return PreparedReference(content: content, facts: facts)
  }

  /// The properties of a prepared reference, without its bytes.
  package struct Facts: Sendable, Codable {
    package var mediaType: MediaType
    package var size: PixelSize
    package var isPassthrough: Bool
    package var encodes: Int
    package var steps: [PreparationStep]
    package var geometry: ReferenceGeometry
    package var page: Int
    package var warnings: [PreparationWarning]
  }

  /// The media type of the bytes, according to their encoder or their own header.
  public var mediaType: MediaType { facts.mediaType }
  /// The size of the prepared picture.
  public var size: PixelSize { facts.size }
  /// Whether the compressed pixels are the source's, byte for byte.
  public var isPassthrough: Bool { facts.isPassthrough }
  /// How many times a file was encoded to find this one; 0 for a passthrough.
  public var encodes: Int { facts.encodes }
  /// The steps that were done, in order.
  public var steps: [PreparationStep] { facts.steps }
  /// The position of the prepared picture on the original.
  public var geometry: ReferenceGeometry { facts.geometry }
  /// The page of a TIFF, or the picture of an animation, that was used, counted from 1.
  public var page: Int { facts.page }
  /// What the user should know about the result.
  public var warnings: [PreparationWarning] { facts.warnings }

  /// The outcome of a preparation without the bytes, which another process can attach to its message.
  package enum Answer: Sendable, Codable {
    case prepared(Facts)
    case failed(PreparationError)
  }
}

/// The mapping between the original and the prepared picture, for restoring a result onto the original. The
/// upright original is scaled to `scaled`, and its corner is at `offset` in the prepared picture.
public struct ReferenceGeometry: Sendable, Equatable, Codable {
  /// The EXIF orientation of the original file, 1…8.
  public let orientation: Int
  /// The upright size of the original.
  public let source: PixelSize
  /// The size to which the whole original was scaled.
  public let scaled: PixelSize
  /// The position of the scaled original's corner in the prepared picture: positive where margins were added,
  /// negative where the picture was cropped.
  public let offset: PixelOffset
  /// The part of the upright original that the prepared picture shows, in the original's pixels. It extends
  /// beyond the original where margins were added.
  public let shown: VisibleArea
  /// The size of the prepared picture.
  public let prepared: PixelSize

  /// Creates the mapping from the size and position of the scaled original.
  init(
    orientation: Int, source: PixelSize, scaled: PixelSize, offset: PixelOffset, prepared: PixelSize
  ) {
    (self.orientation, self.source, self.scaled) = (orientation, source, scaled)
    (self.offset, self.prepared) = (offset, prepared)
    let x = Double(source.width) / Double(scaled.width)
    let y = Double(source.height) / Double(scaled.height)
    shown = VisibleArea(
      left: 0 - Double(offset.x) * x, top: 0 - Double(offset.y) * y, width: Double(prepared.width) * x,
      height: Double(prepared.height) * y)
  }

  /// Creates the mapping from the part that is shown.
  init(orientation: Int, source: PixelSize, shown: VisibleArea, prepared: PixelSize) {
    (self.orientation, self.source) = (orientation, source)
    (self.shown, self.prepared) = (shown, prepared)
    let x = Double(prepared.width) / shown.width
    let y = Double(prepared.height) / shown.height
    scaled = PixelSize(
      width: Int((Double(source.width) * x).rounded()), height: Int((Double(source.height) * y).rounded()))
    offset = PixelOffset(x: -Int((shown.left * x).rounded()), y: -Int((shown.top * y).rounded()))
  }
}

/// One step of a preparation, and the reason for it.
public struct PreparationStep: Sendable, Equatable, Codable {
  /// The kind of step.
  public let kind: Kind
  /// The reason for the step, or what it did.
  public let reason: String
  /// The value before the step, if it changed one: a size, a quality, a format, a number of bytes.
  public let before: String?
  /// The value after the step, if it has one.
  public let after: String?

  /// The kinds of steps. The raw value is a stable name.
  public enum Kind: String, Sendable, Codable {
    /// The steps of planning and encoding. `passthrough` means that nothing was changed, `strip` that
    /// metadata or references were removed, and `squeeze` that the file was recompressed losslessly.
    case passthrough, strip, squeeze, orient, color, flatten, downscale, quality, subsample, format, page,
      pad, crop
    /// A JPEG was turned without loss, by moving whole blocks of coefficients.
    case rotateLossless = "rotate-lossless"
    /// A fault in the file was repaired without changing a pixel.
    case repair
  }

  package init(_ kind: Kind, _ reason: String, before: String? = nil, after: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.before = before
    self.after = after
  }
}

/// Something about a prepared picture that may be unexpected. The raw value is a stable name.
public enum PreparationWarning: String, Sendable, Codable {
  /// The embedded color profile is broken or meant for another kind of picture, so the colors were treated as
  /// sRGB.
  case profileIgnored = "profile-ignored"
  /// The file declares a transfer function other than sRGB's, which few programs respect. The colors were
  /// treated as sRGB.
  case colorIgnored = "color-ignored"
  /// Only one picture of an animation was used.
  case animationDropped = "animation-dropped"
  /// Only one of several pages was used.
  case pagesDropped = "pages-dropped"
  /// The page that was used is the first that is not a preview of another.
  case previewSkipped = "preview-skipped"
  /// A picture with more than 8 bits per channel is nearly black or nearly white all over.
  case nearlyBlank = "nearly-blank"
  /// The file is truncated; a part of the picture may be missing.
  case truncated
  /// The picture is complete, but the file is truncated or damaged after it.
  case endMissing = "end-missing"
  /// A drawing refers to other files, such as pictures, which are never loaded.
  case referencesLeftOut = "references-left-out"
  /// Blocks outside the picture data have wrong checksums and were removed.
  case dataDamaged = "data-damaged"
  /// Content credentials (C2PA) were removed: they would not be valid for the prepared file.
  case credentialsRemoved = "credentials-removed"
  /// The media type of a data URI is wrong; the format was determined from the bytes.
  case labelWrong = "label-wrong"
}

extension PreparationWarning {
  /// The warning as a sentence.
  public var explanation: String {
    switch self {
    case .profileIgnored: "the embedded color profile cannot be used; the colors were treated as sRGB"
    case .colorIgnored:
      "the file declares a color encoding that cannot be converted; the colors were treated as sRGB"
    case .animationDropped: "only one picture of the animation is used"
    case .pagesDropped: "only one page is used"
    case .previewSkipped: "the pages before it are previews; to use one of them, give its page number"
    case .nearlyBlank:
      "it has more than 8 bits per channel and is nearly black or white all over; if its values use "
        + "only a part of their range, stretch its levels first (as ImageMagick's -auto-level does)"
    case .truncated: "the file is truncated; a part of the picture may be missing"
    case .endMissing: "the picture is complete, but the file is truncated or damaged after it"
    case .referencesLeftOut: "it refers to other files; it was rendered without them"
    case .dataDamaged: "blocks outside the picture data have wrong checksums and were removed"
    case .credentialsRemoved:
      "content credentials (C2PA) were removed, because they would no longer be valid"
    case .labelWrong: "the data URI declares another format than its bytes have; the bytes were trusted"
    }
  }
}
