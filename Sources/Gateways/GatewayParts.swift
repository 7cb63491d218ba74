public import Core

extension Gateway {
  /// A family of request and reply formats.
  public enum Dialect: String, Sendable, CaseIterable {
    /// Google's `generateContent`, with pictures inline as base64 in requests and replies.
    case nativeGemini = "native-gemini"
    /// Flat JSON with one list for base64 and one for URLs; replies contain URLs (myrouter and its twins).
    case v3
    /// Flat JSON modeled on OpenAI's images API; replies contain URLs or base64 (aimlapi).
    case images
    /// Flat JSON whose reply contains the id of a task, which is polled until it is done (APIMart and its
    /// white labels).
    case task
  }

  /// How a request carries the key.
  public enum Authorization: String, Sendable, CaseIterable {
    /// `Authorization: Bearer KEY`.
    case bearer
    /// `x-goog-api-key: KEY`.
    case googleHeader = "x-goog-api-key"
    /// `?key=KEY`, only for hosts that require it: a URL is logged in more places than a header.
    case query
  }

  /// The encoding of the bytes of a reference.
  public enum Carrier: String, Sendable, CaseIterable {
    /// Base64 without a prefix.
    case rawBase64 = "base64"
    /// A base64 data URI, `data:TYPE;base64,…`.
    case dataURI = "data-uri"
    /// An `inlineData` object with media type and base64.
    case inlineData = "inline-data"
  }

  /// The limits on the references and the body of one request.
  public struct Limits: Sendable {
    /// The maximum number of references in one request, including those sent as URLs.
    public var references: Int
    /// The recommended maximum of references: the model can distinguish ten objects and four characters. More
    /// are accepted. Default: 10.
    public var advisedReferences = 10
    /// The documented maximum size of one picture. Default: `nil`, not documented.
    public var statedPictureBytes: ByteCount?
    /// What the documented maximum counts. Default: the bytes of the file.
    public var counting = Counting.file
    /// The maximum size of the body of one request. Default: 20 MB.
    public var requestBytes = ByteCount.megabytes(20)
    /// The picture formats that the documentation names. Default: JPEG and PNG.
    public var formats: [MediaType] = [.jpeg, .png]

    /// Creates limits. Every parameter is the property of its name.
    ///
    /// - Parameters:
    ///   - references: the maximum number of references in one request.
    ///   - advisedReferences: the recommended maximum. Default: 10.
    ///   - statedPictureBytes: the documented maximum size of one picture. Default: `nil`, not documented.
    ///   - counting: what that maximum counts. Default: the bytes of the file.
    ///   - requestBytes: the maximum size of the body. Default: 20 MB.
    ///   - formats: the accepted picture formats. Default: JPEG and PNG.
    public init(
      references: Int, advisedReferences: Int = 10, statedPictureBytes: ByteCount? = nil,
      counting: Counting = .file, requestBytes: ByteCount = .megabytes(20),
      formats: [MediaType] = [.jpeg, .png]
    ) {
      (self.references, self.advisedReferences) = (references, advisedReferences)
      (self.statedPictureBytes, self.counting) = (statedPictureBytes, counting)
      (self.requestBytes, self.formats) = (requestBytes, formats)
    }

    /// What a size limit counts.
    public enum Counting: String, Sendable, CaseIterable {
      /// The bytes of the file.
      case file
      /// The characters of its base64 text.
      case base64
      /// The documentation does not say. Plantain respects both readings.
      case unstated
    }

    /// The maximum file size of one picture: the documented limit, but not more than 10 MB. A limit on base64
    /// text is converted to file bytes (3/4).
    public var pictureBytes: ByteCount {
      let stated = statedPictureBytes ?? .megabytes(10)
      return min(.megabytes(10), counting == .file ? stated : ByteCount(stated.bytes / 4 * 3))
    }
  }

  /// Whether a gateway works synchronously or through tasks.
  public enum Mode: Sendable {
    /// The reply to an edit request carries the result.
    case answer
    /// The reply to an edit request carries the id of a task, which is polled at this route.
    case task(TaskRoute)
  }

  /// The endpoint that returns the state of a task.
  public struct TaskRoute: Sendable {
    /// The path below the base URL; `{task}` stands for the id.
    public var path: String
    /// The time between two polls. Default: 2 s.
    public var interval: Duration = .seconds(2)
    /// The timeout of one poll. Default: 15 s.
    public var timeout: Duration = .seconds(15)

    /// Creates the endpoint of tasks.
    ///
    /// - Parameters:
    ///   - path: the path below the base URL, with `{task}` for the id.
    ///   - interval: the time between two polls. Default: 2 s.
    ///   - timeout: the timeout of one poll. Default: 15 s.
    public init(path: String, interval: Duration = .seconds(2), timeout: Duration = .seconds(15)) {
      (self.path, self.interval, self.timeout) = (path, interval, timeout)
    }
  }

  /// Support for idempotency keys.
  public struct Idempotency: Sendable {
    /// The name of the header that carries the key.
    public var header: String
    /// Whether the gateway is known to honor the key. If so, a request of unknown outcome is sent again under
    /// the same key.
    public var isHonored: Bool

    /// Creates a description of a gateway's idempotency keys.
    public init(header: String, isHonored: Bool) {
      self.header = header
      self.isHonored = isHonored
    }
  }

  /// The timeouts of one whole call, including retries and polls of a task.
  public struct Timeouts: Sendable {
    /// The timeout of most calls. Default: 360 s.
    public var usual: Duration = .seconds(360)
    /// The timeout for 4K and for several references. Default: 600 s.
    public var slow: Duration = .seconds(600)

    /// Creates timeouts of whole calls.
    ///
    /// - Parameters:
    ///   - usual: the timeout of most calls. Default: 360 s.
    ///   - slow: the timeout for 4K and for several references. Default: 600 s.
    public init(usual: Duration = .seconds(360), slow: Duration = .seconds(600)) {
      (self.usual, self.slow) = (usual, slow)
    }
  }
}
