package import Core

/// The part of the original that a result shows, and the possible placements of the result on it. Maps lead
/// from the result's pixels to those of the part.
package struct OriginalCrop {
  /// The part, in the original's pixels.
  package let area: PixelArea
  /// What the result shows, in the part's own pixels; it may extend beyond the part.
  package let shown: VisibleArea

  /// - Parameter shown: in the original's pixels; `nil`: all of it.
  package init(_ shown: VisibleArea?, of original: PixelSize) {
    let whole = VisibleArea(PixelArea(original))
    let shown = shown ?? whole
    let left = min(max(0, Int(shown.left.rounded(.down))), original.width - 1)
    let top = min(max(0, Int(shown.top.rounded(.down))), original.height - 1)
    let right = min(original.width, Int((shown.left + shown.width).rounded(.up)))
    let bottom = min(original.height, Int((shown.top + shown.height).rounded(.up)))
    area = PixelArea(left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
    self.shown = VisibleArea(
      left: shown.left - Double(left), top: shown.top - Double(top), width: shown.width, height: shown.height)
  }

  /// The possible placements of a result; the first is the default when nothing else is known. A result of
  /// another shape covers what it should show, so that nothing is stretched; or is stretched to it after all;
  /// or lies within it, as a crop of it.
  package func placements(_ result: PixelSize) -> [AffineTransform] {
    let (width, height) = (Double(result.width), Double(result.height))
    let scale = (x: shown.width / width, y: shown.height / height)
    let (covering, contained) = (max(scale.x, scale.y), min(scale.x, scale.y))
    let isAlike = covering / contained <= 1 + Self.maximumStretch
    return (isAlike ? [scale] : [(covering, covering), scale, (contained, contained)]).map { scale in
      AffineTransform(
        xx: scale.x, xy: 0, yx: 0, yy: scale.y, dx: shown.left + (shown.width - scale.x * width) / 2,
        dy: shown.top + (shown.height - scale.y * height) / 2)
    }
  }

  /// Whether the result shows more than the original: padding that was added to the sent picture.
  package var isExceeded: Bool {
    let beyond = max(
      -shown.left, -shown.top, shown.left + shown.width - Double(area.size.width),
      shown.top + shown.height - Double(area.size.height))
    return beyond > 0.5
  }

  /// The sizes that models give are multiples of a number, so their shape is near the requested one, not
  /// equal to it.
  private static let maximumStretch = 0.03
}
