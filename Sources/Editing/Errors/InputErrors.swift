import Finishing
import Gateways
package import PictureFormats
package import PictureWork
package import Preparation
package import Submission
package import Core

extension PlantainError {
  /// An error of wrong usage: an invalid option, argument or combination of them.
  ///
  /// - Parameters:
  ///   - message: what was expected and what was received.
  ///   - hint: the remedy. Default: `nil`.
  ///   - nearest: the known name that is nearest to a mistyped one. Default: `nil`.
  ///   - options: the long names of the options that the message names in backquotes. Default: none.
  package static func usage(
    _ message: String, hint: String? = nil, nearest: String? = nil, options: [String] = []
  ) -> PlantainError {
    var error = PlantainError(.configuration, .usage, message, hint: hint, naming: options)
    error.nearest = nearest
    return error
  }

  /// An error of a file name or text that is not UTF-8, and so cannot be passed on unchanged.
  ///
  /// - Parameter repaired: the text with its invalid bytes replaced.
  package static func notUTF8(_ repaired: String) -> PlantainError {
    PlantainError(
      .input, .unreadable, "\(repaired) is not UTF-8", hint: "Rename the file, or save the text as UTF-8.",
      subject: repaired)
  }

  /// An error of a kind that no other code covers.
  package static func unexpected(_ error: any Error) -> PlantainError {
    PlantainError(
      .configuration, .internalError, "unexpected: \(error)", hint: "Please report this.", underlying: error)
  }

  /// An error of a report that cannot be encoded. What it reports has happened.
  package static func unencodable(_ error: any Error) -> PlantainError {
    PlantainError(
      .output, .internalError, "cannot encode the report as JSON: \(error)",
      hint: "The work itself was done, and edits are in the ledger: plantain history. Please report this.",
      underlying: error)
  }

  /// An error of an interrupted call.
  ///
  /// - Parameters:
  ///   - stage: the stage that was interrupted. Default: `.submission`.
  ///   - billed: whether the request was billed. Default: `.no`.
  package static func interrupted(_ stage: Stage = .submission, billed: Billing = .no) -> PlantainError {
    let hint =
      switch billed {
      case .no: "Nothing was sent or billed."
      case .unknown:
        "The request was in flight, so it may have been done and billed. It is not sent again."
      case .yes: "The request was done and billed."
      }
    return PlantainError(stage, .interrupted, "interrupted", hint: hint, billed: billed)
  }

  /// An error of a file whose content is invalid, such as a fault script.
  package static func unusable(_ path: String, _ why: String, hint: String? = nil) -> PlantainError {
    PlantainError(.input, .unusableFile, "cannot use \(path): \(why)", hint: hint, subject: path)
  }

  /// An error of a file that cannot be read.
  package static func reading(_ error: ReadError, _ subject: String) -> PlantainError {
    let (code, hint): (Code, String?) =
      switch error {
      case .missing: (.missing, "Check the path. Relative paths start at the current folder.")
      case .notARegularFile: (.notAFile, "Give the path of a file.")
      case .unreadable: (.unreadable, "Check the file's permissions and its disk.")
      case .empty: (.notAPicture, "A download or copy may have failed. Get the file again.")
      case .tooLarge: (.tooLarge, "Give a smaller version of it.")
      }
    return PlantainError(
      .input, code, "cannot use \(subject): \(error)", hint: hint, subject: subject, underlying: error)
  }

  /// An error of a file that changed or disappeared between its preparation and its use.
  ///
  /// - Parameter what: a sentence on the outcome of its request, with a trailing space. Default: empty.
  static func losing(_ error: ContentError, _ what: String = "") -> PlantainError {
    let subject =
      switch error {
      case .changed(let name), .unreadable(let name, _): name
      }
    return PlantainError(
      .input, .unreadable, "\(error)",
      hint: what + "Do not change the file until it is sent or written, and try again.",
      subject: subject, underlying: error)
  }

