import Finishing
import PictureFormats
import PictureWork
import Core

extension VisibleArea {
  /// The area in the syntax of the option `shown`.
  fileprivate var argument: String { "\(left),\(top),\(width),\(height)" }
}

extension EditFinishing {
  /// The option `shown` that a kept result needs if it shows only a part of its original.
  fileprivate var visibleArgument: String { options.shown.map { " with `shown` \($0.argument)" } ?? "" }
}

extension PlantainError {
  private static let remedy = "Give it as a complete JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC file."

  /// An error of finishing a picture without an edit.
  package static func finishing(
    _ error: any Error, result: String, original: String, mask: String?
  ) -> PlantainError {
    switch error {
    case FinishingError.picture(let error): .picture(error, result, .finishing, remedy: remedy)
    case let error as FinishingError: .unfinishable(error, original: original, mask: mask)
    // A worker does not report which of the pictures it failed on.
    case let error as IsolationError: .isolating(error, "\(result) with \(original)")
    case let error as PlantainError: error
    case let error as ContentError: .losing(error)
    case is CancellationError: .interrupted(.finishing)
    default: .unexpected(error)
    }
  }

  /// An error of a mask that cannot be used.
  static func readingMask(_ error: any Error, _ mask: String?) -> PlantainError {
    let name = mask ?? "the mask"
    return finishing(error, result: name, original: name, mask: mask)
  }

  private static func emptyMask(_ edits: MaskEdits, _ mask: String?) -> PlantainError {
    let (message, other) =
      edits == .white
      ? (
        "is entirely black",
        "Paint the area to edit white and the rest black, or make the area to edit transparent."
      )
      : (
        "has no transparent area",
        "Make the area to edit transparent, or paint it white and add `mask-edits` white."
      )
    return PlantainError(
      .finishing, .unusableFile, "the mask \(mask ?? "") \(message), so nothing may change", hint: other,
      subject: mask)
  }

  private static func ambiguousMask(_ mask: String?) -> PlantainError {
    PlantainError(
      .finishing, .unusableFile,
      "the mask \(mask ?? "") is white where it is opaque, so it is ambiguous which area to edit",
      hint: """
        Add `mask-edits` white to edit the white area, or `mask-edits` transparent to edit the transparent \
        one.
        """,
      subject: mask)
  }

  /// An error that prevents finishing any result of an edit as requested.
  static func unfinishable(_ error: FinishingError, original: String, mask: String?) -> PlantainError {
    switch error {
    case .picture(let error), .original(let error):
      .picture(error, original, .finishing, remedy: remedy)
    case .mask(let error): .picture(error, mask ?? "the mask", .finishing, remedy: remedy)
    case .regionOutside(let region, let size): .regionOutside("\(region)", original, size)
    case .featherTooWide(let feather, let maximum):
      .usage("expected a feather of 0…\(maximum), the region's shorter edge, received \(feather)")
    case .maskEmpty(let edits): emptyMask(edits, mask)
    case .maskOutside(let region):
      PlantainError(
        .finishing, .unusableFile,
        "the mask \(mask ?? "") allows no change within the region \(region), so nothing may change",
        hint: "Omit the mask or the region, or let them overlap.", subject: mask)
    case .maskAmbiguous: ambiguousMask(mask)
    case .maskOpaqueNowhere:
      PlantainError(
        .finishing, .unusableFile,
        "the mask \(mask ?? "") has no opaque area, so it may mean the whole picture or nothing",
        hint: "Make the area opaque that must not change, or add `mask-edits` white or transparent.",
        subject: mask)
    case .maskShape(let size, let other):
      PlantainError(
        .finishing, .unusableFile,
        "the mask \(mask ?? "") is \(size), and its aspect ratio differs from that of \(original), \(other)",
        hint: "Give a mask of \(other), or of another size with the same aspect ratio.", subject: mask)
    case .tooLarge(let size, let format):
      .usage(
        """
        an edge of a \(format.name) file has at most \(format.longestEdge.grouped) pixels, and \(original) \
        is \(size)
        """,
        hint: "Choose an output file name that ends in .png.")
    case .shownOutside(let shown, let size):
      .usage(
        "the area \(shown.argument) given with `shown` is not within \(original), which is \(size)",
        hint: "Give the value of geometry.shown in the report on the prepared picture.", options: ["shown"])
    case .capNotReachable(let smallest, let limit, let format):
      PlantainError(
        .finishing, .capNotReachable,
        "a \(format.name) file of the result has at least \(smallest), over the limit of \(limit)",
        hint: format == .png
          ? "Raise `max-output-bytes`, or choose a file name that ends in .jpg or .webp."
          : "Raise `max-output-bytes`.",
        subject: original)
    case .noAlpha(let format):
      .usage(
        "transparency cannot be restored in a \(format.name) file",
        hint: "Choose a file name that ends in .png or .webp.")
    }
  }

