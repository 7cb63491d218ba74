import Finishing
public import Gateways
import Imaging
public import PictureFormats
public import Preparation
public import Core

/// How an edit is asked for. What is `nil` is the gateway's or model's usual value.
public struct EditOptions: Sendable {
  /// A model id of the gateway; unknown ids are sent as they are. `nil`: the gateway's default.
  public var model: String?
  /// The size of the answer. `nil`: 1K, which is sent where the gateway wants it said.
  public var tier: Tier?
  /// The shape of the answer. `nil`: the first reference's own, which is sent where the gateway wants it said.
  public var aspect: Aspect?
  /// Takes the nearest supported ratio or tier instead of refusing one that is not. Default: `false`.
  public var acceptsNearest = false
  /// How many pictures. More than the gateway makes at once are asked for by several requests, each at its price.
  /// Default: 1; at most 100.
  public var count = 1
  /// Lets the model search the web; the gateway must offer it. Default: `false`.
  public var webSearch = false
  /// Lets the model search for pictures; the gateway must offer it. Default: `false`.
  public var imageSearch = false
  /// Lets the gateway go to the maker's own channel when its usual one fails, at that channel's price. Default: `false`.
  public var officialFallback = false
  /// How much the model thinks. `nil`: the model's own choice.
  public var thinking: ThinkingLevel?
  /// The format of the result: asked of the gateway where it can choose, converted here otherwise. `nil`: by the output's
  /// name, or as it comes.
  public var outputFormat: MediaType?
  /// Pads or crops the picture that is edited to the shape of the answer, so that the model need not. Default: `none`.
  public var fit = Fit.none
  /// Completes the picture that is edited to exactly the shape of the answer, continued beyond its edges as in a mirror, where the
  /// answer is laid back into it and neither `fit` nor `aspect` says what its shape is to be; what was added is taken off again.
  /// Default: `true`.
  public var mirrorsEdges = true
  /// The most file bytes of one reference, up to 10 MB. `nil`: the gateway's limit.
  public var maximumBytes: ByteCount?
  /// The most bytes of the whole request. `nil`: the gateway's limit.
  public var requestBytes: ByteCount?
  public var maximumEdge = EdgeLimit.automatic
  /// As in `PreparationOptions`.
  public var format: MediaType?
  public var quality: Int?
  public var background = RGBColor.white
  public var maximumPixels = 100_000_000
  /// As in `PreparationOptions`: `svg`, `jxl`, `jp2`.
  public var allowed: Set<String> = []
  /// Keeps the names of the creator and of the copyright's holder, and no other metadata. Default: `false`.
  public var keepsCopyright = false
  /// For the picture that is edited, which is the first reference; of the others the first page that is no preview is taken.
  public var page: Int?
  public var allowsTruncated = false
  /// What is done to the result with the first reference as its original. A region is sent alone, with some of what is around
  /// it, in a shape and size that the model gives. Default: nothing.
  public var finish = FinishOptions()
  /// Writes the model's own bytes, under the output's name with their true extension. Default: `false`.
  public var isRaw = false
  /// What one picture costs, where the table does not know it or knows it wrongly. `nil`: what the table says.
  public var price: Money?
  /// The most that may be spent. Default: no limit.
  public var spending = SpendingLimits()
  /// The edit whose result the first reference is, so that the ledger knows what came from what. `nil`: none.
  public var parent: String?
  /// What it is known by among the jobs of batches.
  package var jobKey: String?
  /// The run of a batch that it belongs to.
  package var run: String?
  /// Writes the prompt into the ledger. Default: `true`.
  public var recordsPrompt = true
  /// Where the result goes. Default: nowhere but the returned value.
  public var output = Output.memory
  /// How results are called in the folder that is their output. `nil`: `NAME.edited.EXT`.
  public var outputTemplate: NameTemplate?
  /// Of files in the result's place, replaces only those that the edit has written itself. Default: `false`.
  var sparesOthers = false
  /// Names a result in a folder after the whole name of the first reference, not its stem.
  package var usesWholeName = false
  /// Sends it although nobody knows what became of an equal edit, which may have been billed. Default: `false`.
  public var sendsAgain = false
  /// Replaces files that exist. Default: `false`.
  public var overwrites = false
  /// For the whole call. `nil`: the gateway's own, 360 or 600 s.
  public var timeout: Duration?

  public init() {}

  public enum Aspect: Sendable, Equatable {
    /// The supported ratio that is nearest to the first reference; the difference is reported.
    case source
    case ratio(AspectRatio)
    /// The gateway's own choice, where it documents one.
    case automatic
  }

  /// Whether the picture that is edited is completed to the shape of the answer.
  package var isMirrored: Bool {
    mirrorsEdges && fit == .none && aspect == nil && finish.finishing(nil).laysBack
  }

  /// How much more is sent on every side where the answer is looked for in its original: about what models move pictures by.
  private static let margin = 1.0 / 64

  private func mirrorPadding(_ sizes: [PixelSize]) -> MirrorPadding? {
    guard isMirrored else { return nil }
    return MirrorPadding(sizes, margin: finish.finishing(nil).looksForPlace ? Self.margin : 0)
  }

  /// What counts for preparation and price when no tier was asked for.
  package var effectiveTier: Tier { tier ?? .one }

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

    /// The place that `-o` means: a file when its extension is a picture's, or a file of that name is there; otherwise a
    /// folder, as always when it is one or ends in a slash. Nothing means beside the first reference.
    public init(argument: String?) {
      guard let argument else {
        self = .folder(nil)
        return
      }
      let isFolder = argument.hasSuffix("/") || OutputFile.isFolder(argument)
      // An empty name is nobody's, and is refused as a file's.
      let isFile =
        OutputPlan.format(byNameOf: argument) != nil || OutputFile.exists(argument) || argument.isEmpty
      self = isFile && !isFolder ? .file(argument) : .folder(argument)
    }
  }

  /// The preparation that these options and a gateway's limits ask for together.
  ///
  /// - Throws: 82 for what the gateway or the model lacks.
  public func preparation(for gateway: Gateway) throws(PlantainError) -> PreparationOptions {
    var options = PreparationOptions()
    options.maximumBytes = maximumBytes ?? gateway.limits.pictureBytes
    options.maximumEdge =
      switch maximumEdge {
      case .automatic: effectiveTier == .four ? 4096 : 2048
      case .pixels(let count): count
      case .none: nil
      }
    options.acceptedFormats = gateway.limits.formats
    let choices = try RequestChoices(self, gateway)
    options.ratios = choices.ratiosToFit
    options.region = finish.region
    options.regionSizes = choices.sizes
    options.mirrorPadding = mirrorPadding(choices.sizes)
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
