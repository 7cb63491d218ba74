package import Finishing
public import Gateways
import PictureFormats
package import Ledger
import Preparation
package import Submission
public import Core

/// The result of one edit: its pictures, cost, warnings and attempts.
public struct EditResult: Sendable {
  /// The edit's id in messages, reports and the ledger.
  public let id: String
  /// The id of the gateway that served the edit.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The gateway's task ids; empty where the gateway does not work by tasks.
  public let tasks: [String]
  /// The finished pictures: at least one. The last is the model's final picture.
  public let images: [Image]
  /// The references as they were prepared.
  public let prepared: [Preparer.Result]
  package let reports: [PrepareReport]
  /// The size and options of the request.
  public let request: Request
  /// The facts of the last reply other than its pictures, with the usage summed over all replies.
  public let reply: ReplyFacts
  /// The cost of all billed pictures.
  public let cost: Cost
  /// All warnings of the edit.
  public let warnings: [EditWarning]
  /// The subset of `warnings` that was known before the request was sent.
  public let foreseen: [EditWarning]
  /// Every attempt to send, in order, including those at earlier gateways.
  public let attempts: [Attempt]
  /// The duration of the whole call.
  public let elapsed: Duration
  /// Whether the pictures were compared with their original.
  let isFinished: Bool
  /// Whether the picture sent was mirror-padded to the shape of the answer; `nil` if unknown.
  private let isMirrored: Bool?
  /// Whether an earlier run of a batch paid for the edit. Its cost does not count toward the current run.
  package var isOfEarlierRun = false
  /// The number of requests that were or may have been billed, and whose pictures did not arrive.
  private let open: Int
  /// The path of the ledger, for warnings; `nil` for a copy.
  private let ledger: String?
  /// The errors of the requests that delivered no picture, where others did.
  public package(set) var missing: [PlantainError] = []
  /// The id of the earlier edit whose result was copied; `nil` if the edit was sent. A copy sends nothing and
  /// costs nothing.
  public let copyOf: String?

  package init(
    plan: EditPlan, images: [Image], executed: [ExecutionResult], failures: [ExecutionFailure],
    earlier: [AttemptNote] = [], warnings: [EditWarning], elapsed: Duration, ledger: String? = nil
  ) {
    self.ledger = ledger
    open = failures.count { $0.state.billing != .no }
    id = plan.id
    gateway = plan.gateway
    model = plan.model
    prepared = plan.prepared
    reports = plan.reports
    request = plan.request
    tasks = executed.flatMap(\.tasks)
    var reply = executed.last?.facts ?? ReplyFacts()
    reply.usage = ReplyFacts.Usage.sum(executed.compactMap(\.facts.usage))
    self.reply = reply
    let unbilled = failures.filter { $0.state.billing == .no }.count
    cost =
      (failures.isEmpty ? Cost(reported: executed.map(\.facts.cost)) : nil)
      ?? Cost(price: plan.cost.price, count: plan.request.count - unbilled)
    let all = earlier + executed.flatMap(\.attempts) + failures.flatMap(\.attempts)
    attempts = all.map(Attempt.init)
    self.images = images
    isFinished = plan.finishing?.options.looksAtOriginal == true
    isMirrored = plan.isMirrored
    self.warnings = plan.warnings + warnings
    foreseen = plan.warnings
    self.elapsed = elapsed
    copyOf = nil
  }

  package init(copyOf entry: EditEntry, images: [Image], warnings: [EditWarning], elapsed: Duration) {
    let plan = EditPlan(resuming: entry)
    (id, gateway, model, request) = (plan.id, plan.gateway, plan.model, plan.request)
    (prepared, reports, tasks, attempts) = ([], [], [], [])
    reply = ReplyFacts()
    cost = Cost(price: Price(millionths: 0, currency: entry.currency ?? "USD", checked: ""), count: 1)
    (self.images, self.warnings, self.elapsed) = (images, warnings, elapsed)
    (isFinished, isMirrored, foreseen, open, ledger) = (false, nil, [], 0, nil)
    copyOf = entry.id
  }

