import Finishing
public import Gateways
public import Imaging
public import Preparation
public import Vocabulary

/// How an edit is asked for. What is `nil` is the gateway's or model's usual value.
public struct EditOptions: Sendable {
  /// A model id of the gateway; unknown ids are sent as they are. `nil`: the gateway's default.
  public var model: String?
  /// The size of the answer. Default: 1K.
  public var tier = Tier.one
  /// The shape of the answer. Default: the first reference's own.
  public var aspect = Aspect.source
  /// Takes the nearest supported ratio instead of refusing one that is not. Default: `false`.
  public var acceptsNearest = false
  /// Pads or crops the picture that is edited to the shape of the answer, so that the model need not. Default: `none`.
  public var fit = Fit.none
  /// The most file bytes of one reference, up to 10 MB. `nil`: the gateway's limit.
  public var maximumBytes: ByteCount?
  /// The most bytes of the whole request. `nil`: the gateway's limit.
  public var requestBytes: ByteCount?
  public var maximumEdge = EdgeLimit.automatic
  /// As in `PreparationOptions`.
  public var format: MediaType?
  public var quality: Int?
  public var background = RGBColour.white
  public var maximumPixels = 100_000_000
  /// As in `PreparationOptions`: `svg`, `jxl`, `jp2`.
  public var allowed: Set<String> = []
  /// Keeps the names of the creator and of the copyright's holder, and no other metadata. Default: `false`.
  public var keepsCopyright = false
  /// For the picture that is edited, which is the first reference; of the others the first page is taken.
  public var page = 1
  public var allowsTruncated = false
  /// Where the result goes. Default: nowhere but the returned value.
  public var output = Output.memory
  /// Replaces files that exist. Default: `false`.
  public var overwrites = false
  /// For the whole call. `nil`: the gateway's own, 360 or 600 s.
  public var timeout: Duration?

  public init() {}

  public enum Aspect: Sendable, Equatable {
    /// The supported ratio that is nearest to the first reference; the difference is reported.
    case source
    case ratio(AspectRatio)
  }

  public enum EdgeLimit: Sendable, Equatable {
    /// 2048 px up to tier 2K, 4096 px at 4K.
    case automatic
    case pixels(Int)
    case none
  }

  public enum Output: Sendable, Equatable {
    case memory
    /// Exactly this name; its extension decides the format, and without a known one the model's own bytes are kept.
    case file(String)
    /// `NAME.edited.EXT` in this folder; `nil`: beside the first reference.
    case folder(String?)

    /// The place that `-o` means: a folder when it is one or ends in a slash, otherwise a file; nothing means beside
    /// the first reference.
    public init(argument: String?) {
      guard let argument else {
        self = .folder(nil)
        return
      }
      self = argument.hasSuffix("/") || OutputFile.isFolder(argument) ? .folder(argument) : .file(argument)
    }
  }

  /// The preparation that these options and a gateway's limits ask for together.
  ///
  /// - Throws: 82 for an aspect ratio that the model lacks.
  public func preparation(for gateway: Gateway) throws(PlantainError) -> PreparationOptions {
    var options = PreparationOptions()
    options.maximumBytes = maximumBytes ?? gateway.limits.pictureBytes
    options.maximumEdge =
      switch maximumEdge {
      case .automatic: tier == .four ? 4096 : 2048
      case .pixels(let count): count
      case .none: nil
      }
    options.acceptedFormats = gateway.limits.formats
    let model = gateway.model(named: model)
    options.ratios =
      try aspect == .source ? model.ratios : [RequestCheck.ratio(self, model, gateway).value]
    return completed(options)
  }

  /// The preparation that these options ask for where no gateway sets limits.
  public var preparationWithoutGateway: PreparationOptions {
    var options = PreparationOptions()
    if case .ratio(let ratio) = aspect { options.ratios = [ratio] }
    if let maximumBytes { options.maximumBytes = maximumBytes }
    if case .pixels(let count) = maximumEdge { options.maximumEdge = count }
    return completed(options)
  }

  private func completed(_ preparation: PreparationOptions) -> PreparationOptions {
    var options = preparation
    options.fit = fit
    options.format = format
    options.quality = quality
    options.background = background
    options.maximumPixels = maximumPixels
    options.page = page
    options.allowed = allowed
    options.keepsCopyright = keepsCopyright
    options.allowsTruncated = allowsTruncated
    return options
  }
}
