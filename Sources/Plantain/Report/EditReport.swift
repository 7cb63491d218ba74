import Gateways
import Vocabulary

/// One edit as one JSON object; without `images` and `attempts` it is what a dry run would send.
public struct EditReport: Encodable, Sendable {
  public let id: String
  public let gateway: String
  public let model: String
  public var images: [Image]?
  public let prepared: [PrepareReport]
  public let request: Request
  /// References by URL that a dry run left out.
  public var notFetched: [String]?
  public var usage: ReplyFacts.Usage?
  public let cost: Cost
  public var finish: Finish?
  public var attempts: [Attempt]?
  public var text: String?
  public let warnings: [String]
  public var seconds: Double?

  public struct Image: Encodable, Sendable {
    public let output: String?
    public let mediaType: String
    public let width: Int
    public let height: Int
    public let bytes: Int
    public let sha256: String
    /// How it travelled: `inline`.
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
      count = 1
    }
  }

  public struct Cost: Encodable, Sendable {
    public let amount: Double?
    public let currency: String?
    /// `table` or `unknown`.
    public let basis: String

    init(_ cost: EditResult.Cost) {
      amount = cost.price?.amount
      currency = cost.price?.currency
      basis = cost.price == nil ? "unknown" : "table"
    }
  }

  public struct Finish: Encodable, Sendable {
    /// The pixels were encoded in OUT's format because the model returned another.
    public let converted: Bool
  }

  public struct Attempt: Encodable, Sendable {
    public let state: String
    public let status: Int
    public let seconds: Double
  }

  public init(_ plan: EditPlan) {
    id = plan.id
    gateway = plan.gateway
    model = plan.model
    prepared = plan.reports
    request = Request(plan.request)
    notFetched = plan.notFetched.isEmpty ? nil : plan.notFetched
    cost = Cost(plan.cost)
    warnings = plan.warnings.map(\.rawValue)
  }

  public init(_ result: EditResult) {
    id = result.id
    gateway = result.gateway
    model = result.model
    images = result.images.map {
      Image(
        output: $0.output, mediaType: $0.mediaType.name, width: $0.size.width, height: $0.size.height,
        bytes: $0.bytes.count, sha256: $0.bytes.sha256, source: "inline")
    }
    prepared = result.reports
    request = Request(result.request)
    usage = result.reply.usage
    cost = Cost(result.cost)
    finish = Finish(converted: result.images.contains(where: \.isConverted))
    attempts = [Attempt(state: "done", status: result.status, seconds: result.answerTime.seconds)]
    text = result.reply.text
    warnings = result.warnings.map(\.rawValue)
    seconds = result.elapsed.seconds
  }
}