  /// A description of a warning for users, with the facts of this edit.
  public func explanation(of warning: EditWarning) -> String {
    if warning == .outcomeUnknown, open > 1 {
      return """
        \(open) of the requests were or may have been billed, and their pictures did not arrive; see \
        plantain history
        """
    }
    guard warning == .ledgerNotUpdated, let ledger else { return warning.explanation }
    return """
      the ledger \(ledger) could not be updated, so history will call the edit \(id) ambiguous, although it \
      is done; when the ledger can be written again, run plantain settle \(id) `as` billed
      """
  }

  /// The codes of what is missing: `outcomeUnknown` alone if a missing picture was or may have been billed;
  /// empty if nothing is missing.
  package var failures: Set<PlantainError.Code> {
    missing.contains { $0.billed != .no } ? [.outcomeUnknown] : Set(missing.map(\.code))
  }

  /// The model's final picture: the last of `images`.
  public var image: Image { images[images.count - 1] }

  /// The findings of the comparison between the final picture and its original, and what the picture lost;
  /// `nil` if the pictures were not compared and there is no warning.
  public var findings: FindingsReport? {
    isFinished || !image.findings.warnings.isEmpty
      ? FindingsReport(image.findings, remedy: .uncovered(isMirrored: isMirrored)) : nil
  }

  /// A finished picture.
  public struct Image: Sendable {
    /// The encoded picture.
    public let bytes: PictureBytes
    /// The media type that the bytes have, whatever the gateway's label says.
    public let mediaType: MediaType
    /// Width and height in pixels.
    public let size: PixelSize
    /// The path of the written file; `nil` if none was written.
    public let output: String?
    /// Whether the pixels were encoded again. If not, the bytes are the model's own.
    public let isConverted: Bool
    /// How the gateway delivered the picture.
    public let source: Source
    /// The findings of the comparison with the original.
    package let findings: Findings

    /// How a gateway delivered a picture: inside its reply, by URL, or as the result of a task.
    public enum Source: String, Sendable { case inline, url, task }

    package init(_ picture: FinishedPicture, source: ExecutionResult.Source, output: String?) {
      self.source =
        switch source {
        case .inline: .inline
        case .url: .url
        case .task: .task
        }
      bytes = picture.bytes
      mediaType = picture.format.mediaType
      size = picture.size
      isConverted = picture.isConverted
      findings = picture.findings
      self.output = output
    }

    /// Writes the encoded picture to `path`, atomically and unchanged. Creates missing folders.
    ///
    /// - Parameters:
    ///   - path: the output path, without an extension or with one of the picture's format.
    ///   - overwriting: whether an existing file is replaced. Default: `false`.
    /// - Throws: `PlantainError` with the code `usage` for the extension of another format, `outputExists`
    ///   when the file exists and must not be replaced, `outputNotWritable` when it cannot be written.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      if let own = PictureFormat.writable(mediaType), let named = OutputPlan.format(byNameOf: path),
        named != own
      {
        throw .usage(
          "\(path) is a name for \(named.name), but the picture is \(own.name)",
          hint: "Choose a name that ends in .\(own.extensions[0]).")
      }
      try bytes.write(to: path, overwriting: overwriting)
    }
  }

  /// The size and options of an edit's request.
  public struct Request: Sendable {
    /// The length of the body.
    public let bytes: ByteCount
    /// The resolution tier requested.
    public let tier: Tier
    /// The aspect ratio requested; `nil` if none is sent, and in a plan for a picture that was not fetched,
    /// because its shape is unknown.
    public let ratio: AspectRatio?
    /// The number of pictures requested, in one or more requests.
    public let count: Int
  }

  /// One attempt to send a request.
  public struct Attempt: Sendable {
    /// The id of the gateway.
    public let gateway: String
    /// The raw value of the attempt's state: `unbilled`, `stored`, `done`…
    public let state: String
    /// The HTTP status of the reply; `nil` if there was none.
    public let status: Int?
    /// The duration of the attempt.
    public let elapsed: Duration

    package init(_ note: AttemptNote) {
      gateway = note.gateway
      // An attempt is reported here after its pictures were written, so a billed one is done.
      state = note.state.billing == .yes ? AttemptState.done.rawValue : note.state.rawValue
      status = note.status
      elapsed = note.elapsed
    }
  }

  /// The cost of an edit, and its basis.
  public struct Cost: Encodable, Sendable {
    /// The amount in `currency`; `nil` if unknown.
    public let amount: Double?
    /// An ISO 4217 code, or `credits` for a gateway's own unit; `nil` if unknown.
    public let currency: String?
    /// How the amount is known.
    public let basis: Basis
    /// The price of one picture by the table; `nil` if unknown or not from the table.
    public let price: Price?

    /// How an amount is known: reported by the gateway, computed from the price table, or unknown.
    public enum Basis: String, Encodable, Sendable { case reported, table, unknown }

    private enum CodingKeys: CodingKey { case amount, currency, basis }

    package init(amount: Double?, currency: String?, basis: Basis) {
      (self.amount, self.currency, self.basis, price) = (amount, currency, basis, nil)
    }

    package init(price: Price?, count: Int) {
      self.price = price
      amount = price.map { Double($0.millionths * count) / 1_000_000 }
      currency = price?.currency
      basis = price == nil ? .unknown : .table
    }

    /// Sums reported costs. Returns `nil` unless every reply reports one, all in the same currency.
    package init?(reported: [ReplyFacts.ReportedCost?]) {
      let known = reported.compactMap(\.self)
      guard let first = known.first, known.count == reported.count,
        known.allSatisfy({ $0.currency == first.currency })
      else { return nil }
      amount = known.reduce(0) { $0 + $1.amount }
      currency = first.currency
      basis = .reported
      price = nil
    }
  }
}

