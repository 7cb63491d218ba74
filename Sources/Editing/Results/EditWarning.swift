/// A deviation that does not fail the edit. The raw value is a stable name.
public enum EditWarning: String, Sendable {
  /// The aspect ratio of the answer differs from the source's by more than 2 %, so the model crops or
  /// extends.
  case aspectDiffers = "aspect-differs"
  /// The requested aspect ratio was replaced by the nearest supported one.
  case aspectReplaced = "aspect-replaced"
  /// A limit is set above the one that the gateway documents.
  case overGatewayLimit = "over-gateway-limit"
  /// The gateway's media type for the picture is wrong. The type was detected from the bytes.
  case labelWrong = "label-wrong"
  /// An earlier version recorded no hash of the copied result, so the file at its path was used unchecked.
  case copyNotChecked = "copy-not-checked"
  /// One of several pictures could not be used. It was kept as received.
  case pictureUnusable = "picture-unusable"
  /// One of several pictures can no longer be downloaded, or its task failed. The reply is kept.
  case pictureGone = "picture-gone"
  /// The requested tier was replaced by the nearest supported one.
  case tierReplaced = "tier-replaced"
  /// The gateway does not recommend this model for production.
  case controlledTesting = "controlled-testing"
  /// The gateway is not known to have this model. The id is sent unchanged.
  case unknownModel = "unknown-model"
  /// There are more references than the model can tell apart.
  case manyReferences = "many-references"
  /// A result was downloaded through a proxy, so the IP address of its host was not checked.
  case addressNotChecked = "address-not-checked"
  /// The gateway returned fewer pictures than requested.
  case fewerPictures = "fewer-pictures"
  /// One of several requests was or may have been billed, and its pictures did not arrive. `History` has
  /// advice.
  case outcomeUnknown = "outcome-unknown"
  /// The mask allows almost the whole picture to change.
  case maskCoversAll = "mask-covers-all"
  /// The output path holds another picture, so the result was written beside it.
  case outputMoved = "output-moved"
  /// The pictures are written, and the ledger could not record that: its disk is full, or it is locked. Its
  /// entry keeps an earlier state. `EditResult.explanation(of:)` has the remedy.
  case ledgerNotUpdated = "ledger-not-updated"
}

extension EditWarning {
  /// A description of the warning for users.
  public var explanation: String {
    switch self {
    case .aspectDiffers:
      "the answer's aspect ratio differs from the picture's by more than 2 %; the model crops or extends"
    case .aspectReplaced: "the nearest supported aspect ratio is used"
    case .overGatewayLimit: "a limit is set above the one that the gateway documents"
    case .copyNotChecked: "the file of the earlier result was used, but its content could not be checked"
    case .labelWrong: "the gateway's media type for the picture is wrong; the real one was detected"
    case .pictureUnusable: "one of the returned pictures cannot be used; it was kept as received"
    case .pictureGone:
      "one of the pictures that the reply names can no longer be had from the gateway; the reply is kept"
    case .tierReplaced: "the nearest supported tier is used"
    case .controlledTesting: "the gateway labels this model as one for controlled testing"
    case .unknownModel: "the gateway is not known to have this model; the id is sent unchanged"
    case .manyReferences: "more than ten objects and four characters are not recommended"
    case .addressNotChecked: "the result was downloaded through a proxy, so its IP address was not checked"
    case .maskCoversAll: "the mask allows almost the whole picture to change"
    case .outputMoved: "the output path holds another picture; the result is written beside it"
    case .ledgerNotUpdated:
      "the ledger could not be updated, so history will call the edit ambiguous, although it is done"
    case .fewerPictures: "the gateway returned fewer pictures than requested"
    case .outcomeUnknown:
      "one of the requests was or may have been billed, and its pictures did not arrive; see plantain history"
    }
  }
}
