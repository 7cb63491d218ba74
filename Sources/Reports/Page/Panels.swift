import Batch
import Editing
import Finishing
import PictureFormats
import PictureWork
import Preparation
package import Core

/// A small picture of a job's original, its result and the map of changes, side by side; or of one picture
/// alone when there is nothing to compare.
package struct Panels: Sendable {
  /// The encoded picture, a PNG.
  package let bytes: PictureBytes
  package let size: PixelSize
  package let count: Int

  /// The size of one panel.
  var panel: PixelSize {
    count == 1 ? size : PixelSize(width: (size.width - 2 * comparisonGap) / 3, height: size.height)
  }
}

extension ImageProcessor {
  /// The panels of a job. An original by URL is not fetched.
  ///
  /// - Parameters:
  ///   - original: the picture that was edited.
  ///   - result: the path of the result; `nil`: none.
  ///   - edge: the longest edge of each panel, in pixels.
  /// - Returns: `nil` when neither picture can be read.
  func panels(_ original: Reference?, _ result: String?, edge: Int) async -> Panels? {
    var original = original
    if case .file? = original {} else { original = nil }
    if let original, let result, let compared = await compared(original, result, edge: edge) {
      return compared
    }
    for picture in [result.map(Reference.file), original].compactMap(\.self) {
      if let alone = await small(picture, as: .png, edge: edge) {
        return Panels(bytes: alone.bytes, size: alone.size, count: 1)
      }
    }
    return nil
  }

  private func compared(_ original: Reference, _ result: String, edge: Int) async -> Panels? {
    var options = FinishingOptions()
    (options.compares, options.comparisonEdge) = (true, edge)
    guard let returned = try? await Reference.file(result).readOnPool(),
      let content = try? await keep(original),
      let finished = try? await finish(
        returned, beside: FinishingContents(original: content), options, refusingAbove: result),
      let comparison = finished.comparison, let size = try? PictureStructure.read(comparison).size
    else { return nil }
    return Panels(bytes: comparison, size: size, count: 3)
  }

  /// A picture, scaled down or converted to another format.
  ///
  /// - Parameter limit: the maximum size in bytes, at least 1,000. Default: no limit.
  func small(
    _ picture: Reference, as format: MediaType, edge: Int?, quality: Int? = nil, limit: Int? = nil,
    allowing allowed: Set<String> = []
  ) async -> (bytes: PictureBytes, size: PixelSize)? {
    var options = PreparationOptions()
    (options.format, options.maximumEdge, options.quality) = (format, edge, quality)
    if let limit { options.maximumBytes = ByteCount(limit) }
    options.allowed = allowed
    guard let prepared = try? await prepare(picture, options), let bytes = try? prepared.content.read() else {
      return nil
    }
    return (bytes, prepared.size)
  }
}

extension Editor {
  /// Calls `body` with each entry and its panels, in order.
  func forEachPanels(
    _ entries: [BatchRecord.Entry], edge: Int, _ body: (BatchRecord.Entry, Panels?) async -> Void
  ) async {
    let processor = processor
    await orderedConcurrentMap(entries, width: ThreadPool.shared.width * 2) { entry in
      (entry, await processor.panels(entry.original, entry.result, edge: edge))
    } consume: { entry, panels in
      await body(entry, panels)
    }
  }
}
