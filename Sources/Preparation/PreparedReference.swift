import Imaging
import PictureFormats
public import Core

/// A picture made right for an image-edit API, with everything that was done to it.
public struct PreparedReference: Sendable {
  /// The file to send: upright, sRGB, without private metadata, within every limit.
  public let content: PictureContent
  private let facts: Facts

  package init(content: PictureContent, facts: Facts) {
    self.content = content
    self.facts = facts
  }

  /// The same bytes in another place.
  package func moved(to content: PictureContent) -> PreparedReference {
    PreparedReference(content: content, facts: facts)
  }

  package func warning(of warning: PreparationWarning) -> PreparedReference {
    var facts = facts
    facts.warnings.append(warning)
    return PreparedReference(content: content, facts: facts)
  }

  /// What is known of it beside its bytes.
  package struct Facts: Sendable, Codable {
    var mediaType: MediaType
    var size: PixelSize
    var isPassthrough: Bool
    var encodes: Int
    var steps: [PreparationStep]
    var geometry: ReferenceGeometry
    var page: Int
    var warnings: [PreparationWarning]
  }

  /// What the bytes are, by their encoder or their own header.
  public var mediaType: MediaType { facts.mediaType }
  public var size: PixelSize { facts.size }
  /// The compressed pixels are the source's, byte for byte.
  public var isPassthrough: Bool { facts.isPassthrough }
  /// How often a file was encoded to find this one; 0 for a passthrough.
  public var encodes: Int { facts.encodes }
  public var steps: [PreparationStep] { facts.steps }
  public var geometry: ReferenceGeometry { facts.geometry }
  /// Which page of a TIFF, or picture of an animation, it is of, counted from 1.
  public var page: Int { facts.page }
  public var warnings: [PreparationWarning] { facts.warnings }

  /// A preparation's outcome without its bytes, which another process can send beside it.
  package enum Answer: Sendable, Codable {
    case prepared(Facts)
    case failed(PreparationError)
  }

  /// The outcome of preparing `source`, as `prepareReference` gives it, in memory.
  package static func answer(
    preparing source: PictureContent, options: PreparationOptions
  ) -> (answer: Answer, bytes: PictureBytes?) {
    do throws(PreparationError) {
      let reference = try prepareReference(source, options: options)
      let bytes = try onPicture { () throws(ImagingError) in try inMemory(reference.content) }
      return (.prepared(reference.facts), bytes)
    } catch {
      return (.failed(error), nil)
    }
  }
}

/// How the prepared picture lies on the original, so that a result can be laid back: the upright original, scaled to
/// `scaled`, with its corner at `offset` of the prepared picture.
public struct ReferenceGeometry: Sendable, Equatable, Codable {
  /// EXIF orientation of the original file, 1…8.
  public let orientation: Int
  /// The original's size, upright.
  public let source: PixelSize
  /// The size that the whole original was scaled to.
  public let scaled: PixelSize
  /// Positive where margins were added, negative where something was cut off.
  public let offset: PixelOffset
  /// What the prepared picture shows of the upright original, in its pixels: it reaches beyond where margins were added.
  public let shown: VisibleArea
  /// The prepared size.
  public let prepared: PixelSize

  /// By how the scaled original lies on it.
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

  /// By what it shows.
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

/// One thing that was done, and why.
public struct PreparationStep: Sendable, Equatable, Codable {
  public let kind: Kind
  public let reason: String
  /// The value before and after, where the step has one: a size, a quality, a format, a number of bytes.
  public let before: String?
  public let after: String?

  public enum Kind: String, Sendable, Codable {
    case passthrough, strip, squeeze, orient, color, flatten, downscale, quality, subsample, format, page,
      pad, crop
    case rotateLossless = "rotate-lossless"
    /// Something in the file was put right that costs no pixel.
    case repair
  }

  init(_ kind: Kind, _ reason: String, before: String? = nil, after: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.before = before
    self.after = after
  }
}

/// Something that went another way than one may expect. The raw value is its code in JSON.
public enum PreparationWarning: String, Sendable, Codable {
  /// The embedded color profile is broken or meant for another kind of picture; the colors were taken as sRGB.
  case profileIgnored = "profile-ignored"
  /// The file declares a brightness curve other than sRGB's, which few programs obey; it was taken as sRGB.
  case colorIgnored = "color-ignored"
  /// One picture of an animation was kept.
  case animationDropped = "animation-dropped"
  /// One page of several was kept.
  case pagesDropped = "pages-dropped"
  /// The page that is kept is the first one that is no preview of another.
  case previewSkipped = "preview-skipped"
  /// A picture of more than 8 bits per channel is nearly black, or nearly white, all over.
  case nearlyBlank = "nearly-blank"
  /// The file ends too early; a part of the picture may be missing.
  case truncated
  /// Behind the picture, which is whole, the file is cut short or damaged.
  case endMissing = "end-missing"
  /// A drawing refers to pictures or other files outside of its own, which are never loaded.
  case referencesLeftOut = "references-left-out"
  /// Blocks beside the picture have wrong checksums and were left out.
  case dataDamaged = "data-damaged"
  /// Content credentials (C2PA) were removed: they would not be valid for the prepared file.
  case credentialsRemoved = "credentials-removed"
  /// What a data URI says of its picture is wrong; the bytes were believed.
  case labelWrong = "label-wrong"
}

extension PreparationWarning {
  /// The same for people.
  public var explanation: String {
    switch self {
    case .profileIgnored: "the embedded color profile cannot be used; the colors were taken as sRGB"
    case .colorIgnored:
      "the file says of its colors what cannot be converted; they were taken as sRGB"
    case .animationDropped: "one picture of the animation is used"
    case .pagesDropped: "one page is used"
    case .previewSkipped: "the pages before it are previews; name one to get it"
    case .nearlyBlank:
      "it has more than 8 bits per channel and is nearly black or white all over: if its values use only a part of their range, "
        + "stretch its levels first (as ImageMagick's -auto-level does)"
    case .truncated: "the file is cut short; a part of the picture may be missing"
    case .endMissing: "behind the picture, which is whole, the file is cut short or damaged"
    case .referencesLeftOut: "it refers to files outside of its own; it was drawn without them"
    case .dataDamaged: "blocks beside the picture have wrong checksums and were left out"
    case .credentialsRemoved:
      "content credentials (C2PA) were removed, because they would not be valid any more"
    case .labelWrong: "the data URI names another format than its bytes have; they were believed"
    }
  }
}
