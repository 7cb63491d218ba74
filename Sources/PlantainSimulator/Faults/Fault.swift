public import Core

/// A fault that the simulator injects into requests. With nothing set, the request succeeds.
public struct Fault: Sendable, Equatable {
  /// The id of the gateway that the fault is for. Default: `nil`, any gateway.
  public var gateway: String?
  /// The number of requests that the fault is for. Default: 1.
  public var times = 1

  /// An HTTP status to reply with, 300…599, instead of a picture. Default: `nil`.
  public var status: Int?
  /// The body of the reply with `status`. Default: `nil`, the gateway's own error body.
  public var body: String?
  /// The value of `Retry-After` in the reply with `status`: seconds or a date. Default: `nil`.
  public var retryAfter: String?
  /// Whether the request counts as billed. Default: `nil`, which bills every request except those with
  /// `status` and those that are reset on arrival.
  public var isBilled: Bool?

  /// The time to wait before the reply. Default: `nil`, none.
  public var delay: Duration?
  /// A fault of the connection. Default: `nil`.
  public var connection: Connection?

  /// The media type that the reply states for the picture, whatever it is. Default: `nil`, the true one.
  public var label: MediaType?
  /// Replies successfully, but without a picture. Default: `false`.
  public var hasNoPicture = false
  /// Shifts, scales, and tints the result. Default: `nil`.
  public var drift: Drift?

  /// The number of drafts before the picture, marked as thoughts. The last one is the picture itself. This
  /// and the next five are for the native dialect only. Default: `nil`, none.
  public var thoughts: Int?
  /// Marks the picture itself as a thought, too. Default: `false`.
  public var isOnlyThought = false
  /// A text to reply with instead of a picture. Default: `nil`.
  public var text: String?
  /// A reason to block the prompt. Default: `nil`.
  public var blockReason: String?
  /// A finish reason, with no picture. Default: `nil`.
  public var finishReason: String?
  /// Puts the picture into the model's text as Markdown. Default: `nil`.
  public var inText: InText?

  /// A fault of the result's download. Not for the native dialect, which has addresses only in its text
  /// (`inText`). Default: `nil`.
  public var download: Download?
  /// A URL that the result's address redirects to. Default: `nil`.
  public var redirect: String?

  /// The number of polls of the task that are answered with "still running". This and the next are for the
  /// task dialect only. Default: `nil`, which is 1.
  public var polls: Int?
  /// An error message that the task fails with. Default: `nil`.
  public var taskFailure: String?

  /// Creates a fault with nothing set, which lets the request succeed.
  public init() {}

  /// Faults of the connection.
  public enum Connection: String, Sendable, CaseIterable {
    /// Resets the connection while the request arrives, and does no work.
    case resetRequest = "reset-request"
    /// Does the work, then resets the connection instead of replying.
    case resetReply = "reset-reply"
    /// Closes the connection in the middle of the reply.
    case cutReply = "cut-reply"
    /// Does the work and never replies.
    case stall
    /// Stalls in the middle of the reply.
    case stallReply = "stall-reply"
  }

  /// Forms of a picture in the model's text.
  public enum InText: String, Sendable, CaseIterable {
    /// A data URI.
    case dataURI = "data-uri"
    /// A URL on the simulator.
    case address
  }

  /// Faults of a download.
  public enum Download: String, Sendable, CaseIterable {
    /// The address has expired.
    case expired
    /// The first download breaks off in the middle.
    case cut
  }

  /// The unwanted change that image models make to a whole picture, also where nothing was to change.
  public struct Drift: Sendable, Equatable {
    /// The shift to the right in pixels of the result, -500…500. The exposed edge is mirrored. Default: 0.
    public var right = 0
    /// The shift down, as for `right`. Default: 0.
    public var down = 0
    /// The scale around the center, 0.5…2. Default: 1.
    public var scale = 1.0
    /// The factors for red, green, and blue, 0…2. Default: 1 for each.
    public var tint = [1.0, 1.0, 1.0]

    /// Creates a drift that changes nothing.
    public init() {}
  }
}
