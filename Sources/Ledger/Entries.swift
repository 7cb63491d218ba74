package import Core
import GRDB

/// A row of `edits`: one edit, as it was requested.
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
  /// Where the result is written, as an absolute path; `nil` if it is only returned to the caller.
  package var output: Output?
  /// The paths that results were written to.
  package var outputs: [String]?
  /// The SHA-256 of each of `outputs`, empty if unknown; `nil` in entries of earlier versions.
  package var digests: [String]?
  /// The SHA-256 of all that the edit sends, which tells whether two requests are equal; `nil` in entries of
  /// earlier versions.
  package var requestDigest: String?
  /// The price of all requested pictures by the price table, in millionths of `currency`.
  package var priceMillionths: Int?
  package var currency: String?
  /// How results are finished; `nil` if they are not.
  package var finishing: Finishing?
  /// The id of the edit whose result was edited.
  package var parent: String?
  /// The key of the batch job that the edit does, derived from the content of the job.
  package var jobKey: String?
  /// The id of the batch run that the edit belongs to.
  package var run: String?

  /// The price of all requested pictures; `nil` if unknown.
  package var price: Money? {
    priceMillionths.map { Money(millionths: $0, currency: currency ?? "USD") }
  }

  /// The finishing of results.
  package struct Finishing: Codable, Sendable {
    /// The finishing options as JSON (`StoredFinishing`).
    package var options: String
    /// The absolute path of the original, as for `mask`; `nil` if there is no file.
    package var original: String?
    /// The SHA-256 of the original's file; `nil` if no picture was edited.
    package var sha256: String?
    package var mask: String?
    /// The SHA-256 of the mask's file; `nil` without a mask.
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
    /// The media type of the bytes that were sent, as for `sha256`.
    package var mediaType: String?
    package var sha256: String?

    package init(name: String, mediaType: String? = nil, sha256: String? = nil) {
      self.name = name
      self.mediaType = mediaType
      self.sha256 = sha256
    }
  }

  /// Where results are written.
  package struct Output: Codable, Sendable {
    /// The full path of a file, or a folder and a file name without extension.
    package var path: String
    package var isFile: Bool
    package var overwrites: Bool
    /// The requested format, as a MIME type.
    package var format: String?
    /// The numbers of the pictures that each request asks for, counted from 1 among those of the whole job;
    /// `nil` for a single picture, and in entries of earlier versions.
    package var numbers: [[Int]]?

    package init(
      path: String, isFile: Bool, overwrites: Bool, format: String?, numbers: [[Int]]? = nil
    ) {
      self.path = path
      self.isFile = isFile
      self.overwrites = overwrites
      self.format = format
      self.numbers = numbers
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

/// A row of `attempts`: one attempt to send one of an edit's requests.
package struct AttemptEntry: Codable, Sendable, FetchableRecord, PersistableRecord {
  package static let databaseTableName = "attempts"

  package var id: Int64?
  package var edit: String
  package var part: Int
  package var number: Int
  package var gateway: String
  package var model: String
  package var baseURL: String
  /// A state name of the billing rules.
  package var state: String
  package var status: Int?
  /// Milliseconds since 1970.
  package var started: Int
  package var changed: Int
  package var tasks: [String]?
  /// The file name of the raw reply in the folder of replies.
  package var reply: String
  package var idempotencyKey: String?
  package var message: String?
  package var costAmount: Double?
  package var costCurrency: String?

  /// What the gateway reports as the cost, in its currency or in `credits`.
  package var reportedCost: Money? {
    costAmount.flatMap { Money(amount: $0, currency: costCurrency ?? "credits") }
  }

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

  /// The state of a reservation: the edit counts with its whole price, even if nothing of it is in flight.
  static let reserved = "prepared"
  /// The state of a reservation that has ended before anything was sent.
  static let unsent = "unbilled"

  /// The reservation of an edit. It belongs to no request.
  init(reservationOf edit: EditEntry) {
    self.init(
      edit: edit.id, part: 0, number: 0, gateway: edit.gateway, model: edit.model, baseURL: "",
      state: Self.reserved, started: edit.created, reply: "\(edit.id).reserved", idempotencyKey: nil)
  }

  /// The condition that leaves out reservations.
  static var isSent: SQLExpression {
    Column("part") > 0 || Column("state") != reserved && Column("baseURL") != ""
  }
}

/// A row of `probes`: the outcome of one probe of a route.
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
