package import PictureFormats

/// What the picture library of a backend can decode.
package struct InstalledDecoders: Sendable, Equatable, Codable {
  /// The library with its version, such as "libvips 8.14.1".
  package let library: String
  package let codecs: [PictureFormat.Codec]

  package init(library: String, codecs: [PictureFormat.Codec]) {
    self.library = library
    self.codecs = codecs
  }
}
