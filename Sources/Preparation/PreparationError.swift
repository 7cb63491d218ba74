package import PictureFormats
package import Core

/// Why a picture could not be prepared.
package enum PreparationError: Error, Sendable, Codable {
  /// An option is out of range. The text contains the value and what was expected.
  case invalidOption(String)
  /// The file has no page with this number, only as many as `of` says.
  case pageMissing(Int, of: Int)
  /// The picture cannot be used.
  case picture(ImagingError)
  /// The region is not inside the picture, whose upright size is given.
  case regionOutside(PixelArea, PixelSize)
  /// Even the smallest acceptable version is over the byte limit.
  case capNotReachable(smallest: ByteCount, limit: ByteCount)
}

extension PreparationError: CustomStringConvertible {
  /// The error as a sentence.
  package var description: String {
    switch self {
    case .invalidOption(let text): text
    case .pageMissing(let page, let count): "it has no page \(page): expected 1…\(count)"
    case .picture(let error): error.description
    case .regionOutside(let region, let size): "the region \(region) extends beyond it: it is \(size)"
    case .capNotReachable(let smallest, let limit):
      "it cannot be reduced to \(limit): the smallest version has \(smallest)"
    }
  }
}

/// Runs imaging work, and throws its failures as failures of the picture.
package func onPicture<Result: ~Copyable>(
  _ work: () throws(ImagingError) -> Result
) throws(PreparationError) -> Result {
  do throws(ImagingError) {
    return try work()
  } catch {
    throw .picture(error)
  }
}
