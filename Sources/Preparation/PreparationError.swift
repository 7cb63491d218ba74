import Imaging
public import PictureFormats
public import Core

/// Why a picture could not be prepared.
public enum PreparationError: Error, Sendable, Codable {
  /// An option is out of its range; the text quotes the value and what was expected.
  case invalidOption(String)
  /// There is no page of that number.
  case pageMissing(Int, of: Int)
  /// The picture itself cannot be used.
  case picture(ImagingError)
  /// The region does not lie inside the picture, whose upright size this is.
  case regionOutside(PixelArea, PixelSize)
  /// Even the smallest version that makes sense is larger than the limit.
  case capNotReachable(smallest: ByteCount, limit: ByteCount)
}

extension PreparationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidOption(let text): text
    case .pageMissing(let page, let count): "expected 1…\(count) for the page, received \(page)"
    case .picture(let error): error.description
    case .regionOutside(let region, let size): "the region \(region) reaches beyond it: it is \(size)"
    case .capNotReachable(let smallest, let limit):
      "it cannot be brought under \(limit): the smallest version has \(smallest)"
    }
  }
}

/// Runs imaging work whose failures are failures of the picture.
package func onPicture<Result: ~Copyable>(
  _ work: () throws(ImagingError) -> Result
) throws(PreparationError) -> Result {
  do throws(ImagingError) {
    return try work()
  } catch {
    throw .picture(error)
  }
}
