/// An affine map between the planes of two pictures, in pixels: (x, y) maps to (xx x + xy y + dx, yx x + yy y
/// + dy). Pixel centers are at half-integer coordinates, so scaling causes no shift.
package struct AffineTransform: Sendable, Equatable, Codable {
  package var xx = 1.0
  package var xy = 0.0
  package var yx = 0.0
  package var yy = 1.0
  package var dx = 0.0
  package var dy = 0.0

  /// The map that changes nothing.
  package static let identity = AffineTransform()

  package init() {}

  package init(xx: Double, xy: Double, yx: Double, yy: Double, dx: Double, dy: Double) {
    (self.xx, self.xy, self.yx, self.yy, self.dx, self.dy) = (xx, xy, yx, yy, dx, dy)
  }

  /// The map that stretches a picture of one size to another.
  package static func stretch(_ from: PixelSize, to: PixelSize) -> AffineTransform {
    AffineTransform(
      xx: Double(to.width) / Double(from.width), xy: 0, yx: 0, yy: Double(to.height) / Double(from.height),
      dx: 0, dy: 0)
  }

  /// Maps a point.
  package func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (xx * x + xy * y + dx, yx * x + yy * y + dy)
  }

  /// The composition of this map followed by `next`.
  package func then(_ next: AffineTransform) -> AffineTransform {
    let (x, y) = next(dx, dy)
    return AffineTransform(
      xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy, yx: next.yx * xx + next.yy * yx,
      yy: next.yx * xy + next.yy * yy, dx: x, dy: y)
  }

  /// The determinant of the linear part: the factor by which areas grow.
  package var determinant: Double { xx * yy - xy * yx }

  /// The inverse map; `nil` if this one maps the plane to a line or a point.
  package var inverse: AffineTransform? {
    let determinant = determinant
    guard abs(determinant) > 1e-12 else { return nil }
    let (a, b) = (yy / determinant, -xy / determinant)
    let (c, d) = (-yx / determinant, xx / determinant)
    return AffineTransform(xx: a, xy: b, yx: c, yy: d, dx: -(a * dx + b * dy), dy: -(c * dx + d * dy))
  }
}
