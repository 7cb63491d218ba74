package import Finishing
import Imaging
package import PictureFormats
public import Core

/// What is to be done to a picture that a model returned, before it is written. Nothing, by default.
///
/// `region`, a mask and `keepsUnchanged` lay the result into its original, after it was recognized there and has got the
/// original's colors; beyond them, and the feather around them, the finished pixels are the original's exactly: in a PNG, as
/// every program reads them; in a JPEG or WebP as far as encoding at quality 95 without coarser colors leaves them.
public struct FinishOptions: Sendable {
  /// The original's exact width and height, upright.
  public var fitsSource = false
  /// Shift, scale and turn against the original are found and taken back, to a fraction of a pixel. `nil`: where `region`, `mask`
  /// or `keepsUnchanged` lays the result into its original.
  public var aligns: Bool?
  /// The tint of what the model has not changed is taken back: measured beyond region and mask, where there are such, else on what
  /// most of the picture agrees on. `nil`: as `aligns`. To give a region another mood, say `false`.
  public var matchesColor: Bool?
  /// The only area that changes, in pixels or in shares of the upright original. Default: `nil`, all of it.
  public var statedRegion: Region?
  /// The same where it is in pixels.
  public var region: PixelArea? {
    get { statedRegion?.pixels }
    set { statedRegion = newValue.map(Region.init) }
  }
  /// Where this picture says that something may change; the rest stays. It has the original's shape, in any size.
  public var mask: Reference?
  /// What in the mask says so: what is white, what is half changed being gray, or what is transparent. `nil`: what is transparent,
  /// where there is such and the rest is a picture or black; else what is white.
  public var maskEdits: MaskEdits?
  /// Over so many of the original's pixels, 0 or more, the result goes over into what is around the region or the mask. `nil`: a
  /// sixteenth of the region's shorter edge, 64 at most; none around a mask.
  public var feather: Int?
  /// What the model has not changed is the original's, unless most of the picture is changed.
  public var keepsUnchanged = false
  /// The original's alpha channel.
  public var restoresAlpha = false
  /// A result that differs more from its original where it must not, is an error: as the mean CIEDE2000 beyond region and mask;
  /// without these, of the three fifths that differ least.
  public var maximumDrift: Double?
  /// The most bytes of the file: its quality is given up first, then the resolution of its colors, then, where it has not the
  /// original's exact size, pixels. `nil`: any.
  public var maximumBytes: ByteCount?
  /// Puts into the file what of the original's metadata still holds (when and with what it was taken, whose it is), and, as XMP, that a
  /// model edited it, with prompt, model, gateway and date. Default: `false`.
  public var keepsMetadata = false
  /// Also where it was taken; implies `keepsMetadata`. Default: `false`.
  public var keepsGPS = false
  /// Where to write a PNG with the original, the finished picture and their difference side by side.
  public var comparison: String?

  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool {
    let options = finishing(nil)
    return !options.looksAtOriginal && statedRegion == nil && options.metadata == nil && maximumBytes == nil
      && maximumDrift == nil
      && feather == nil && maskEdits == nil
  }

  /// - Parameter wanted: the format to write; `nil`: as it comes.
  package func finishing(_ wanted: PictureFormat?) -> FinishingOptions {
    var options = FinishingOptions(wanted: wanted)
    options.fitsSource = fitsSource
    options.aligns = aligns
    options.matchesColor = matchesColor
    options.region = region
    options.usesMask = mask != nil
    options.maskEdits = maskEdits
    options.feather = feather
    options.keepsUnchanged = keepsUnchanged
    options.restoresAlpha = restoresAlpha
    options.compares = comparison != nil
    options.measuresDrift = maximumDrift != nil
    options.maximumBytes = maximumBytes?.bytes
    if keepsMetadata || keepsGPS { options.metadata = MetadataWishes(keepsPlace: keepsGPS) }
    return options
  }

  /// The same for an original of that size, with the region in its pixels.
  ///
  /// - Parameter name: what the original is called.
  /// - Throws: 64 when the region reaches beyond it.
  package func located(in size: PixelSize, _ name: String) throws(PlantainError) -> FinishOptions {
    guard let statedRegion else { return self }
    let area = statedRegion.area(in: size)
    guard area.isInside(size) else { throw .regionOutside("\(statedRegion)", name, size) }
    var options = self
    options.region = area
    return options
  }

  /// Whether the values make sense, as far as that can be seen without the pictures.
  ///
  /// - Throws: 64.
  package func validate() throws(PlantainError) {
    if let feather {
      guard feather >= 0 else { throw .usage("expected 0 or more for the feather, received \(feather)") }
      guard statedRegion != nil || mask != nil else {
        throw .usage("a feather needs an edge", hint: "Give --region or --mask with it.")
      }
    }
    if let comparison { try Self.requirePNG(comparison) }
    guard maskEdits == nil || mask != nil else {
      throw .usage("there is no mask to be read in one way or another", hint: "Give --mask with it.")
    }
    if let maximumBytes, maximumBytes.bytes < 1 {
      throw .usage("expected 1 or more for the bytes of the output, received \(maximumBytes.bytes)")
    }
    if let maximumDrift, !(maximumDrift >= 0) {
      throw .usage("expected 0 or more for the drift, received \(maximumDrift)")
    }
  }

  private static func requirePNG(_ comparison: String) throws(PlantainError) {
    let name = OutputPlan.fileExtension(comparison)
    guard !name.isEmpty, name.lowercased() != "png" else { return }
    throw .usage(
      "a comparison is a PNG, and \(comparison) is another name",
      hint: "Give --compare a name that ends in .png, such as \(OutputPlan.withoutExtension(comparison)).png."
    )
  }
}
