import Finishing
public import Gateways
import PictureFormats
public import Preparation
public import Core

/// The options of an edit. `nil` stands for the default of the gateway or the model.
public struct EditOptions: Sendable {
  /// A model id of the gateway. Unknown ids are sent unchanged. Default: `nil`, the gateway's default model.
  public var model: String?
  /// The size tier of the answer. Default: `nil`, 1K, which is sent if the gateway requires a tier.
  public var tier: Tier?
  /// The aspect ratio of the answer. Default: `nil`, that of the first reference, which is sent if the
  /// gateway requires one.
  public var aspect: Aspect?
  /// Takes the nearest supported ratio or tier instead of refusing an unsupported one. Default: `false`.
  public var acceptsNearest = false
  /// The number of pictures, 1…100. If the gateway makes fewer at once, several requests are sent, each at
  /// its own price. Default: 1.
  public var count = 1
  /// The numbers of the pictures to request, where an earlier edit has delivered the others of `count`.
  /// `nil`: all.
  package var numbers: [Int]?
  /// Lets the model search the web, which the gateway must support. Default: `false`.
  public var webSearch = false
  /// Lets the model search for pictures, which the gateway must support. Default: `false`.
  public var imageSearch = false
  /// Lets the gateway fall back to the maker's own channel when its usual one fails, at that channel's price.
  /// Default: `false`.
  public var officialFallback = false
  /// The thinking level. Default: `nil`, the model's own choice.
  public var thinking: ThinkingLevel?
  /// The format of the result: requested from the gateway if it offers a choice, otherwise converted here.
  /// Default: `nil`, by the output's name, or as it arrives.
  public var outputFormat: MediaType?
  /// How the references are prepared. `fit` and `page` hold for the edited picture only, which is the first
  /// reference. Default: `PreparationSettings()`, with the gateway's limits.
  public var preparation = PreparationSettings()
  /// Pads the edited picture to exactly the aspect ratio of the answer, by mirroring at its edges. Applies if
  /// the answer is placed back into the original and neither `preparation.fit` nor `aspect` decides its
  /// shape. The padding is removed from the result. Default: `true`.
  public var mirrorsEdges = true
  /// The maximum size of the whole request. Default: `nil`, the gateway's limit.
  public var requestBytes: ByteCount?
  /// How the result is finished, with the first reference as its original. A region is sent alone, with some
  /// of its surroundings, in a shape and size that the model supports. Default: not at all.
  public var finish = FinishOptions()
  /// Writes the model's own bytes, under the output's name with their true extension. Default: `false`.
  public var isRaw = false
  /// The price of one picture, if the built-in table lacks it or is wrong. Default: `nil`, the table's price.
  public var price: Money?
  /// The spending limits. Default: none.
  public var spending = SpendingLimits()
  /// The edit whose result the first reference is, recorded in the ledger. Default: `nil`, none.
  public var parent: String?
  /// The key of the edit among the jobs of batches.
  package var jobKey: String?
  /// The keys of jobs whose earlier edits were considered already: the job's own and those of its variants.
  package var knownJobs: Set<String> = []
  /// The ids of further edits that were considered already.
  var knownEdits: Set<String> = []
  /// The batch run that the edit belongs to.
  package var run: String?
  /// Writes the prompt to the ledger. Default: `true`.
  public var recordsPrompt = true
  /// The destination of the result. Default: `memory`, the returned value only.
  public var output = Output.memory
  /// The name pattern for results in an output folder. Default: `nil`, `NAME.edited.EXT`.
  public var outputTemplate: NameTemplate?
  /// Replaces an existing output file only if the edit has written it itself. Default: `false`.
  var sparesOthers = false
  /// Names a result in a folder after the whole file name of the first reference, not its stem.
  package var usesWholeName = false
  /// Sends the edit even if the outcome of an equal one is unknown, which may have been billed. Default:
  /// `false`.
  public var sendsAgain = false
  /// Replaces existing files. Default: `false`.
  public var overwrites = false
  /// The timeout of the whole call. Default: `nil`, the gateway's own, 360 or 600 s.
  public var timeout: Duration?

  /// Creates the default options.
  public init() {}

  /// The aspect ratio of the answer.
  public enum Aspect: Sendable, Equatable {
    /// The supported ratio nearest to the first reference's. The difference is reported.
    case source
    /// A given ratio.
    case ratio(AspectRatio)
    /// The gateway's own choice, if it documents one.
    case automatic
  }

  /// The number of pictures to request.
  package var requestedCount: Int { numbers?.count ?? count }

  /// The tier for preparation and price when none was requested.
  package var effectiveTier: Tier { tier ?? .one }

  /// The destination of results.
  public enum Output: Sendable, Equatable {
    /// No file: the results are only returned.
    case memory
    /// Exactly this path. Its extension decides the format; without a known one the model's own bytes are
    /// kept.
    case file(String)
    /// `NAME.edited.EXT` in this folder; `nil`: beside the first reference.
    case folder(String?)

    /// Interprets the argument of `-o`: a file if its extension is a picture's, or if a file of that name
    /// exists; otherwise a folder. It is always a folder if it is an existing one or ends in a slash. `nil`
    /// means beside the first reference.
    package init(argument: String?) {
      guard let argument else {
        self = .folder(nil)
        return
      }
      let isFolder = Path(argument).namesFolder || Path(argument).isFolder
      // An empty path is treated as a file's, and refused as such.
      let isFile =
        OutputPlan.format(byNameOf: argument) != nil || Path(argument).exists || argument.isEmpty
      self = isFile && !isFolder ? .file(argument) : .folder(argument)
    }
  }

  /// The preparation options that follow from these options and a gateway's limits.
  ///
  /// - Throws: `PlantainError` with the code `unsupportedOption` for what the gateway or the model lacks.
  public func preparation(for gateway: Gateway) throws(PlantainError) -> PreparationOptions {
    try resolve(self, for: gateway).preparation
  }

  /// The preparation options that follow from these options without a gateway's limits.
  package var preparationWithoutGateway: PreparationOptions {
    var options = PreparationOptions(preparation)
    if case .ratio(let ratio) = aspect { options.ratios = [ratio] }
    return options
  }
}
