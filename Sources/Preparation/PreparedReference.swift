public import Vocabulary

/// A picture made right for an image-edit API, with everything that was done to it.
public struct PreparedReference: Sendable {
  /// The file to send: upright, sRGB, without private metadata, within every limit.
  public let bytes: PictureBytes
  /// What the bytes are, by their encoder or their own header.
  public let mediaType: MediaType
  public let size: PixelSize
  /// The compressed pixels are the source's, byte for byte.
  public let isPassthrough: Bool
  /// How often a file was encoded to find this one; 0 for a passthrough.
  public let encodes: Int
  public let steps: [PreparationStep]
  public let geometry: ReferenceGeometry
  public let warnings: [PreparationWarning]
}

/// How the prepared picture lies on the original, so that a result can be laid back.
public struct ReferenceGeometry: Sendable, Equatable {
  /// EXIF orientation of the original file, 1…8.
  public let orientation: Int
  /// The original's size, upright.
  public let source: PixelSize
  /// The prepared size.
  public let prepared: PixelSize
}

/// One thing that was done, and why.
public struct PreparationStep: Sendable, Equatable {
  public let kind: Kind
  public let reason: String
  /// The value before and after, where the step has one: a size, a quality, a format, a number of bytes.
  public let before: String?
  public let after: String?

  public enum Kind: String, Sendable {
    case passthrough, strip, orient, colour, flatten, downscale, quality, format, page
  }

  init(_ kind: Kind, _ reason: String, before: String? = nil, after: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.before = before
    self.after = after
  }
}

/// Something that went another way than one may expect. The raw value is its code in JSON.
public enum PreparationWarning: String, Sendable {
  /// The embedded colour profile is broken or meant for another kind of picture; the colours were taken as sRGB.
  case profileIgnored = "profile-ignored"
  /// The file declares a brightness curve other than sRGB's, which few programs obey; it was taken as sRGB.
  case gammaIgnored = "gamma-ignored"
  /// One picture of an animation was kept.
  case animationDropped = "animation-dropped"
  /// One page of several was kept.
  case pagesDropped = "pages-dropped"
  /// The file ends too early; a part of the picture may be missing.
  case truncated
  /// Content credentials (C2PA) were removed: they would not be valid for the prepared file.
  case credentialsRemoved = "credentials-removed"
}

extension PreparationWarning {
  /// The same for people.
  public var explanation: String {
    switch self {
    case .profileIgnored: "the embedded colour profile cannot be used; the colours were taken as sRGB"
    case .gammaIgnored: "the file declares an unusual brightness curve; it was taken as sRGB"
    case .animationDropped: "one picture of the animation is used"
    case .pagesDropped: "one page is used"
    case .truncated: "the file is cut short; a part of the picture may be missing"
    case .credentialsRemoved:
      "content credentials (C2PA) were removed, because they would not be valid any more"
    }
  }
}
