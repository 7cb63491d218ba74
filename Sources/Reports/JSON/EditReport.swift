import Batch
public import Editing
public import Gateways
import Core

/// One edit as a JSON object. Without `images` and `attempts`, it is what a dry run would send.
public struct EditReport: Encodable, Sendable {
  /// The id of the edit in the ledger.
  public let id: String
  /// The id of the gateway.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The gateway's task ids, separated by commas.
  public var task: String?
  /// The resulting pictures; `nil` in a dry run.
  public var images: [Image]?
  /// The preparation of each reference.
  public let prepared: [PrepareReport]
  /// The request as it is sent.
  public let request: Request
  /// References that the gateway fetches itself, by URL.
  public var passedOn: [String]?
  /// References by URL that a dry run did not fetch.
  public var notFetched: [String]?
  /// The estimated number of tokens, in a dry run.
  public var tokens: Tokens?
  /// The usage that the gateway reported.
  public var usage: ReplyFacts.Usage?
  /// The cost of the edit; in a dry run, its price.
  public let cost: EditResult.Cost
  /// The result of finishing.
  public var finish: Finish?
  /// The attempts to send the request, in order.
  public var attempts: [EditAttempt]?
  /// Text that the model returned.
  public var text: String?
  /// The grounding metadata of searches, as the gateway returned it.
  var grounding: JSONValue?
  /// The raw values of the warnings.
  public let warnings: [String]
  /// The errors of requests that delivered no picture, where others did; `nil` if there are none.
  public var missing: [ErrorReport.Content]?
  /// The duration of the edit, in seconds.
  public var seconds: Double?
  /// The id of the earlier edit whose result was copied.
  public var copyOf: String?
  /// In a dry run, the id of an equal edit that is paid for, whose result would be fetched first.
  public var paidFor: String?

  /// A resulting picture.
  public struct Image: Encodable, Sendable {
    /// The path that it was written to; `nil` for a result in memory.
    public let output: String?
    /// Its media type, such as `image/png`.
    public let mediaType: String
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// The size of the file, in bytes.
    public let bytes: Int
    /// The SHA-256 of the file, in hexadecimal.
    public let sha256: String
    /// How the gateway returned it: `inline`, `url` or `task`.
    public let source: String
  }

  /// The size and the choices of a request.
  public struct Request: Encodable, Sendable {
    /// The size of the request body, in bytes.
    public let bytes: Int
    /// The resolution tier, such as `2K`.
    public let tier: String
    /// The aspect ratio, such as `16:9`; `nil` when none is requested.
    public let aspect: String?
    /// The number of pictures requested.
    public let count: Int

    init(_ request: EditResult.Request) {
      bytes = request.bytes.bytes
      tier = request.tier.rawValue
      aspect = request.ratio?.description
      count = request.count
    }
  }

  /// What finishing did to the returned pictures.
  public struct Finish: Encodable, Sendable {
    /// Whether the pixels were encoded again, because the model returned another format than OUT's or the
    /// picture was finished.
    public let converted: Bool
    /// The findings for the model's final picture; `nil` when none was compared with its original.
    public let findings: FindingsReport?

    private enum CodingKeys: CodingKey { case converted }

    init(_ result: EditResult) {
      converted = result.images.contains(where: \.isConverted)
      findings = result.findings
    }

    /// Encodes `converted`, and the members of the findings beside it.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(converted, forKey: .converted)
      try findings?.encode(to: encoder)
    }
  }

  /// The report of a dry run.
  public init(_ plan: EditPlan) {
    id = plan.id
    gateway = plan.gateway
    model = plan.model
    prepared = plan.reports
    request = Request(plan.request)
    passedOn = plan.passedOn.isEmpty ? nil : plan.passedOn
    notFetched = plan.notFetched.isEmpty ? nil : plan.notFetched
    cost = plan.cost
    tokens = plan.tokens
    warnings = plan.warnings.map(\.rawValue)
    paidFor = plan.paidFor
  }

  /// The report of an edit that was done.
  public init(_ result: EditResult) {
    id = result.id
    gateway = result.gateway
    model = result.model
    task = result.tasks.isEmpty ? nil : result.tasks.joined(separator: ",")
    images = result.images.map {
      Image(
        output: $0.output, mediaType: $0.mediaType.name, width: $0.size.width, height: $0.size.height,
        bytes: $0.bytes.count, sha256: $0.bytes.sha256, source: $0.source.rawValue)
    }
    prepared = result.reports
    request = Request(result.request)
    usage = result.reply.usage
    cost = result.cost
    finish = Finish(result)
    missing = result.missing.isEmpty ? nil : result.missing.map(ErrorReport.Content.init)
    attempts = result.attempts
    text = result.reply.text
    grounding = result.reply.grounding.flatMap { JSONValue(parsing: Array($0.utf8)) }
    warnings = result.warnings.map(\.rawValue)
    seconds = result.elapsed.seconds
    copyOf = result.copyOf
  }
}
