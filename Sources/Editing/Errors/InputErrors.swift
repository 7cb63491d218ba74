import Finishing
import Gateways
import Imaging
package import PictureFormats
public import Isolation
package import Preparation
package import Submission
package import Core

extension PlantainError {
  /// The call itself is wrong.
  ///
  /// - Parameter nearest: the known name that a mistyped one is nearest to.
  public static func usage(
    _ message: String, hint: String? = nil, nearest: String? = nil
  ) -> PlantainError {
    var error = PlantainError(.configuration, .usage, message, hint: hint)
    error.nearest = nearest
    return error
  }

  /// A name or a prompt that is not UTF-8 cannot be passed on unchanged.
  public static func notUTF8(_ repaired: String) -> PlantainError {
    PlantainError(
      .input, .unreadable, "\(repaired) is not UTF-8", hint: "Rename the file, or save the text as UTF-8.",
      subject: repaired)
  }

  /// Something that no case of this type foresees.
  public static func unexpected(_ error: any Error) -> PlantainError {
    PlantainError(
      .configuration, .internalError, "unexpected: \(error)", hint: "Please report this.", underlying: error)
  }

  /// - Parameter stage: what was under way.
  public static func interrupted(_ stage: Stage = .submission, billed: Billing = .no) -> PlantainError {
    let hint =
      switch billed {
      case .no: "Nothing was sent or billed."
      case .unknown:
        "The request was under way; it may have been done and billed. It is not sent again."
      case .yes: "The request was done and billed."
      }
    return PlantainError(stage, .interrupted, "interrupted", hint: hint, billed: billed)
  }

  /// A file that is not what it should be, such as a script.
  public static func unusable(_ path: String, _ why: String, hint: String? = nil) -> PlantainError {
    PlantainError(.input, .unusableFile, "cannot use \(path): \(why)", hint: hint, subject: path)
  }

  package static func reading(_ error: ReadError, _ subject: String) -> PlantainError {
    let (code, hint): (Code, String?) =
      switch error {
      case .missing: (.missing, "Check the name; relative names count from the current folder.")
      case .notARegularFile: (.notAFile, "Give the file itself.")
      case .unreadable: (.unreadable, "Check the file's permissions and its disk.")
      case .empty: (.notAPicture, "Perhaps a download or copy failed; get the file again.")
      case .tooLarge: (.tooLarge, "Give a smaller version of it.")
      }
    return PlantainError(
      .input, code, "cannot use \(subject): \(error)", hint: hint, subject: subject, underlying: error)
  }

  /// A file changed, or went, between its preparation and its use.
  ///
  /// - Parameter what: of the request that it was for.
  static func losing(_ error: ContentError, _ what: String = "") -> PlantainError {
    let subject =
      switch error {
      case .changed(let name), .unreadable(let name, _): name
      }
    return PlantainError(
      .input, .unreadable, "\(error)",
      hint: what + "Leave it as it is until it is sent or written, and try again.",
      subject: subject, underlying: error)
  }

  package static func fetching(_ error: DownloadError, _ subject: String) -> PlantainError {
    let (code, hint): (Code, String) =
      switch error {
      case .notHTTPS, .notPublic: (.unreadable, "Download it yourself and give the file.")
      case .settings(let variable, _): (.configuration, "Mend \(variable), or unset it.")
      case .status(let status, _) where [404, 410].contains(status): (.missing, "Check the address.")
      case .status, .tooManyRedirects, .expired, .unknownCoding:
        (.unreadable, "Try the address in a browser, and give the file.")
      case .tooLarge: (.tooLarge, "Give a smaller version of it.")
      case .unresolvable, .timedOut, .failed, .cutShort:
        (.unreachable, "Check the address and the network; nothing was sent.")
      case .canceled: (.interrupted, "Nothing was sent or billed.")
      }
    return PlantainError(
      .input, code, "cannot use \(subject): \(error)", hint: hint, subject: subject, underlying: error)
  }