/// A deviation that does not fail the edit. The raw value is the code in JSON.
public enum EditWarning: String, Sendable {
  /// The aspect ratio of the answer differs from the source's by more than 2 %, so the model crops or
  /// extends.
  case aspectDiffers = "aspect-differs"
  /// The requested aspect ratio was replaced by the nearest supported one.
  case aspectReplaced = "aspect-replaced"
  /// A limit is set above the one that the gateway documents.
  case overGatewayLimit = "over-gateway-limit"
  /// The gateway's media type for the picture is wrong. The type was detected from the bytes.
  case labelWrong = "label-wrong"
  /// An earlier version recorded no hash of the copied result, so the file at its path was used unchecked.
  case copyNotChecked = "copy-not-checked"
  /// One of several pictures could not be used. It was kept as received.
  case pictureUnusable = "picture-unusable"
  /// The requested tier was replaced by the nearest supported one.
  case tierReplaced = "tier-replaced"
  /// The gateway does not recommend this model for production.
  case controlledTesting = "controlled-testing"
  /// The gateway is not known to have this model. The id is sent unchanged.
  case unknownModel = "unknown-model"
  /// There are more references than the model can tell apart.
  case manyReferences = "many-references"
  /// A result was downloaded through a proxy, so the IP address of its host was not checked.
  case addressNotChecked = "address-not-checked"
  /// The gateway returned fewer pictures than requested.
  case fewerPictures = "fewer-pictures"
  /// One of several requests was or may have been billed, and its pictures did not arrive. `History` has
  /// advice.
  case outcomeUnknown = "outcome-unknown"
  /// The mask allows almost the whole picture to change.
  case maskCoversAll = "mask-covers-all"
  /// The output path holds another picture, so the result was written beside it.
  case outputMoved = "output-moved"
  /// The pictures are written, and the ledger could not record that: its disk is full, or it is locked. Its
  /// entry keeps an earlier state. `EditResult.explanation(of:)` has the remedy.
  case ledgerNotUpdated = "ledger-not-updated"
}

extension EditWarning {
  /// A description of the warning for users.
  public var explanation: String {
    switch self {
    case .aspectDiffers:
      "the answer's aspect ratio differs from the picture's by more than 2 %; the model crops or extends"
    case .aspectReplaced: "the nearest supported aspect ratio is used"
    case .overGatewayLimit: "a limit is set above the one that the gateway documents"
    case .copyNotChecked: "the file of the earlier result was used, but its content could not be checked"
    case .labelWrong: "the gateway's media type for the picture is wrong; the real one was detected"
    case .pictureUnusable: "one of the returned pictures cannot be used; it was kept as received"
    case .tierReplaced: "the nearest supported tier is used"
    case .controlledTesting: "the gateway labels this model as one for controlled testing"
    case .unknownModel: "the gateway is not known to have this model; the id is sent unchanged"
    case .manyReferences: "more than ten objects and four characters are not recommended"
    case .addressNotChecked: "the result was downloaded through a proxy, so its IP address was not checked"
    case .maskCoversAll: "the mask allows almost the whole picture to change"
    case .outputMoved: "the output path holds another picture; the result is written beside it"
    case .ledgerNotUpdated:
      "the ledger could not be updated, so history will call the edit ambiguous, although it is done"
    case .fewerPictures: "the gateway returned fewer pictures than requested"
    case .outcomeUnknown:
      "one of the requests was or may have been billed, and its pictures did not arrive; see plantain history"
    }
  }
}

