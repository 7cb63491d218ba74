package import Core

/// An error in a picture or in the library that reads it. Each case is something that a user can act on.
package enum ImagingError: Error, Sendable, Codable {
  /// libvips could not be started, or is older than 8.14.
  case libraryUnusable(String)
  /// The file changed while it was read, or could not be read to its end.
  case unreadable(ContentError)
  /// The bytes are in none of the formats of `PictureFormat.all`. The text says what they look like.
  case notAPicture(String)
  /// The format is recognized but not supported.
  case unsupportedFormat(PictureFormat)
  /// The format is supported, but not the feature that the text names.
  case unsupportedVariant(PictureFormat, String)
  /// The format is supported, but the installed libvips lacks the named decoder.
  case loaderMissing(String)
  /// The format must be allowed explicitly, by the word in the text.
  case notAllowed(PictureFormat, word: String)
  /// The format, given by its word, is decoded only in a separate process that may crash.
  case needsOwnProcess(String)
  /// The file ends before the picture does.
  case truncated(String)
  /// The file violates its own format.
  case damaged(String)
  /// Width × height, as the header declares them, exceed the limit.
  case tooManyPixels(PixelSize, limit: Int)
  /// libvips failed at the named step. Its message is detail for a person only.
  case stepFailed(Step, detail: String)

  /// The steps that call libvips, to tell failures apart.
  package enum Step: String, Sendable, Codable {
    case open, decode, orient, color, alpha, crop, warp, effect, encode
  }
}

extension ImagingError: CustomStringConvertible {
  /// The error as a clause, without a final period.
  package var description: String {
    switch self {
    case .libraryUnusable(let why): "libvips cannot be used: \(why)"
    case .unreadable(let why): "\(why)"
    case .notAPicture(let what): "not a picture (\(what))"
    case .unsupportedFormat(let format): "\(format.name) pictures cannot be read"
    case .unsupportedVariant(let format, let what): "\(format.name) files with \(what) cannot be read"
    case .loaderMissing(let codec): "libvips on this machine has no decoder for \(codec)"
    case .notAllowed(let format, let word): "\(format.name) pictures are read only when \(word) is allowed"
    case .needsOwnProcess(let word): "\(word) pictures are decoded only in a separate process"
    case .truncated(let where_): "the file is cut short: \(where_)"
    case .damaged(let why): "the file is damaged: \(why)"
    case .tooManyPixels(let size, let limit):
      "\(size) is \(size.pixelCount.grouped) pixels, over the limit of \(limit.grouped)"
    case .stepFailed(let step, let detail):
      detail.isEmpty ? "the \(step.rawValue) step failed" : "the \(step.rawValue) step failed: \(detail)"
    }
  }
}
