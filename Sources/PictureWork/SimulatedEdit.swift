package import Core

/// An edit by a stand-in for an image model: what it makes of its picture.
package struct SimulatedEdit: Sendable, Equatable, Codable {
  /// The visible change.
  package enum Effect: String, Sendable, CaseIterable, Codable {
    case grayscale, blur, warm, cool, night, sketch
    /// A red rectangle in the middle; the rest is unchanged.
    case addition
    /// Shadows toward blue, highlights toward cream.
    case duotone
  }

  /// The unwanted change of the whole picture.
  package struct Drift: Sendable, Equatable, Codable {
    /// The shift in pixels of the result. The exposed edge is mirrored.
    package let right: Int
    package let down: Int
    /// The scale around the center.
    package let scale: Double
    /// The factors for red, green, and blue.
    package let tint: [Double]

    package init(right: Int, down: Int, scale: Double, tint: [Double]) {
      (self.right, self.down, self.scale, self.tint) = (right, down, scale, tint)
    }
  }

  package let effect: Effect
  /// The size of the result.
  package let size: PixelSize
  package let drift: Drift?
  /// The index of the picture among several, of which no two are the same.
  package let variant: Int
  /// The encoding of the result.
  package let encoding: PixelEncoding

  package init(_ effect: Effect, size: PixelSize, drift: Drift?, variant: Int, encoding: PixelEncoding) {
    self.effect = effect
    self.size = size
    self.drift = drift
    self.variant = variant
    self.encoding = encoding
  }
}
