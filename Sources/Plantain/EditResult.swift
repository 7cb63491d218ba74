import Finishing
public import Gateways
import Imaging
import Preparation
public import Vocabulary

/// One edit, done.
public struct EditResult: Sendable {
  /// Names this edit in messages and reports.
  public let id: String
  public let gateway: String
  public let model: String
  /// At least one; the last is the model's final one.
  public let images: [Image]
  public let prepared: [Preparer.Result]
  let reports: [PrepareReport]
  public let request: Request
  public let reply: ReplyFacts
  public let cost: Cost
  public let warnings: [EditWarning]
  /// The HTTP status of the answer, and how long it took from the first byte sent.
  public let status: Int
  public let answerTime: Duration
  /// The whole call.
  public let elapsed: Duration

  init(
    plan: EditPlan, images: [Image], reply: ReplyFacts, warnings: [EditWarning], status: Int,
    answerTime: Duration, elapsed: Duration
  ) {
    id = plan.id
    gateway = plan.gateway
    model = plan.model
    prepared = plan.prepared
    reports = plan.reports
    request = plan.request
    cost = plan.cost
    self.images = images
    self.reply = reply
    self.warnings = plan.warnings + warnings
    self.status = status
    self.answerTime = answerTime
    self.elapsed = elapsed
  }

  /// The model's final picture.
  public var image: Image { images[images.count - 1] }

  public struct Image: Sendable {
    public let bytes: PictureBytes
    /// By the bytes themselves, not by the gateway's label.
    public let mediaType: MediaType
    public let size: PixelSize
    /// Where it was written.
    public let output: String?
    /// The pixels were encoded anew; otherwise the bytes are the model's own.
    public let isConverted: Bool

    init(_ picture: FinishedPicture, output: String?) {
      bytes = picture.bytes
      mediaType = picture.format.mediaType
      size = picture.size
      isConverted = picture.isConverted
      self.output = output
    }
  }

  /// What was sent.
  public struct Request: Sendable {
    /// The body's length.
    public let bytes: ByteCount
    public let tier: Tier
    /// `nil` in a plan for a picture that was not fetched, whose shape is not known.
    public let ratio: AspectRatio?
  }

  /// What it cost, and how that is known.
  public struct Cost: Sendable {
    /// `nil` when it is not known.
    public let price: Price?
  }
}

/// Something that went another way than one may expect. The raw value is its code in JSON.
public enum EditWarning: String, Sendable {
  /// The answer's ratio differs from the source's by more than 2 %: the model will crop or extend.
  case aspectDiffers = "aspect-differs"
  /// An asked-for ratio was replaced by the nearest supported one.
  case aspectReplaced = "aspect-replaced"
  /// A limit was set above the one that the gateway states.
  case overGatewayLimit = "over-gateway-limit"
  /// The gateway's label for the picture was wrong; its bytes were believed.
  case labelWrong = "label-wrong"
  /// One of several pictures could not be used; it was kept as it came.
  case pictureUnusable = "picture-unusable"
}

extension EditWarning {
  /// The same for people.
  public var explanation: String {
    switch self {
    case .aspectDiffers:
      "the answer's shape differs from the picture's by more than 2 %: the model crops or extends"
    case .aspectReplaced: "the nearest supported aspect ratio was taken"
    case .overGatewayLimit: "a limit is set above the one that the gateway states"
    case .labelWrong: "the gateway labelled the picture wrongly; its bytes were believed"
    case .pictureUnusable: "one of the returned pictures cannot be used; it was kept as it came"
    }
  }
}

/// What an edit is about to send: everything up to the first byte on the network.
public struct EditPlan: Sendable {
  public let id: String
  public let gateway: String
  public let model: String
  public let prepared: [Preparer.Result]
  /// Made before anything is sent: later a picture may have changed on its disk.
  let reports: [PrepareReport]
  public let request: EditResult.Request
  /// References by URL, which a plan does not fetch; the request's bytes do not count them.
  public let notFetched: [String]
  public let cost: EditResult.Cost
  public let warnings: [EditWarning]
}

/// A stage that an edit has passed, for those who watch.
public enum EditEvent: Sendable {
  case prepared(Preparer.Result)
  case sending(EditPlan)
  case answered(status: Int, elapsed: Duration)
  case done(EditResult)
}