  /// An error of a reference that cannot be downloaded.
  package static func fetching(_ error: DownloadError, _ subject: String) -> PlantainError {
    let (code, hint): (Code, String) =
      switch error {
      case .notHTTPS, .notPublic: (.unreadable, "Download the file yourself, and give its path.")
      case .settings(let variable, _): (.configuration, "Fix \(variable), or unset it.")
      case .status(let status, _) where [404, 410].contains(status): (.missing, "Check the URL.")
      case .status, .tooManyRedirects, .expired, .unknownCoding:
        (.unreadable, "Open the URL in a browser, save the file, and give its path.")
      case .tooLarge: (.tooLarge, "Give a smaller version of it.")
      case .unresolvable, .timedOut, .failed, .cutShort:
        (.unreachable, "Check the URL and the network. Nothing was sent.")
      case .canceled: (.interrupted, "Nothing was sent or billed.")
      }
    return PlantainError(
      .input, code, "cannot use \(subject): \(error)", hint: hint, subject: subject, underlying: error)
  }

  /// An error of a picture that cannot be prepared.
  ///
  /// - Parameter mayBeCut: whether `allow-truncated` could help: the format can be read in part, and the
  ///   option is not given. Default: `false`.
  package static func preparing(
    _ error: PreparationError, _ subject: String, mayBeCut: Bool = false
  ) -> PlantainError {
    switch error {
    case .invalidOption(let text): return PlantainError(.configuration, .usage, text)
    case .pageMissing(_, let count):
      let hint = count == 1 ? "Omit `page`: the file has one picture." : "Choose another `page`."
      return PlantainError(
        .configuration, .usage, "cannot use \(subject): \(error)", hint: hint, subject: subject,
        underlying: error)
    case .picture(let imaging): return .picture(imaging, subject, mayBeCut: mayBeCut)
    case .regionOutside(let region, let size): return .regionOutside("\(region)", subject, size)
    case .capNotReachable:
      return PlantainError(
        .preparation, .capNotReachable, "cannot prepare \(subject): \(error)",
        hint: "Raise `max-bytes`, or allow another `format`.", subject: subject, underlying: error)
    }
  }

  /// An error of a picture that cannot be read.
  ///
  /// - Parameters:
  ///   - remedy: a hint that replaces the usual one, for commands without the options that it names.
  ///     Default: `nil`.
  ///   - mayBeCut: as in `preparing`. Default: `false`.
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

  /// An error of a worker that ended while decoding a picture, or that is missing or unusable.
  ///
  /// - Parameters:
  ///   - error: the error of the worker.
  ///   - subject: the name of the picture; `nil` if the error concerns none. Default: `nil`.
  package static func isolating(_ error: IsolationError, _ subject: String? = nil) -> PlantainError {
    switch error {
    case .workerMissing, .workerUnusable:
      PlantainError(
        .configuration, .configuration, "\(error)",
        hint: "Put plantain-worker of the same build beside the program, or on PATH.", subject: subject,
        underlying: error)
    case .libraryMissing:
      PlantainError(
        .configuration, .internalError, "libvips cannot be used: \(error)",
        hint: "Install libvips 8.14 or newer: CShims/install-libraries.", subject: subject, underlying: error)
    case .encodingTookTooLong:
      PlantainError(
        .preparation, .tookTooLong, "cannot prepare \(subject ?? "the picture"): \(error)",
        hint: "Raise `timeout`, allow more bytes, or choose a lossy format.",
        subject: subject,
        underlying: error)
    case .crashedEncoding:
      PlantainError(
        .preparation, .internalError, "cannot prepare \(subject ?? "the picture"): \(error)",
        hint: "The machine may be out of memory. If this happens again, report it.",
        subject: subject, underlying: error)
    case .crashed, .tookTooLong, .stoodStill, .vanished:
      PlantainError(
        .preparation, .damagedPicture, "cannot use \(subject ?? "the picture"): \(error)",
        hint: hint(for: error), subject: subject, underlying: error)
    case .canceled: .interrupted(.preparation)
    }
  }

