import InProcess
package import Finishing
public import Gateways
import Imaging
import PictureFormats
package import Ledger
import Preparation
package import Submission
public import Core

/// One edit, done.
public struct EditResult: Sendable {
  /// Names this edit in messages and reports.
  public let id: String
  public let gateway: String
  public let model: String
  /// The ids under which the gateway knew it, where it works by tasks.
  public let tasks: [String]
  /// At least one; the last is the model's final one.
  public let images: [Image]
  public let prepared: [Preparer.Result]
  package let reports: [PrepareReport]
  public let request: Request
  /// What the last answer said beside its pictures, with the usage of all answers together.
  public let reply: ReplyFacts
  public let cost: Cost
  public let warnings: [EditWarning]
  /// Those of them that were known before it was sent.
  public let foreseen: [EditWarning]
  /// Every try to send, in its order, by this and by earlier gateways.
  public let attempts: [Attempt]
  /// The whole call.
  public let elapsed: Duration
  /// Whether the pictures were held against their original.
  let isFinished: Bool
  /// Whether what was sent was completed to the answer's shape; `nil`: not known.
  private let isMirrored: Bool?
  /// How many pictures were paid for.
  package let billed: Int
  /// It was paid for by an earlier run of a batch, and is no cost of this one.
  package var isOfEarlierRun = false
  /// The earlier edit whose result this is a copy of: nothing was sent, and it cost nothing. `nil` for an edit of its own.
  public let copyOf: String?

  package init(
    plan: EditPlan, images: [Image], executed: [ExecutionResult], failures: [ExecutionFailure],
    earlier: [AttemptNote] = [], warnings: [EditWarning], elapsed: Duration
  ) {
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
    billed = plan.request.count - unbilled
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
    (isFinished, isMirrored, billed, foreseen) = (false, nil, 0, [])
    copyOf = entry.id
  }

  /// The model's final picture.
  public var image: Image { images[images.count - 1] }

  /// What was found by holding the final picture against its original, and what it lost; `nil` where that is nothing.
  public var findings: FindingsReport? {
    isFinished || !image.findings.warnings.isEmpty
      ? FindingsReport(image.findings, remedy: .uncovered(isMirrored: isMirrored)) : nil
  }

  public struct Image: Sendable {
    public let bytes: PictureBytes
    /// By the bytes themselves, not by the gateway's label.
    public let mediaType: MediaType
    public let size: PixelSize
    /// Where it was written.
    public let output: String?
    /// The pixels were encoded anew; otherwise the bytes are the model's own.
    public let isConverted: Bool
    /// How it traveled.
    public let source: Source
    /// What was found by holding it against the original.
    package let findings: Findings

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
  }

  /// What was sent.
  public struct Request: Sendable {
    /// The body's length.
    public let bytes: ByteCount
    public let tier: Tier
    /// `nil` where none is sent, and in a plan for a picture that was not fetched, whose shape is not known.
    public let ratio: AspectRatio?
    /// How many pictures, in as many requests as that takes.
    public let count: Int
  }

  /// One try to send a request.
  public struct Attempt: Sendable {
    public let gateway: String
    /// A word of the billing rules: `unbilled`, `stored`, `done`…
    public let state: String
    /// The HTTP status of the answer, if one came.
    public let status: Int?
    public let elapsed: Duration

    package init(_ note: AttemptNote) {
      gateway = note.gateway
      // What is reported here is written.
      state = note.state.billing == .yes ? AttemptState.done.rawValue : note.state.rawValue
      status = note.status
      elapsed = note.elapsed
    }
  }

  /// What it cost, and how that is known.
  public struct Cost: Encodable, Sendable {
    /// `nil` when it is not known.
    public let amount: Double?
    /// ISO 4217, or `credits` of the gateway's own.
    public let currency: String?
    public let basis: Basis
    /// The table's price of one picture.
    public let price: Price?

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

