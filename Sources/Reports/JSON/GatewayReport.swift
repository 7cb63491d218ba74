import Batch
public import Editing
public import Gateways
import Core

/// One gateway's row of the table, as one JSON object.
public struct GatewayReport: Encodable, Sendable {
  public let id: String
  public let dialect: String
  public let baseURL: String?
  public let keyVariables: [String]
  public let authorization: String
  public let carrier: String
  /// `answer` or `task`.
  public let mode: String
  public let references: Int
  public let advisedReferences: Int
  public let pictureBytes: Int
  /// What its pages say; absent where they say nothing.
  public let statedPictureBytes: Int?
  /// Whether that counts the file's bytes or its base64 text.
  public let counting: String
  public let requestBytes: Int
  public let formats: [String]
  public let takesAddresses: Bool
  public let takesPromptAlone: Bool
  public let maximumPictures: Int
  public let outputFormats: [String]
  /// The options of the command that it takes.
  public let options: [String]
  /// Where its requests say them.
  public let fields: [String: String]
  public let tierSpellings: [String: String]
  public let errorDialect: String
  public let retryable: [String]
  /// Seconds.
  public let timeout: Double
  public let slowTimeout: Double
  public let resultLife: Double?
  public let models: [Row]
  public let documentation: String
  public let checked: String
  /// What became of its last probe.
  public let probe: ProbeResult?

  private enum CodingKeys: String, CodingKey {
    case id, dialect, baseURL, keyVariables, authorization, carrier, mode, references, advisedReferences,
      pictureBytes, statedPictureBytes, counting, requestBytes, formats, takesAddresses, takesPromptAlone,
      outputFormats, options, fields, tierSpellings, errorDialect, retryable, timeout, slowTimeout,
      resultLife, models, documentation, checked, probe
    case maximumPictures = "mostPictures"
  }

  public struct Row: Encodable, Sendable {
    public let id: String
    public let stability: String
    public let tiers: [String]
    public let ratios: [String]
    public let thinking: [String]
    public let prices: [TierPrice]
    /// Of one picture that is sent, and by tier of one that is made, as the maker counts.
    public let referenceTokens: Int?
    public let pictureTokens: [String: Int]?
  }

  public struct TierPrice: Encodable, Sendable {
    public let tier: String
    public let amount: Double
    public let currency: String
    public let checked: String
  }

  public init(_ gateway: Gateway, probe: ProbeResult? = nil) {
    self.probe = probe
    id = gateway.id
    dialect = gateway.dialect.rawValue
    baseURL = gateway.baseURL
    keyVariables = gateway.keyVariables
    authorization = gateway.authorization.rawValue
    carrier = gateway.carrier.rawValue
    if case .task = gateway.mode { mode = "task" } else { mode = "answer" }
    references = gateway.limits.references
    advisedReferences = gateway.limits.advisedReferences
    pictureBytes = gateway.limits.pictureBytes.bytes
    statedPictureBytes = gateway.limits.statedPictureBytes?.bytes
    counting = gateway.limits.counting.rawValue
    requestBytes = gateway.limits.requestBytes.bytes
    formats = gateway.limits.formats.map(\.name)
    takesAddresses = gateway.fields.addresses != nil
    takesPromptAlone = gateway.takesPromptAlone
    maximumPictures = gateway.maximumPictures
    outputFormats = gateway.outputFormats.map(\.name)
    let places: [(option: String, path: String?)] = [
      ("--aspect", gateway.fields.ratio), ("--tier", gateway.fields.tier), ("--count", gateway.fields.count),
      ("--output-format", gateway.fields.outputFormat), ("--web-search", gateway.fields.webSearch),
      ("--image-search", gateway.fields.imageSearch),
      ("--official-fallback", gateway.fields.officialFallback),
      ("--thinking", gateway.fields.thinking),
    ]
    options = places.filter { $0.path != nil }.map(\.option)
    fields = Dictionary(
      uniqueKeysWithValues: places.compactMap { place in
        place.path.map { (String(place.option.dropFirst(2)), $0) }
      })
    tierSpellings = Dictionary(
      uniqueKeysWithValues: gateway.fields.tierSpellings.map { ($0.key.rawValue, $0.value) })
    errorDialect = gateway.errorDialect.rawValue
    retryable = gateway.retryable.map(\.rawValue).sorted()
    timeout = gateway.timeouts.usual.seconds
    slowTimeout = gateway.timeouts.slow.seconds
    resultLife = gateway.resultLife?.seconds
    models = gateway.models.map(Row.init)
    documentation = gateway.documentation
    checked = gateway.checked
  }
}

extension GatewayReport.Row {
  package init(_ model: Model) {
    id = model.id
    stability = model.stability.rawValue
    tiers = model.tiers.map(\.rawValue)
    ratios = model.ratios.map(\.description)
    thinking = model.thinking.map(\.rawValue)
    referenceTokens = model.tokens?.perReference
    pictureTokens = model.tokens.map { tokens in
      Dictionary(uniqueKeysWithValues: tokens.perPicture.map { ($0.key.rawValue, $0.value) })
    }
    prices = Tier.allCases.compactMap { tier in
      model.prices[tier].map {
        GatewayReport.TierPrice(
          tier: tier.rawValue, amount: $0.amount, currency: $0.currency, checked: $0.checked)
      }
    }
  }
}
