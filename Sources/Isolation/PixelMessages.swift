import Core
package import PictureFormats
package import PictureWork

/// The options of the job `pixels`.
package struct PixelQuestion: Sendable, Codable {
  /// The color behind transparency.
  package let background: RGBColor

  package init(over background: RGBColor) {
    self.background = background
  }
}

/// The options of the job `encode`. The file holds the pixels.
package struct EncodingQuestion: Sendable, Codable {
  package let layout: PixelLayout
  package let encoding: PixelEncoding

  package init(_ layout: PixelLayout, _ encoding: PixelEncoding) {
    self.layout = layout
    self.encoding = encoding
  }
}

/// The options of a job that has none.
package struct NoOptions: Sendable, Codable {
  package init() {}
}

/// The reply to a job on the program's own pictures.
package enum PixelAnswer: Sendable, Codable {
  /// The attached file is the picture.
  case picture
  /// The attached file holds the pixels.
  case pixels(PixelLayout)
  case decoders(InstalledDecoders)
  case failed(ImagingError)
}