    /// `nil` unless every answer reports one, in one currency.
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

/// Something that went another way than one may expect. The raw value is its code in JSON.
public enum EditWarning: String, Sendable {
  /// The answer's ratio differs from the source's by more than 2 %: the model will crop or extend.
  case aspectDiffers = "aspect-differs"
  /// An asked-for ratio was replaced by the nearest supported one.
  case aspectReplaced = "aspect-replaced"
  /// A limit was set above the one that the gateway states.
  case overGatewayLimit = "over-gateway-limit"
  /// The gateway's label for the picture was wrong; its bytes were believed.
  case labelWrong = "label-wrong"
  /// An earlier version kept no hash of the result that was copied: whatever picture lay at its place was taken.
  case copyNotChecked = "copy-not-checked"
  /// One of several pictures could not be used; it was kept as it came.
  case pictureUnusable = "picture-unusable"
  /// An asked-for tier was replaced by the nearest supported one.
  case tierReplaced = "tier-replaced"
  /// The gateway does not recommend this model for production.
  case controlledTesting = "controlled-testing"
  /// The gateway is not known to have a model of that id, which is sent as it is.
  case unknownModel = "unknown-model"
  /// More references than the model tells apart.
  case manyReferences = "many-references"
  /// A result was fetched through a proxy, so that the address behind its name was not checked.
  case addressNotChecked = "address-not-checked"
  /// Fewer pictures came than were asked for.
  case fewerPictures = "fewer-pictures"
  /// One of several requests may have been done and billed, and its pictures are not here: `History` says what can be done.
  case outcomeUnknown = "outcome-unknown"
  /// The mask lets next to everything change.
  case maskCoversAll = "mask-covers-all"
  /// Another picture lies where the result was to go, and it went beside that one.
  case outputMoved = "output-moved"
}

extension EditWarning {
  /// The same for people.
  public var explanation: String {
    switch self {
    case .aspectDiffers:
      "the answer's shape differs from the picture's by more than 2 %: the model crops or extends"
    case .aspectReplaced: "the nearest supported aspect ratio was taken"
    case .overGatewayLimit: "a limit is set above the one that the gateway states"
    case .copyNotChecked: "what lay at the place of the earlier result was taken, and not checked"
    case .labelWrong: "the gateway labeled the picture wrongly; its bytes were believed"
    case .pictureUnusable: "one of the returned pictures cannot be used; it was kept as it came"
    case .tierReplaced: "the nearest supported tier was taken"
    case .controlledTesting: "the gateway calls this model one for controlled testing"
    case .unknownModel: "the gateway is not known to have that model; the id was sent as it is"
    case .manyReferences: "more than ten objects and four characters are advised against"
    case .addressNotChecked: "the result came through a proxy, so its address was not checked"
    case .maskCoversAll: "the mask lets next to everything change"
    case .outputMoved: "another picture lies where the result was to go; it is beside that one"
    case .fewerPictures: "fewer pictures came than were asked for"
    case .outcomeUnknown:
      "one of the requests is billed, or may be, and its pictures are not here: see plantain history"
    }
  }
}

/// What an edit is about to send: everything up to the first byte on the network.
public struct EditPlan: Sendable {
  public let id: String
  public let gateway: String
  public let model: String
  public let prepared: [Preparer.Result]
  /// Made before anything is sent: later a picture may have changed on its disk.
  package let reports: [PrepareReport]
  public let request: EditResult.Request
  /// References that the gateway fetches by their address itself.
  public let passedOn: [String]
  /// References by URL, which a plan does not fetch; the request's bytes do not count them.
  public let notFetched: [String]
  public let cost: EditResult.Cost
  /// How many tokens that is by the maker's counts; `nil`: not known.
  public let tokens: Tokens?
  public package(set) var warnings: [EditWarning]
  /// Whether the picture was completed to the answer's shape; `nil`: not known.
  package var isMirrored: Bool?
  /// Why the model may be another than the one that is meant; `nil`: it is known.
  public package(set) var modelDoubt: String?
  /// What is done to the results; `nil`: nothing.
  package var finishing: EditFinishing?
}

/// A forecast of tokens, which some gateways bill by.
public struct Tokens: Encodable, Sendable, Equatable {
  /// Pictures and prompt.
  public package(set) var input: Int
  public package(set) var output: Int

  package init(input: Int, output: Int) { (self.input, self.output) = (input, output) }
}

extension Tokens {
  /// - Parameters:
  ///   - references: how many pictures are sent.
  ///   - parts: how many pictures each request asks for.
  package init?(_ model: Model, _ tier: Tier, references: Int, promptBytes: Int, parts: [Int]) {
    guard let counts = model.tokens, let made = counts.perPicture[tier] else { return nil }
    // Each request sends everything.
    input = parts.count * (counts.perReference * references + TokenCounts.prompt(promptBytes))
    output = parts.reduce(0, +) * made
  }
}

/// A stage that an edit has passed, for those who watch.
public enum EditEvent: Sendable {
  case prepared(Preparer.Result)
  case sending(EditPlan)
  /// It cost nothing and is going to be sent again after that time.
  case waiting(Duration, because: String)
  /// A task that is under way, and how far it says it is, in percent.
  case task(id: String, progress: Int?)
  /// A route failed in a way that cost nothing; the next one is tried.
  case failedOver(PlantainError, to: String)
  /// An earlier edit that asked for the same was paid for and became no picture: what is kept of it is looked through before
  /// anything is sent.
  case fetching(id: String)
  case answered(status: Int, elapsed: Duration)
  /// A stop was asked for, and the answer that is under way is waited for, at most that long.
  case stopping(atMost: Duration)
  case done(EditResult)
}