/// The plan of an edit: everything that is known before the first byte goes to the network.
public struct EditPlan: Sendable {
  /// The edit's id in messages, reports and the ledger.
  public let id: String
  /// The id of the gateway.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The references as they were prepared.
  public let prepared: [Preparer.Result]
  /// The reports on `prepared`. They are made before anything is sent, because a picture may change on disk
  /// later.
  package let reports: [PrepareReport]
  /// The size and options of the request.
  public let request: EditResult.Request
  /// The URLs of references that the gateway fetches itself.
  public let passedOn: [String]
  /// The URLs of references that a plan does not fetch. `request.bytes` does not include them.
  public let notFetched: [String]
  /// The expected cost of all pictures.
  public let cost: EditResult.Cost
  /// The expected number of tokens, by the model vendor's counts; `nil` if unknown.
  public let tokens: Tokens?
  /// The warnings that are known before sending.
  public package(set) var warnings: [EditWarning]
  /// Whether the picture is mirror-padded to the shape of the answer; `nil` if unknown.
  package var isMirrored: Bool?
  /// Why the model id may be a mistake; `nil` if the model is known.
  public package(set) var modelDoubt: String?
  /// The id of an equal earlier edit that is paid for. Its result would be fetched before anything is sent.
  public package(set) var paidFor: String?
  /// How the results are finished; `nil` if they are not.
  package var finishing: EditFinishing?
  /// The highest price of a picture among the routes; `nil` if unknown.
  package var dearest: (price: Price, gateway: String)?

  /// The cost of all pictures if the route with the highest price makes them.
  package var highestCost: EditResult.Cost {
    EditResult.Cost(price: dearest?.price ?? cost.price, count: request.count)
  }
}

/// The expected number of tokens of an edit. Some gateways bill by tokens.
public struct Tokens: Encodable, Sendable, Equatable {
  /// The tokens of the references and the prompt, over all requests.
  public package(set) var input: Int
  /// The tokens of the pictures made.
  public package(set) var output: Int

  package init(input: Int, output: Int) { (self.input, self.output) = (input, output) }
}

extension Tokens {
  /// Computes the tokens of an edit. Returns `nil` if the model's counts are unknown.
  ///
  /// - Parameters:
  ///   - references: the number of pictures sent.
  ///   - parts: the number of pictures in each request.
  package init?(_ model: Model, _ tier: Tier, references: Int, promptBytes: Int, parts: [Int]) {
    guard let counts = model.tokens, let made = counts.perPicture[tier] else { return nil }
    // Each request sends all references and the prompt.
    input = parts.count * (counts.perReference * references + TokenCounts.prompt(promptBytes))
    output = parts.reduce(0, +) * made
  }
}

/// A progress event of an edit, passed to its `watch` closure.
public enum EditEvent: Sendable {
  /// A reference was prepared.
  case prepared(Preparer.Result)
  /// The requests are about to be sent.
  case sending(EditPlan)
  /// An attempt failed without being billed, and is retried after the given time.
  case waiting(Duration, because: String)
  /// A task is in progress. The gateway may report its progress in percent.
  case task(id: String, progress: Int?)
  /// A route failed without being billed, and the next one is tried.
  case failedOver(PlantainError, to: String)
  /// An equal earlier edit was billed and produced no picture. Its stored reply or task is checked for a
  /// result before anything is sent.
  case fetching(id: String)
  /// A gateway has replied to a request.
  case answered(status: Int, elapsed: Duration)
  /// A stop was requested. The edit waits for the pending reply for at most the given time.
  case stopping(atMost: Duration)
  /// The edit is complete.
  case done(EditResult)
}