  /// - Parameter mayBeCut: whether a part of the picture can be taken, and is not yet.
  package static func preparing(
    _ error: PreparationError, _ subject: String, mayBeCut: Bool = false
  ) -> PlantainError {
    switch error {
    case .invalidOption(let text): return PlantainError(.configuration, .usage, text)
    case .pageMissing(_, let count):
      let hint = count == 1 ? "Leave --page away: it has one picture." : "Choose another --page."
      return PlantainError(
        .configuration, .usage, "cannot use \(subject): \(error)", hint: hint, subject: subject,
        underlying: error)
    case .picture(let imaging): return .picture(imaging, subject, mayBeCut: mayBeCut)
    case .regionOutside(let region, let size): return .regionOutside("\(region)", subject, size)
    case .capNotReachable:
      return PlantainError(
        .preparation, .capNotReachable, "cannot prepare \(subject): \(error)",
        hint: "Allow more bytes with --max-bytes, or another --format.", subject: subject, underlying: error)
    }
  }

  /// A picture that cannot be read.
  ///
  /// - Parameters:
  ///   - remedy: where the options that this would name are not there.
  ///   - mayBeCut: as of `preparing`.
  package static func picture(
    _ error: ImagingError, _ subject: String, _ stage: Stage = .preparation, remedy: String? = nil,
    mayBeCut: Bool = false
  ) -> PlantainError {
    if case .unreadable(let why) = error { return .reading(ReadError(why), subject) }
    let code = code(of: error)
    return PlantainError(
      code == .internalError ? stage : .input, code, "cannot use \(subject): \(error)",
      hint: code == .internalError ? hint(for: error) : remedy ?? hint(for: error, mayBeCut),
      subject: subject,
      underlying: error)
  }

  /// Decoding the picture ended its worker, or there is no worker to decode it.
  ///
  /// - Parameter subject: the picture, if it is about one.
  public static func isolating(_ error: IsolationError, _ subject: String? = nil) -> PlantainError {
    switch error {
    case .workerMissing, .workerUnusable:
      PlantainError(
        .configuration, .configuration, "\(error)",
        hint: "Put plantain-worker of the same build beside plantain, or on PATH.", subject: subject,
        underlying: error)
    case .encodingTookTooLong:
      PlantainError(
        .preparation, .tookTooLong, "cannot prepare \(subject ?? "the picture"): \(error)",
        hint: "Allow more time with --timeout, more bytes, or a format that loses some detail.",
        subject: subject,
        underlying: error)
    case .crashedEncoding:
      PlantainError(
        .preparation, .internalError, "cannot prepare \(subject ?? "the picture"): \(error)",
        hint: "The machine may have run out of memory. If it happens again, please report this.",
        subject: subject, underlying: error)
    case .crashed, .tookTooLong, .stoodStill, .vanished:
      PlantainError(
        .preparation, .damagedPicture, "cannot use \(subject ?? "the picture"): \(error)",
        hint: hint(for: error), subject: subject, underlying: error)
    case .canceled: .interrupted(.preparation)
    }
  }

  /// A machine that is too busy, or a system that needs its memory back, ends a worker as a bad file does.
  private static func hint(for error: IsolationError) -> String {
    let file =
      "the file may be damaged, made to harm, or beyond what its decoder can do; try to export it anew."
    switch error {
    case .crashed(signal: "SIGKILL"):
      return "The system may have run out of memory: end other programs and try again. Otherwise " + file
    case .stoodStill, .tookTooLong:
      return "If this machine is very busy, try again when it is not. Otherwise " + file
    default:
      return "The file is damaged, made to harm, or beyond what its decoder can do; try to export it anew."
    }
  }

