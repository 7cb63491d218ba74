import Finishing
import Imaging
import PictureFormats
import Isolation
import Core

extension VisibleArea {
  /// As `--shown` takes it.
  fileprivate var argument: String { "\(left),\(top),\(width),\(height)" }
}

extension EditFinishing {
  /// What has to be said of a kept result that shows a part of its original only.
  fileprivate var visibleArgument: String { options.shown.map { " with --shown \($0.argument)" } ?? "" }
}

extension PlantainError {
  private static let remedy = "Give a whole JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC file of it."

  /// Finishing without an edit.
  package static func finishing(
    _ error: any Error, result: String, original: String, mask: String?
  ) -> PlantainError {
    switch error {
    case FinishingError.picture(let error): .picture(error, result, .finishing, remedy: remedy)
    case let error as FinishingError: .unfinishable(error, original: original, mask: mask)
    // A decoder does not say which of the pictures was too much for it.
    case let error as IsolationError: .isolating(error, "\(result) with \(original)")
    case let error as PlantainError: error
    case let error as ContentError: .losing(error)
    case is CancellationError: .interrupted(.finishing)
    default: .unexpected(error)
    }
  }

  /// A mask that cannot be used.
  static func readingMask(_ error: any Error, _ mask: String?) -> PlantainError {
    let name = mask ?? "the mask"
    return finishing(error, result: name, original: name, mask: mask)
  }

  private static func emptyMask(_ edits: MaskEdits, _ mask: String?) -> PlantainError {
    let (message, other) =
      edits == .white
      ? ("is black all over", "Paint white where to edit, and black elsewhere; or make it transparent there.")
      : ("is transparent nowhere", "Make it transparent where to edit, or white, with --mask-edits white.")
    return PlantainError(
      .finishing, .unusableFile, "the mask \(mask ?? "") \(message), so that nothing may change", hint: other,
      subject: mask)
  }

  private static func ambiguousMask(_ mask: String?) -> PlantainError {
    PlantainError(
      .finishing, .unusableFile,
      "the mask \(mask ?? "") is white where it is opaque, so either could say where to edit",
      hint:
        "Add --mask-edits white to edit what is white, or --mask-edits transparent to edit what is transparent.",
      subject: mask)
  }

  /// What keeps every result of an edit from being finished as was asked.
  static func unfinishable(_ error: FinishingError, original: String, mask: String?) -> PlantainError {
    switch error {
    case .picture(let error), .original(let error):
      .picture(error, original, .finishing, remedy: remedy)
    case .mask(let error): .picture(error, mask ?? "the mask", .finishing, remedy: remedy)
    case .regionOutside(let region, let size): .regionOutside("\(region)", original, size)
    case .featherTooWide(let feather, let maximum):
      .usage("expected 0…\(maximum) for the feather, which is the region's shorter edge, received \(feather)")
    case .maskEmpty(let edits): emptyMask(edits, mask)
    case .maskAmbiguous: ambiguousMask(mask)
    case .maskOpaqueNowhere:
      PlantainError(
        .finishing, .unusableFile,
        "the mask \(mask ?? "") is opaque nowhere, so it may mean all of the picture or nothing of it",
        hint: "Make it opaque where nothing may change; or say what it means with --mask-edits.",
        subject: mask)
    case .maskShape(let size, let other):
      PlantainError(
        .finishing, .unusableFile,
        "the mask \(mask ?? "") is \(size), which is not the shape of \(original), \(other)",
        hint: "Give a mask of \(other), or smaller or larger in the same shape.", subject: mask)
    case .tooLarge(let size, let format):
      .usage(
        "\(format.name) files hold \(format.longestEdge.grouped) pixels along an edge, and \(original) is \(size)",
        hint: "Give a name for the output that ends in .png.")
    case .shownOutside(let shown, let size):
      .usage(
        "the area \(shown.argument) that the result is said to show is no part of \(original), which is \(size)",
        hint: "Give what geometry.shown says of the prepared picture.")
    case .capNotReachable(let smallest, let limit, let format):
      PlantainError(
        .finishing, .capNotReachable,
        "a \(format.name) file of the result has \(smallest) at least, over the limit of \(limit)",
        hint: format == .png
          ? "Allow more, or give a name that ends in .jpg or .webp." : "Allow more with --max-output-bytes.",
        subject: original)
    case .noAlpha(let format):
      .usage(
        "\(format.name) has no transparency to restore", hint: "Give a name that ends in .png or .webp.")
    }
  }

  static func regionOutside(_ region: String, _ subject: String, _ size: PixelSize) -> PlantainError {
    .usage(
      "the region \(region) reaches beyond \(subject), which is \(size)",
      hint:
        "Give --region X,Y,W,H within \(size.width)x\(size.height), upright; or in percent, as 25%,25%,50%,50%."
    )
  }

  /// A picture that was paid for and cannot be finished, or not as was asked.
  package static func finishing(
    _ error: any Error, of edit: EditFinishing?, gateway: String, keptAt path: String?
  ) -> PlantainError {
    let kept = path.map { "What it returned is kept in \($0)." } ?? "The request was done and billed."
    let isOfResult = if case .picture? = error as? FinishingError { true } else { false }
    guard let edit, !isOfResult else {
      let cause =
        if case .picture(let imaging)? = error as? FinishingError { imaging.description } else { "\(error)" }
      return PlantainError(
        .finishing, .noPicture, "\(gateway) returned a picture that cannot be used: \(cause)", hint: kept,
        subject: gateway, billed: .yes, underlying: error)
    }
    let cause = PlantainError.finishing(
      error, result: gateway, original: edit.original ?? "the original", mask: edit.mask)
    return PlantainError(
      .finishing, cause.code, "the returned picture cannot be finished: \(cause.message)",
      hint:
        "\(kept) \(cause.hint ?? "Mend that.") Then give the kept picture to plantain finish\(edit.visibleArgument).",
      subject: cause.subject, billed: .yes, underlying: error)
  }

  /// An edit that was to be finished by pictures that are not what they were.
  static func cannotFinish(_ cause: PlantainError, _ edit: String) -> PlantainError {
    PlantainError(
      .finishing, cause.code,
      "the result of the edit \(edit) cannot be finished as was asked: \(cause.message)",
      hint: "Put that back as it was, or take the picture as the model gave it with --raw.",
      subject: cause.subject,
      billed: .yes, underlying: cause)
  }

  /// How a picture whose reply is kept is had all the same.
  package func advice(ofEdit id: String) -> String {
    code == .drifted
      ? "Take it as it is, or have it under its own name: plantain replay \(id) --max-drift none"
      : "The reply is kept as well: plantain replay \(id)"
  }

  /// The result is further from its original than is allowed.
  static func drifted(
    _ drift: Drift, keptAt path: String?, of subject: String? = nil, billed: Billing = .no
  ) -> PlantainError {
    let kept = path.map { "It is kept as \($0), finished." } ?? "It could not be kept anywhere."
    let other = billed == .no ? " Take it as it is, or finish it once more with a higher --max-drift." : ""
    return PlantainError(
      .finishing, .drifted,
      "the answer differs from its original by \(drift.value.rounded(to: 2)) where it should not, over the limit of \(drift.maximum); above about 5 is visible",
      hint: kept + (path == nil ? "" : other), subject: subject, billed: billed)
  }
}
