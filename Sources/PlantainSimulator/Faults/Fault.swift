public import Core

/// What the simulator does to one request instead of answering it well, or beside it. Without anything set it answers well.
public struct Fault: Sendable, Equatable {
  /// Only for requests to the gateway of this id; `nil`: to any.
  public var gateway: String?
  /// How many requests it is for.
  public var times = 1

  /// Answers with this status and no picture.
  public var status: Int?
  /// In place of the gateway's own words for that status.
  public var body: String?
  /// A `Retry-After`: seconds or a date.
  public var retryAfter: String?
  /// Whether the request counts as billed. `nil`: what was answered with a status did not, everything else did.
  public var isBilled: Bool?

  /// Waits before anything is answered.
  public var delay: Duration?
  public var connection: Connection?

  /// Calls the picture this, whatever it is.
  public var label: MediaType?
  /// Answers well, with no picture in it.
  public var hasNoPicture = false
  /// Moves, scales and tints what the model makes.
  public var drift: Drift?

  /// As many drafts before the picture, marked as thoughts; the last of them is the picture itself. Native dialect only, as
  /// the next five.
  public var thoughts: Int?
  /// Marks the picture itself as a thought, too.
  public var isOnlyThought = false
  /// Answers with these words instead of a picture.
  public var text: String?
  /// Blocks the prompt for this reason.
  public var blockReason: String?
  /// Ends without a picture for this reason.
  public var finishReason: String?
  /// Puts the picture into the model's text as Markdown.
  public var inText: InText?

  /// What befalls who downloads the result. Not in the native dialect, which has no addresses but in its text.
  public var download: Download?
  /// Where the result's address leads on to.
  public var redirect: String?

  /// How many questions after the task are answered with "still running" (usually 1). Task dialect only, as the next.
  public var polls: Int?
  /// The task ends with these words.
  public var taskFailure: String?

  public init() {}

  public enum Connection: String, Sendable, CaseIterable {
    /// Resets the connection while the request arrives; nothing is done.
    case resetRequest = "reset-request"
    /// Does the work and resets the connection instead of answering.
    case resetReply = "reset-reply"
    /// Closes the connection in the middle of the answer.
    case cutReply = "cut-reply"
    /// Does the work and never answers.
    case stall
    /// Falls silent in the middle of the answer.
    case stallReply = "stall-reply"
  }

  public enum InText: String, Sendable, CaseIterable {
    case dataURI = "data-uri"
    case address
  }

  public enum Download: String, Sendable, CaseIterable {
    /// The address is no longer valid.
    case expired
    /// The first download breaks off in the middle.
    case cut
  }

  /// What image models do to the part of a picture that nobody asked them to touch.
  public struct Drift: Sendable, Equatable {
    /// In pixels of the answer; what comes in at the edges is a mirror of what is there.
    public var right = 0
    public var down = 0
    /// Around the center, 0.5…2.
    public var scale = 1.0
    /// Factors for red, green and blue, 0…2.
    public var tint = [1.0, 1.0, 1.0]

    public init() {}
  }
}