  static func regionOutside(_ region: String, _ subject: String, _ size: PixelSize) -> PlantainError {
    .usage(
      "the region \(region) extends beyond \(subject), which is \(size)",
      hint:
        """
        Give `region` X,Y,W,H within the upright size \(size.width)x\(size.height), or in percent, such as \
        25%,25%,50%,50%.
        """
    )
  }

  /// An error of a picture that was billed and cannot be finished as requested.
  package static func finishing(
    _ error: any Error, of edit: EditFinishing?, gateway: String, keptAt path: String?
  ) -> PlantainError {
    let kept = path.map { "The returned file is kept in \($0)." } ?? "The request was done and billed."
    guard !isOfResult(error, isFinished: edit != nil) else {
      let cause =
        if case .picture(let imaging)? = error as? FinishingError { imaging.description } else { "\(error)" }
      return PlantainError(
        .finishing, .noPicture, "\(gateway) returned a picture that cannot be used: \(cause)", hint: kept,
        subject: gateway, billed: .yes, underlying: error)
    }
    let cause = PlantainError.finishing(
      error, result: gateway, original: edit?.original ?? "the original", mask: edit?.mask)
    let further = edit.map { " Then run plantain finish\($0.visibleArgument) on the kept picture." } ?? ""
    return PlantainError(
      .finishing, cause.code, "the returned picture cannot be finished: \(cause.message)",
      hint: "\(kept) \(cause.hint ?? "Fix the cause.")\(further)",
      subject: cause.subject, billed: .yes, underlying: error, naming: cause.messageOptions)
  }

  /// Whether an error of finishing is one of the returned picture, and not of the machine or of the other
  /// pictures. A worker does not report which of several pictures ended it.
  private static func isOfResult(_ error: any Error, isFinished: Bool) -> Bool {
    switch error {
    case FinishingError.picture: true
    // Somebody else has killed the worker, such as the system when memory ran out.
    case IsolationError.crashed(signal: "SIGKILL"), IsolationError.crashed(signal: "SIGTERM"): false
    case IsolationError.crashed, IsolationError.tookTooLong, IsolationError.stoodStill,
      IsolationError.vanished:
      !isFinished
    default: false
    }
  }

  /// An error of an edit whose original or mask has changed since it was sent.
  static func cannotFinish(_ cause: PlantainError, _ edit: String) -> PlantainError {
    PlantainError(
      .finishing, cause.code,
      "the result of the edit \(edit) cannot be finished as requested: \(cause.message)",
      hint: "Restore the file, or add `raw` to get the picture as the model returned it.",
      subject: cause.subject,
      billed: .yes, underlying: cause, naming: cause.messageOptions)
  }

  /// How to get the picture of an edit from its stored reply.
  package func advice(ofEdit id: String) -> String {
    code == .drifted
      ? "Use it as it is, or write it to its output path: plantain replay \(id) `max-drift` none"
      : "The reply is kept as well. To read it again: plantain replay \(id)"
  }

  /// An error of a result whose difference from its original exceeds the maximum.
  static func drifted(
    _ drift: Drift, keptAt path: String?, of subject: String? = nil, billed: Billing = .no
  ) -> PlantainError {
    let kept = path.map { "The finished picture is kept as \($0)." } ?? "It could not be kept anywhere."
    let other = billed == .no ? " Use it as it is, or finish it again with a higher `max-drift`." : ""
    return PlantainError(
      .finishing, .drifted,
      """
      the answer differs from its original by \(drift.value.rounded(to: 2)) where it should not, over the \
      limit of \(drift.maximum); a difference above about 5 is visible
      """,
      hint: kept + (path == nil ? "" : other), subject: subject, billed: billed)
  }
}
