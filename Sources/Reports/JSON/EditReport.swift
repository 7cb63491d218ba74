import Batch
package import Editing
package import Gateways
import Core

/// One edit as a JSON object. Without `images` and `attempts`, it is what a dry run would send.
package struct EditReport: Encodable, Sendable {
  /// The id of the edit in the ledger.
  package let id: String
  /// The id of the gateway.
  package let gateway: String
  /// The id of the model.
  package let model: String
  /// The gateway's task ids, separated by commas.
  package var task: String?
  /// The resulting pictures; `nil` in a dry run.
  package var images: [Image]?
  /// The preparation of each reference.
  package let prepared: [PrepareReport]
  /// The request as it is sent.
  package let request: Request
  /// References that the gateway fetches itself, by URL.
  package var passedOn: [String]?
  /// References by URL that a dry run did not fetch.
  package var notFetched: [String]?
  /// The estimated number of tokens, in a dry run.
  package var tokens: Tokens?
  /// The usage that the gateway reported.
  package var usage: ReplyFacts.Usage?
  /// The cost of the edit; in a dry run, its price.
  package let cost: EditResult.Cost
  /// The result of finishing.
  package var finish: Finish?
  /// The attempts to send the request, in order.
  package var attempts: [EditAttempt]?
  /// Text that the model returned.
  package var text: String?
  /// The grounding metadata of searches, as the gateway returned it.
  var grounding: JSONValue?
  /// The raw values of the warnings.
  package let warnings: [String]
  /// The errors of requests that delivered no picture, where others did; `nil` if there are none.
  package var missing: [ErrorReport.Content]?
  /// The duration of the edit, in seconds.
  package var seconds: Double?
  /// The id of the earlier edit whose result was copied.
  package var copyOf: String?
  /// In a dry run, the id of an equal edit that is paid for, whose result would be fetched first.
  package var paidFor: String?

  /// A resulting picture.
  package struct Image: Encodable, Sendable {
    /// The path that it was written to; `nil` for a result in memory.
    package let output: String?
    /// Its media type, such as `image/png`.
    package let mediaType: String
    /// In pixels.
    package let width: Int
    /// In pixels.
    package let height: Int
    /// The size of the file, in bytes.
    package let bytes: Int
    /// The SHA-256 of the file, in hexadecimal.
    package let sha256: String
    /// How the gateway returned it: `inline`, `url` or `task`.
    package let source: String
  }

  /// The size and the choices of a request.
  package struct Request: Encodable, Sendable {
    /// The size of the request body, in bytes.
    package let bytes: Int
    /// The resolution tier, such as `2K`.
    package let tier: String
    /// The aspect ratio, such as `16:9`; `nil` when none is requested.
    package let aspect: String?
    /// The number of pictures requested.
    package let count: Int

    init(_ request: EditResult.Request) {
      bytes = request.bytes.bytes
      tier = request.tier.rawValue
      aspect = request.ratio?.description
      count = request.count
    }
  }

  /// What finishing did to the returned pictures.
  package struct Finish: Encodable, Sendable {
    /// Whether the pixels were encoded again, because the model returned another format than OUT's or the
    /// picture was finished.
    package let converted: Bool
    /// The findings for the model's final picture; `nil` when none was compared with its original.
    package let findings: FindingsReport?

    private enum CodingKeys: CodingKey { case converted }

    init(_ result: EditResult) {
      converted = result.images.contains(where: \.isConverted)
      findings = result.findings
    }

    /// Encodes `converted`, and the members of the findings beside it.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(converted, forKey: .converted)
      try findings?.encode(to: encoder)
    }
  }

  /// The report of a dry run.
  package init(_ plan: EditPlan) {
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
  package init(_ result: EditResult) {
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
