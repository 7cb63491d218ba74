public import Core
package import Finishing
public import Gateways
import PictureFormats

extension EditResult {
  /// A finished picture.
  public struct Image: Sendable {
    /// The encoded picture.
    public let bytes: PictureBytes
    /// The media type that the bytes have, whatever the gateway's label says.
    public let mediaType: MediaType
    /// Width and height in pixels.
    public let size: PixelSize
    /// The path of the written file; `nil` if none was written.
    public let output: String?
    /// Whether the pixels were encoded again. If not, the bytes are the model's own.
    public let isConverted: Bool
    /// How the gateway delivered the picture.
    public let source: PictureDelivery
    /// The findings of the comparison with the original.
    package let findings: Findings

    package init(_ picture: FinishedPicture, source: PictureDelivery, output: String?) {
      self.source = source
      bytes = picture.bytes
      mediaType = picture.format.mediaType
      size = picture.size
      isConverted = picture.isConverted
      findings = picture.findings
      self.output = output
    }

    /// Writes the encoded picture to `path`, atomically and unchanged. Creates missing folders.
    ///
    /// - Parameters:
    ///   - path: the output path, without an extension or with one of the picture's format.
    ///   - overwriting: whether an existing file is replaced. Default: `false`.
    /// - Throws: `PlantainError` with the code `usage` for the extension of another format, `outputExists`
    ///   when the file exists and must not be replaced, `outputNotWritable` when it cannot be written.
    public func write(to path: String, overwriting: Bool = false) throws(PlantainError) {
      try OutputPlan.requireName(path, of: mediaType)
      try bytes.write(to: path, overwriting: overwriting)
    }
  }

  /// The size and options of an edit's request.
  public struct Request: Sendable {
    /// The length of the body.
    public let bytes: ByteCount
    /// The resolution tier requested.
    public let tier: Tier
    /// The aspect ratio requested; `nil` if none is sent, and in a plan for a picture that was not fetched,
    /// because its shape is unknown.
    public let ratio: AspectRatio?
    /// The number of pictures requested, in one or more requests.
    public let count: Int
  }
}
