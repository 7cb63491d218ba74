import PictureFormats
import Imaging
package import Core
package import Finishing

extension FinishedPicture {
  /// Finishes `result` with `finishResult`, and gives the outcome and its files.
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
