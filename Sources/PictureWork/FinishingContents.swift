package import Core
package import Finishing

/// The pictures that accompany a result, kept in memory or in open files until they are needed.
package struct FinishingContents: Sendable {
  package var original: PictureContent?
  package var mask: PictureContent?

  package init(original: PictureContent? = nil, mask: PictureContent? = nil) {
    (self.original, self.mask) = (original, mask)
  }

  package func read() throws(ContentError) -> FinishingPictures {
    FinishingPictures(original: try original?.read(), mask: try mask?.read())
  }
}
