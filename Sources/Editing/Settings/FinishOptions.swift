public import Finishing
package import PictureFormats
public import Core

/// How a picture that a model returned is finished before it is written. By default nothing is done.
///
/// `region`, `mask`, and `keepsUnchanged` composite the result into its original, after it was aligned and
/// color-matched. Beyond them, and the feather around them, the finished pixels are exactly the original's:
/// in a PNG, as every program reads them; in a JPEG or WebP, as far as encoding at quality 95 without chroma
/// subsampling preserves them.
///
/// The settings are its properties, too: `options.feather` is `options.settings.feather`.
@dynamicMemberLookup
public struct FinishOptions: Sendable {
  /// The settings, which hold for every original.
  public var settings = FinishingSettings()
  /// The only area that changes, in pixels or as shares of the upright original. Default: `nil`, all of it.
  public var statedRegion: Region?
  /// `statedRegion` in pixels; `nil` if it is stated otherwise.
  public var region: PixelArea? {
    get { statedRegion?.pixels }
    set { statedRegion = newValue.map(Region.init) }
  }
  /// A picture that marks where the original may change; the rest stays. It has the original's aspect ratio,
  /// in any size. Default: `nil`, none.
  public var mask: Reference?
  /// The maximum drift, above which the result is an error: the mean CIEDE2000 difference beyond region and
  /// mask; without these, that of the three fifths of the pixels that differ least. Default: `nil`, any.
  public var maximumDrift: Double?
  /// The maximum size of the file. The encoder first lowers the quality, then the chroma resolution, and
  /// then, unless the picture must have the original's exact size, the number of pixels. Default: `nil`, any.
  public var maximumBytes: ByteCount?
  /// Writes metadata: what still holds of the original's (when and with what it was taken, and whose it is),
  /// and, as XMP, that a model edited the picture, with prompt, model, gateway, and date. Default: `false`.
  public var keepsMetadata = false
  /// Also keeps where the picture was taken; implies `keepsMetadata`. Default: `false`.
  public var keepsGPS = false
  /// The path for a PNG of the original, the finished picture, and their difference side by side. Default:
  /// `nil`, none.
  public var comparison: String?

  /// Creates options that do nothing.
  public init() {}

  /// A property of the settings.
  public subscript<Value>(dynamicMember path: WritableKeyPath<FinishingSettings, Value>) -> Value {
    get { settings[keyPath: path] }
    set { settings[keyPath: path] = newValue }
  }

  /// Whether the options request nothing.
  package var isEmpty: Bool {
    let options = finishing(nil)
    return !options.looksAtOriginal && statedRegion == nil && options.metadata == nil && maximumBytes == nil
      && maximumDrift == nil && settings.feather == nil && settings.maskEdits == nil
  }

  /// Whether some of the original's pixels stay as they are, wherever the region is.
  private var composites: Bool { statedRegion != nil || mask != nil || settings.keepsUnchanged }

  var looksForPlace: Bool { settings.aligns ?? composites }

  /// Whether the result is placed back into the original's frame.
  var returnsToOriginal: Bool {
    settings.fitsSource || composites || looksForPlace || settings.restoresAlpha
  }

  /// - Parameter wanted: the format to write; `nil`: as it arrives.
  package func finishing(_ wanted: PictureFormat?) -> FinishingOptions {
    var options = FinishingOptions(wanted: wanted)
    options.settings = settings
    options.region = region
    options.usesMask = mask != nil
    options.compares = comparison != nil
    options.measuresDrift = maximumDrift != nil
    options.maximumBytes = maximumBytes?.bytes
    if keepsMetadata || keepsGPS { options.metadata = MetadataWishes(keepsPlace: keepsGPS) }
    return options
  }

  /// The options for an original of that size, with the region in its pixels.
  ///
  /// - Parameter name: the original's name, for messages.
  /// - Throws: `usage` when the region extends beyond the original.
  package func located(in size: PixelSize, _ name: String) throws(PlantainError) -> FinishOptions {
    guard let statedRegion else { return self }
    let area = statedRegion.area(in: size)
    guard area.isInside(size) else { throw .regionOutside("\(statedRegion)", name, size) }
    var options = self
    options.region = area
    return options
  }

  /// Checks the values as far as possible without the pictures.
  ///
  /// - Throws: `usage` for a value out of range, or an option that lacks the one it needs.
  package func validate() throws(PlantainError) {
    if let feather = settings.feather {
      guard feather >= 0 else { throw .usage("expected 0 or more for the feather, received \(feather)") }
      guard statedRegion != nil || mask != nil else {
        throw .usage("a feather needs a region or a mask", hint: "Add `region` or `mask`.")
      }
    }
    if let comparison { try Self.requirePNG(comparison) }
    guard settings.maskEdits == nil || mask != nil else {
      throw .usage("`mask-edits` needs a mask", hint: "Add `mask`.", options: ["mask-edits"])
    }
    if let maximumBytes, maximumBytes.bytes < 1 {
      throw .usage("expected 1 or more for the maximum bytes of the output, received \(maximumBytes.bytes)")
    }
    if let maximumDrift, !(maximumDrift >= 0) {
      throw .usage("expected 0 or more for the drift, received \(maximumDrift)")
    }
  }

  private static func requirePNG(_ comparison: String) throws(PlantainError) {
    let name = Path(comparison).fileExtension
    guard !name.isEmpty, name.lowercased() != "png" else { return }
    throw .usage(
      "the comparison is a PNG, but \(comparison) has another extension",
      hint:
        "Pass `compare` a name that ends in .png, such as \(Path(comparison).withoutExtension.string).png."
    )
  }
}
