/// A map from one picture's plane to another's: (x, y) comes to (xx x + xy y + dx, yx x + yy y + dy), in pixels. A pixel's
/// center is at its half, so that sizes scale without a shift.
package struct AffineTransform: Sendable, Equatable, Codable {
  package var xx = 1.0
  package var xy = 0.0
  package var yx = 0.0
  package var yy = 1.0
  package var dx = 0.0
  package var dy = 0.0

  package static let identity = AffineTransform()

  package init() {}

  package init(xx: Double, xy: Double, yx: Double, yy: Double, dx: Double, dy: Double) {
    (self.xx, self.xy, self.yx, self.yy, self.dx, self.dy) = (xx, xy, yx, yy, dx, dy)
  }

  /// Stretches a picture of one size to another.
  package static func stretch(_ from: PixelSize, to: PixelSize) -> AffineTransform {
    AffineTransform(
      xx: Double(to.width) / Double(from.width), xy: 0, yx: 0, yy: Double(to.height) / Double(from.height),
      dx: 0, dy: 0)
  }

  package func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (xx * x + xy * y + dx, yx * x + yy * y + dy)
  }

  /// This map, and then another.
  package func then(_ next: AffineTransform) -> AffineTransform {
    let (x, y) = next(dx, dy)
    return AffineTransform(
      xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy, yx: next.yx * xx + next.yy * yx,
      yy: next.yx * xy + next.yy * yy, dx: x, dy: y)
  }

  package var determinant: Double { xx * yy - xy * yx }

  /// `nil` when it makes a line of the plane.
  package var inverse: AffineTransform? {
    let determinant = determinant
    guard abs(determinant) > 1e-12 else { return nil }
    let (a, b) = (yy / determinant, -xy / determinant)
    let (c, d) = (-yx / determinant, xx / determinant)
    return AffineTransform(xx: a, xy: b, yx: c, yy: d, dx: -(a * dx + b * dy), dy: -(c * dx + d * dy))
  }
}