  /// The hint names the machine as a possible cause: high load or low memory end a worker as a bad file does.
  private static func hint(for error: IsolationError) -> String {
    let file =
      "the file may be damaged, malicious, or too complex for its decoder. Try to export it again."
    switch error {
    case .crashed(signal: "SIGKILL"):
      return "The system may be out of memory: quit other programs and try again. Otherwise " + file
    case .stoodStill, .tookTooLong:
      return "If the machine is under heavy load, try again later. Otherwise " + file
    default:
      return "The file is damaged, malicious, or too complex for its decoder. Try to export it again."
    }
  }

  /// An error of a picture whose preparation may need more memory than the limit for all pictures.
  static func overMemory(_ needed: ByteCount, limit: ByteCount, _ subject: String) -> PlantainError {
    PlantainError(
      .preparation, .overMemory,
      "cannot use \(subject): preparing it may need \(needed) of memory, over the limit of \(limit)",
      hint: "Raise `memory`, or give a smaller picture.", subject: subject)
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
    // Opening and decoding fail because of the file. A failure of a later step is a defect of this program.
    case .stepFailed(let step, _): [.open, .decode].contains(step) ? .damagedPicture : .internalError
    }
  }

  private static func hint(for error: ImagingError, _ mayBeCut: Bool = false) -> String? {
    let names = PictureFormat.all.filter(\.isReadable).map(\.name)
    switch error {
    case .libraryUnusable: return "Install libvips 8.14 or newer: CShims/install-libraries."
    case .notAPicture, .unsupportedFormat: return "These can be read: \(names.joined(separator: ", "))."
    case .unsupportedVariant(let format, _):
      return
        "Save it as a standard \(format.isReadable ? format.name : "PNG") file with 8 or 16 bits per channel."
    case .notAllowed(_, let word):
      return "Add `allow` \(word) if you trust the file, or give a \(names.joined(separator: ", ")) file."
    case .needsOwnProcess: return "Use an isolated ImageProcessor."
    case .loaderMissing: return "Install a libvips with this decoder, or convert the file to JPEG first."
    case .truncated where mayBeCut:
      return "Add `allow-truncated` to use the part that is there\(copyAgain)"
    case .stepFailed(let step, _) where mayBeCut && [.open, .decode].contains(step):
      return "Add `allow-truncated` to use the part that can be read\(copyAgain)"
    case .damaged, .truncated: return "Open it in another program and export it again\(copyAgain)"
    case .tooManyPixels: return "Raise the limit with `max-pixels`, or give a smaller picture."
    case .stepFailed(let step, _) where [.open, .decode].contains(step):
      return "Open it in another program and export it again\(copyAgain)"
    case .stepFailed, .unreadable: return nil
    }
  }

  private static let copyAgain = "; if it was copied or downloaded, copy or download it again first."

  /// An error of an output file that cannot be written.
  package static func writing(_ error: WriteError, _ path: String, billed: Billing = .no) -> PlantainError {
    switch error {
    case .exists:
      PlantainError(
        .output, .outputExists, "\(path) already exists", hint: "Choose another name, or add `overwrite`.",
        subject: path, billed: billed, underlying: error)
    case .notWritable(let why):
      PlantainError(
        .output, .outputNotWritable, "cannot write \(path): \(why)",
        hint: "Choose another path with `output`, fix the permissions, or free disk space.", subject: path,
        billed: billed, underlying: error)
    case .sourceLost(let error): .losing(error)
    }
  }

  /// An error of a result that cannot be written to standard output.
  ///
  /// - Parameter why: the cause.
  package static func standardOutput(_ why: String) -> PlantainError {
    PlantainError(
      .output, .outputNotWritable, "cannot write to standard output: \(why)",
      hint: "Check the program or file that receives it, or add `output` FILE.", subject: "-")
  }
}
