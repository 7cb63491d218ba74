/// A matrix/TRC color space (ICC.1:2022, F.3), as cameras and screens have: the conversion of sRGB colors to
/// it.
package struct MatrixShaper: Sendable {
  /// The number of steps from no light to full light in each of the tables `levels`.
  package static let linearSteps = 16_384

  /// The 3×3 matrix from linear sRGB to this space's linear light, row by row.
  package let weights: [Double]
  /// For each channel, the 8-bit level of each light from 0 to 1 in equal steps.
  package let levels: [UInt8]

  /// The primaries of sRGB as XYZ under D50, one per row (IEC 61966-2-1, adapted by the Bradford matrix).
  private static let sRGB = [
    [0.436_0747, 0.222_5045, 0.013_9322], [0.385_0649, 0.716_8786, 0.097_1045],
    [0.143_0804, 0.060_6169, 0.714_1733],
  ]

  /// Creates the conversion to a profile's color space. Returns `nil` for a profile of another kind.
  package init?(_ profile: ICCProfile) {
    guard !profile.hasTables, let own = profile.primaries, let inverse = Self.inverse(own) else { return nil }
    var levels: [UInt8] = []
    for channel in 0..<3 {
      guard let table = Self.levels(profile, channel) else { return nil }
      levels += table
    }
    self.levels = levels
    weights = (0..<3).flatMap { row in
      (0..<3).map { column in (0..<3).reduce(0) { $0 + Self.sRGB[column][$1] * inverse[$1][row] } }
    }
  }

  /// A table of the level, out of 256, that is nearest to each light.
  private static func levels(_ profile: ICCProfile, _ channel: Int) -> [UInt8]? {
    let steps = Self.linearSteps
    let borders = (0..<255).compactMap { profile.light(channel, at: (Double($0) + 0.5) / 255) }
    guard borders.count == 255, zip(borders, borders.dropFirst()).allSatisfy(<=) else { return nil }
    var level = 0
    return (0...steps).map { step in
      while level < 255, Double(step) / Double(steps) >= borders[level] { level += 1 }
      return UInt8(level)
    }
  }

  private static func inverse(_ m: [[Double]]) -> [[Double]]? {
    let minor = { (row: Int, column: Int) in
      let (a, b) = ((row + 1) % 3, (row + 2) % 3)
      let (c, d) = ((column + 1) % 3, (column + 2) % 3)
      return m[a][c] * m[b][d] - m[a][d] * m[b][c]
    }
    let determinant = (0..<3).reduce(0) { $0 + m[0][$1] * minor(0, $1) }
    guard abs(determinant) > 1e-9 else { return nil }
    return (0..<3).map { row in (0..<3).map { minor($0, row) / determinant } }
  }
}