  /// Preparing the picture could take more memory than there is for all.
  static func overMemory(_ needed: ByteCount, limit: ByteCount, _ subject: String) -> PlantainError {
    PlantainError(
      .preparation, .overMemory,
      "cannot use \(subject): preparing it may take \(needed) of memory, over the limit of \(limit)",
      hint: "Allow more with --memory, or give a smaller picture.", subject: subject)
  }

  private static func code(of error: ImagingError) -> Code {
    switch error {
    case .libraryUnusable: .internalError
    case .unreadable: .unreadable
    case .notAPicture: .notAPicture
    case .unsupportedFormat, .unsupportedVariant, .loaderMissing, .notAllowed, .needsOwnProcess:
      .unsupportedFormat
    case .truncated: .truncatedPicture
    case .damaged: .damagedPicture
    case .tooManyPixels: .tooManyPixels
    // Opening and decoding fail because of the file; the steps after them only through us.
    case .stepFailed(let step, _): [.open, .decode].contains(step) ? .damagedPicture : .internalError
    }
  }

  private static func hint(for error: ImagingError, _ mayBeCut: Bool = false) -> String? {
    let names = PictureFormat.all.filter(\.isReadable).map(\.name)
    switch error {
    case .libraryUnusable: return "Install libvips 8.14 or newer: CShims/install-libraries."
    case .notAPicture, .unsupportedFormat: return "Give a \(names.joined(separator: ", ")) file."
    case .unsupportedVariant(let format, _):
      return
        "Save it as an ordinary \(format.isReadable ? format.name : "PNG") file of 8 or 16 bits per channel."
    case .notAllowed(_, let word):
      return "Add --allow \(word) if you trust the file, or give a \(names.joined(separator: ", ")) file."
    case .needsOwnProcess: return "Use PictureWorkers that are isolated."
    case .loaderMissing: return "Install a libvips that has it, or convert the file to JPEG first."
    case .truncated where mayBeCut:
      return "Add --allow-truncated to take what there is of it\(copyAgain)"
    case .stepFailed(let step, _) where mayBeCut && [.open, .decode].contains(step):
      return "Add --allow-truncated to take what can be read of it\(copyAgain)"
    case .damaged, .truncated: return "Open it in another program and export it anew\(copyAgain)"
    case .tooManyPixels: return "Raise the limit with --max-pixels, or give a smaller picture."
    case .stepFailed(let step, _) where [.open, .decode].contains(step):
      return "Open it in another program and export it anew\(copyAgain)"
    case .stepFailed, .unreadable: return nil
    }
  }

  private static let copyAgain = "; if it was copied or downloaded, do that again first."

  package static func writing(_ error: WriteError, _ path: String, billed: Billing = .no) -> PlantainError {
    switch error {
    case .exists:
      PlantainError(
        .output, .outputExists, "\(path) exists already", hint: "Choose another name, or add --overwrite.",
        subject: path, billed: billed, underlying: error)
    case .notWritable(let why):
      PlantainError(
        .output, .outputNotWritable, "cannot write \(path): \(why)",
        hint: "Choose another place with -o, or mend its permissions or space.", subject: path,
        billed: billed, underlying: error)
    case .sourceLost(let error): .losing(error)
    }
  }

  /// Standard output did not take a result.
  public static func standardOutput(_ why: String) -> PlantainError {
    PlantainError(
      .output, .outputNotWritable, "cannot write to standard output: \(why)",
      hint: "Mend where it goes, or give -o FILE.", subject: "-")
  }

  /// Standard output did not take a picture that was paid for: it is kept in the folder for temporary files.
  public static func lostOutput(_ image: EditResult.Image) -> PlantainError {
    let name = PictureFormat.writable(image.mediaType)?.extensions[0] ?? "reply"
    let kept = OutputPlan.keep(image.bytes, extension: name)
    return PlantainError(
      .output, .outputNotWritable, "cannot write the picture to standard output",
      hint: kept.map { "It was kept as \($0)." } ?? "It could not be kept anywhere.", subject: "-",
      billed: .yes)
  }
}
