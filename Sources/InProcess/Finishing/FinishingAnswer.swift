import PictureFormats
import Imaging
package import Core
package import Finishing

extension FinishedPicture {
  /// The outcome of finishing `result`, as `finishResult` gives it, and the files that belong to it.
  package static func answer(
    finishing result: PictureBytes, beside pictures: FinishingPictures, options: FinishingOptions
  ) -> (answer: Answer, files: [PictureBytes]) {
    do throws(FinishingError) {
      let picture = try finishResult(result, beside: pictures, options: options)
      return (.finished(picture.facts), [picture.bytes] + [picture.comparison].compactMap(\.self))
    } catch {
      return (.failed(error), [])
    }
  }
}
