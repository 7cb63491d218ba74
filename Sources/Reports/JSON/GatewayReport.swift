import Batch
package import Editing
package import Gateways
import Core

/// One gateway as a JSON object: its entry in the table of gateways.
package struct GatewayReport: Encodable, Sendable {
  /// Its id.
  package let id: String
  /// The API dialect that it speaks.
  package let dialect: String
  /// The base URL; `nil` when none is known.
  package let baseURL: String?
  /// The environment variables that the key is read from.
  package let keyVariables: [String]
  /// How the key is sent.
  package let authorization: String
  /// How pictures are carried in a request.
  package let carrier: String
  /// `answer` when the response holds the result, `task` when it holds the id of an asynchronous task.
  package let mode: String
  /// The maximum number of references.
  package let references: Int
  /// The number of references beyond which more are accepted but advised against.
  package let advisedReferences: Int
  /// The maximum size of one picture, in bytes.
  package let pictureBytes: Int
  /// The maximum size of one picture that its documentation states; absent where it states none.
  package let statedPictureBytes: Int?
  /// Whether that size counts the bytes of the file or of its base64 text.
  package let counting: String
  /// The maximum size of a request, in bytes.
  package let requestBytes: Int
  /// The media types that it accepts.
  package let formats: [String]
  /// Whether it accepts references by URL.
  package let takesAddresses: Bool
  /// Whether it generates pictures from a prompt alone.
  package let takesPromptAlone: Bool
  /// The maximum number of pictures per request.
  package let maximumPictures: Int
  /// The media types that can be requested for results.
  package let outputFormats: [String]
  /// The command-line options that it supports.
  package var options: [String]
  /// The path of each of these options in its requests.
  package let fields: [String: String]
  /// The tiers that its requests spell in their own way.
  package let tierSpellings: [String: String]
  /// The format of its errors.
  package let errorDialect: String
  /// The failures that are documented to cost nothing and may be temporary.
  package let retryable: [String]
  /// The usual timeout, in seconds.
  package let timeout: Double
  /// The timeout for 4K and for several references, in seconds.
  package let slowTimeout: Double
  /// The time for which results can be downloaded, in seconds; `nil` when it is not documented.
  package let resultLife: Double?
  /// The known models.
  package let models: [Row]
  /// The pages that these facts come from.
  package let documentation: String
  /// The day on which those pages were read.
  package let checked: String
  /// The result of its last probe; `nil` when it was not probed.
  package let probe: ProbeResult?

  private enum CodingKeys: String, CodingKey {
    case id, dialect, baseURL, keyVariables, authorization, carrier, mode, references, advisedReferences,
      pictureBytes, statedPictureBytes, counting, requestBytes, formats, takesAddresses, takesPromptAlone,
      outputFormats, options, fields, tierSpellings, errorDialect, retryable, timeout, slowTimeout,
      resultLife, models, documentation, checked, probe
    case maximumPictures = "mostPictures"
  }

  /// A model of a gateway.
  package struct Row: Encodable, Sendable {
    /// Its id.
    package let id: String
    /// Its stability, as the gateway states it.
    package let stability: String
    /// The resolution tiers, such as `2K`.
    package let tiers: [String]
    /// The aspect ratios, such as `16:9`.
    package let ratios: [String]
    /// The thinking levels.
    package let thinking: [String]
    /// The list prices by tier, where they are known.
    package let prices: [TierPrice]
    /// The tokens of one reference, as the model's maker counts them.
    package let referenceTokens: Int?
    /// The tokens of one resulting picture by tier, as the model's maker counts them.
    package let pictureTokens: [String: Int]?
  }

  /// The list price of one picture at a tier.
  package struct TierPrice: Encodable, Sendable {
    /// The resolution tier, such as `2K`.
    package let tier: String
    /// The amount, in units of the currency.
    package let amount: Double
    /// The currency code, such as `USD`.
    package let currency: String
    /// The day on which the price was read.
    package let checked: String
  }

  /// Creates the report of a gateway, with the result of a probe. Default: no probe.
  package init(_ gateway: Gateway, probe: ProbeResult? = nil) {
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
    let places = gateway.fields.options.compactMap { place in place.field.map { (place.option, $0) } }
    fields = Dictionary(uniqueKeysWithValues: places)
    options = places.map(\.0)
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
          tier: tier.rawValue, amount: $0.money.amount, currency: $0.money.currency,
          checked: $0.source.checked)
      }
    }
  }
}

extension Price.Source {
  /// The day of reading, or who states the price.
  fileprivate var checked: String {
    switch self {
    case .documentation(let day): day
    case .configuration: "the configuration"
    case .caller: "the user"
    case .ledger: "the ledger"
    }
  }
}
