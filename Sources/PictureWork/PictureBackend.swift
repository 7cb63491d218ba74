package import Core
package import Finishing
package import PictureFormats
package import Preparation

/// Does single jobs on the pixels of pictures, in this process or elsewhere. `ImageProcessor` decides when a
/// job may run.
///
/// Every method throws `CancellationError` when its task was canceled, and `IsolationError` when the process
/// that did the job failed.
package protocol PictureBackend: Sendable {
  /// Whether the jobs run in processes of their own. A file that makes a decoder crash, hang or exhaust
  /// memory then affects only its own job.
  var isIsolated: Bool { get }

  /// Prepares an inspected picture that needs a decoder.
  ///
  /// - Parameter timeout: the timeout of the steps after decoding; `nil`: none. A backend that cannot end a
  ///   job ignores it.
  /// - Throws: `PreparationError`; `ContentError` when the file changed.
  func prepare(_ inspection: PictureInspection, timeout: Duration?) async throws -> PreparedReference

  /// Finishes a returned picture.
  ///
  /// - Parameter cost: that of the inspected result.
  /// - Throws: `FinishingError`, `ContentError`.
  func finish(
    _ result: PictureBytes, beside contents: FinishingContents, _ options: FinishingOptions, cost: WorkCost
  ) async throws -> FinishedPicture

  /// Decides how a mask is read.
  ///
  /// - Throws: `FinishingError`, `ContentError`.
  func readMask(_ mask: PictureContent, _ question: MaskQuestion, cost: WorkCost) async throws -> MaskReading

  /// Decodes a small picture that this program has made, to three bands.
  ///
  /// - Parameter background: the color behind transparency.
  /// - Throws: `ImagingError`.
  func pixels(of picture: PictureBytes, over background: RGBColor, cost: WorkCost) async throws -> RawPixels

  /// Encodes pixels.
  ///
  /// - Throws: `ImagingError`.
  func encode(_ pixels: RawPixels, as encoding: PixelEncoding, cost: WorkCost) async throws -> PictureBytes

  /// Does what an image model would do.
  ///
  /// - Parameter picture: the picture to edit; `nil`: a picture of soft colors.
  /// - Throws: `ImagingError` for a picture that cannot be decoded.
  func simulate(
    _ edit: SimulatedEdit, on picture: PictureBytes?, cost: WorkCost
  ) async throws -> PictureBytes

  /// The formats that can be decoded.
  ///
  /// - Throws: `ImagingError` when the picture library cannot be used.
  func decoders() async throws -> InstalledDecoders

  /// Ends what the backend runs in the background, and waits for its end. No job may be in progress.
  func close() async
}
