import Imaging
package import Core
import PictureFormats
package import Preparation

extension PreparedReference {
  /// Prepares `source` with `prepareReference`, and returns the outcome and the bytes in memory.
  package static func answer(
    preparing source: PictureContent, options: PreparationOptions
  ) -> (answer: Answer, bytes: PictureBytes?) {
    do throws(PreparationError) {
      let reference = try prepareReference(source, options: options)
      let bytes = try onPicture { () throws(ImagingError) in try inMemory(reference.content) }
      return (.prepared(reference.facts), bytes)
    } catch {
      return (.failed(error), nil)
    }
  }
}
