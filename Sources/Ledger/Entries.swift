import GRDB

/// One edit, as it was asked for.
package struct EditEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "edits"

  package var id: String
  /// Milliseconds since 1970.
  package var created: Int
  package var prompt: String?
  package var gateway: String
  package var model: String
  package var tier: String
  package var aspect: String?
  package var count: Int
  package var sources: [Source]
  /// Where the result goes, as an absolute path; `nil`: nowhere but to the caller.
  package var output: Output?
  /// Where results were written.
  package var outputs: [String]?
  /// SHA-256 of each of them, empty where it is not known; `nil` where an earlier version wrote them.
  package var digests: [String]?
  /// The table's price of everything that was asked for.
  package var priceMillionths: Int?
  package var currency: String?
  /// What is done to the results; `nil`: nothing.
  package var finishing: Finishing?
  /// The edit whose result was edited.
  package var parent: String?
  /// The content of the job that it does, of a batch.
  package var jobKey: String?
  /// The run of a batch that it belongs to.
  package var run: String?

  /// How results are finished.
  package struct Finishing: Codable, Sendable {
    /// As JSON, for those who do it.
    package var options: String
    /// Absolute paths; `nil` where there is no file.
    package var original: String?
    /// Of the original's file; `nil` where no picture was edited.
    package var sha256: String?
    package var mask: String?
    /// Of the mask's file; `nil` without one.
    package var maskSHA256: String?
    package var maximumDrift: Double?
    package var comparison: String?

    private enum CodingKeys: String, CodingKey {
      case options, original, sha256, mask, maskSHA256
      case maximumDrift = "mostDrift"
      case comparison
    }

    package init(
      options: String, original: String?, sha256: String?, mask: String?, maskSHA256: String? = nil,
      maximumDrift: Double?, comparison: String?
    ) {
      self.options = options
      self.original = original
      self.sha256 = sha256
      self.mask = mask
      self.maskSHA256 = maskSHA256
      self.maximumDrift = maximumDrift
      self.comparison = comparison
    }
  }

  /// A reference, without its content.
  package struct Source: Codable, Sendable {
    package var name: String
    /// Of what was sent.
    package var mediaType: String?
    package var sha256: String?

    package init(name: String, mediaType: String? = nil, sha256: String? = nil) {
      self.name = name
      self.mediaType = mediaType
      self.sha256 = sha256
    }
  }

  package struct Output: Codable, Sendable {
    /// A file's whole name, or a folder and a name without extension.
    package var path: String
    package var isFile: Bool
    package var overwrites: Bool
    /// The format that was asked for, as a MIME type.
    package var format: String?

    package init(path: String, isFile: Bool, overwrites: Bool, format: String?) {
      self.path = path
      self.isFile = isFile
      self.overwrites = overwrites
      self.format = format
    }
  }

  package init(
    id: String, created: Int, prompt: String?, gateway: String, model: String, tier: String, aspect: String?,
    count: Int, sources: [Source], output: Output?, priceMillionths: Int?, currency: String?,
    finishing: Finishing?, parent: String? = nil, jobKey: String? = nil, run: String? = nil
  ) {
    self.id = id
    self.created = created
    self.prompt = prompt
    self.gateway = gateway
    self.model = model
    self.tier = tier
    self.aspect = aspect
    self.count = count
    self.sources = sources
    self.output = output
    self.priceMillionths = priceMillionths
    self.currency = currency
    self.finishing = finishing
    self.parent = parent
    self.jobKey = jobKey
    self.run = run
  }
}

/// One attempt to send one of an edit's requests.
package struct AttemptEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "attempts"

  package var id: Int64?
  package var edit: String
  package var part: Int
  package var number: Int
  package var gateway: String
  package var model: String
  package var baseURL: String
  /// A word of the billing rules.
  package var state: String
  package var status: Int?
  /// Milliseconds since 1970.
  package var started: Int
  package var changed: Int
  package var tasks: [String]?
  /// The raw reply's name in the folder of replies.
  package var reply: String
  package var idempotencyKey: String?
  package var message: String?
  package var costAmount: Double?
  package var costCurrency: String?

  private enum CodingKeys: String, CodingKey {
    case id, edit, part, number, gateway, model, baseURL, state, status, started, changed, tasks, reply
    case idempotencyKey
    case message = "words"
    case costAmount, costCurrency
  }

  package init(
    edit: String, part: Int, number: Int, gateway: String, model: String, baseURL: String, state: String,
    started: Int, reply: String, idempotencyKey: String?
  ) {
    self.edit = edit
    self.part = part
    self.number = number
    self.gateway = gateway
    self.model = model
    self.baseURL = baseURL
    self.state = state
    self.started = started
    changed = started
    self.reply = reply
    self.idempotencyKey = idempotencyKey
  }
}

/// What became of one trial of a route.
package struct ProbeEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "probes"

  package var gateway: String
  package var model: String
  package var baseURL: String
  /// Milliseconds since 1970.
  package var at: Int
  package var state: String
  package var reason: String
  package var seconds: Double

  package init(
    gateway: String, model: String, baseURL: String, at: Int, state: String, reason: String, seconds: Double
  ) {
    self.gateway = gateway
    self.model = model
    self.baseURL = baseURL
    self.at = at
    self.state = state
    self.reason = reason
    self.seconds = seconds
  }
}
