import Batch
public import Editing
public import Gateways
import Core

/// One edit as one JSON object; without `images` and `attempts` it is what a dry run would send.
public struct EditReport: Encodable, Sendable {
  public let id: String
  public let gateway: String
  public let model: String
  /// The gateway's own ids, with commas between them.
  public var task: String?
  public var images: [Image]?
  public let prepared: [PrepareReport]
  public let request: Request
  /// References that the gateway fetches by their address itself.
  public var passedOn: [String]?
  /// References by URL that a dry run left out.
  public var notFetched: [String]?
  /// A forecast, of a dry run.
  public var tokens: Tokens?
  public var usage: ReplyFacts.Usage?
  public let cost: EditResult.Cost
  public var finish: Finish?
  public var attempts: [Attempt]?
  public var text: String?
  /// What searches found, as it came.
  var grounding: JSONValue?
  public let warnings: [String]
  public var seconds: Double?
  /// The earlier edit whose result this is a copy of.
  public var copyOf: String?

  public struct Image: Encodable, Sendable {
    public let output: String?
    public let mediaType: String
    public let width: Int
    public let height: Int
    public let bytes: Int
    public let sha256: String
    /// How it traveled: `inline`, `url` or `task`.
    public let source: String
  }

  public struct Request: Encodable, Sendable {
    public let bytes: Int
    public let tier: String
    public let aspect: String?
    public let count: Int

    init(_ request: EditResult.Request) {
      bytes = request.bytes.bytes
      tier = request.tier.rawValue
      aspect = request.ratio?.description
      count = request.count
    }
  }

  public struct Finish: Encodable, Sendable {
    /// The pixels were encoded anew, because the model returned another format than OUT's or the picture was finished.
    public let converted: Bool
    /// Of the model's final picture, beside that; `nil` where no picture was held against its original.
    public let findings: FindingsReport?

    private enum CodingKeys: CodingKey { case converted }

    init(_ result: EditResult) {
      converted = result.images.contains(where: \.isConverted)
      findings = result.findings
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(converted, forKey: .converted)
      try findings?.encode(to: encoder)
    }
  }

  public struct Attempt: Encodable, Sendable {
    public let gateway: String
    public let state: String
    public let status: Int?
    public let seconds: Double
  }

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
  }

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
    attempts = result.attempts.map {
      Attempt(gateway: $0.gateway, state: $0.state, status: $0.status, seconds: $0.elapsed.seconds)
    }
    text = result.reply.text
    grounding = result.reply.grounding.flatMap { JSONValue(parsing: Array($0.utf8)) }
    warnings = result.warnings.map(\.rawValue)
    seconds = result.elapsed.seconds
    copyOf = result.copyOf
  }
}
