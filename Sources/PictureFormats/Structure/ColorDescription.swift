#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A color space that a file describes by numbers instead of a profile: PNG's cICP, gAMA and cHRM, HEIF's
/// nclx, EXIF's color space. libvips supports none of them, so they are converted to an equivalent ICC
/// profile (ICC.1, a matrix and one curve).
package struct ColorDescription: Equatable {
  package struct Chromaticity: Equatable {
    package let x: Double
    package let y: Double
  }

  package enum Curve: Equatable {
    case sRGB
    /// Linear light is the value raised to this exponent.
    case power(Double)
  }

  package let name: String
  /// The chromaticities of red, green, blue, and white.
  package let primaries: [Chromaticity]
  package let curve: Curve

  /// The code point of a linear transfer function.
  static let linear = 8

  package static let sRGB = ColorDescription(
    name: "sRGB", [0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290], .sRGB)

  /// Adobe Systems, Adobe RGB (1998) Color Image Encoding, section 4.3.
  static let adobeRGB = ColorDescription(
    name: "Adobe RGB (1998) by EXIF", [0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290],
    .power(563.0 / 256))

  /// - Parameter coordinates: x and y of red, green, blue and white.
  private init(name: String, _ coordinates: [Double], _ curve: Curve) {
    self.name = name
    primaries = stride(from: 0, to: 8, by: 2).map { Chromaticity(x: coordinates[$0], y: coordinates[$0 + 1]) }
    self.curve = curve
  }

  /// Creates a color space from code points of ITU-T H.273. Supports the primaries that pictures use, and
  /// transfer functions that are sRGB's, close to it, or a power. Those of television are treated as sRGB's,
  /// as browsers do. `nil` for others, such as those of HDR.
  init?(primaries: Int, transfer: Int) {
    let curve: Curve? =
      switch transfer {
      case 1, 2, 6, 13, 14, 15: .sRGB
      case 4: .power(2.2)
      case 5: .power(2.8)
      case Self.linear: .power(1)
      default: nil
      }
    guard let curve else { return nil }
    switch primaries {
    // The primaries of old television are so close that nobody converts them.
    case 1, 2, 5, 6, 7:
      self.init(name: "sRGB primaries", Self.sRGB.coordinates, curve)
    case 9:
      self.init(name: "BT.2020", [0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290], curve)
    case 12:
      self.init(name: "Display P3", [0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290], curve)
    default: return nil
    }
  }

  /// Creates a color space from two PNG chunks, in units of 1/100,000: gAMA's encoding exponent, and cHRM's
  /// white, red, green and blue. `nil` for numbers that do not describe colors.
  init?(gamma: Int, chromaticities: [Int]?) {
    guard (10_000...200_000).contains(gamma) else { return nil }
    let numbers = chromaticities.map { $0.map { Double($0) / 100_000 } }
    let coordinates = numbers.map { Array($0[2...]) + $0[..<2] } ?? Self.sRGB.coordinates
    // sRGB's curve is stored as 1 ÷ 2.2.
    self.init(
      name: "gamma \((10_000_000 / Double(gamma)).rounded() / 100)", coordinates,
      abs(gamma - 45_455) <= 1_000 ? .sRGB : .power(100_000 / Double(gamma)))
    guard primaries.allSatisfy({ (0.0...1).contains($0.x) && (0.001...1).contains($0.y) }), matrix != nil
    else { return nil }
  }

  private var coordinates: [Double] { primaries.flatMap { [$0.x, $0.y] } }

  /// Whether it is sRGB to within what 8 bits can show.
  package var isSRGB: Bool {
    curve == .sRGB && zip(coordinates, Self.sRGB.coordinates).allSatisfy { abs($0 - $1) < 0.002 }
  }

  // MARK: - The profile

  /// An ICC profile of version 2; `nil` if the primaries are collinear.
  package func profile(inGray: Bool) -> [UInt8]? {
    guard let matrix else { return nil }
    let light = Self.d50.map(Self.fixed).reduce(Self.type("XYZ "), +)
    let description =
      Self.type("desc") + Self.big(name.utf8.count + 1, 4) + Array(name.utf8)
      + [UInt8](repeating: 0, count: 79)
    var tags = [("wtpt", light), ("desc", description), ("cprt", Self.type("text") + [0])]
    if inGray {
      tags.append(("kTRC", curveTag))
    } else {
      for (column, letter) in ["r", "g", "b"].enumerated() {
        let xyz = (0..<3).map { Self.fixed(matrix.rows[$0][column]) }.reduce(Self.type("XYZ "), +)
        tags += [(letter + "XYZ", xyz), (letter + "TRC", curveTag)]
      }
    }
    return Self.assembled(model: inGray ? "GRAY" : "RGB ", tags)
  }

  private static func assembled(model: String, _ tags: [(String, [UInt8])]) -> [UInt8] {
    var (table, data) = (big(tags.count, 4), [UInt8]())
    for (name, bytes) in tags {
      table += Array(name.utf8) + big(132 + 12 * tags.count + data.count, 4) + big(bytes.count, 4)
      data += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
    let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
    let head =
      big(128 + table.count + data.count, 4) + zeros(4) + [2, 0x20, 0, 0] + Array("mntr\(model)XYZ ".utf8)
    return head + zeros(12) + Array("acsp".utf8) + zeros(28) + d50.flatMap(fixed) + zeros(48) + table + data
  }

  private var curveTag: [UInt8] {
    switch curve {
    case .power(let exponent):
      Self.type("curv") + Self.big(1, 4) + Self.big(Int((exponent * 256).rounded()), 2)
    case .sRGB:
      Self.type("curv") + Self.big(1_024, 4)
        + (0..<1_024).flatMap { step in
          let value = Double(step) / 1_023
          return Self.big(Int((SRGBCurve.light(of: value) * 65_535).rounded()), 2)
        }
    }
  }

  private static func type(_ name: String) -> [UInt8] { Array(name.utf8) + big(0, 4) }

  /// A signed 15.16 fixed-point number.
  private static func fixed(_ value: Double) -> [UInt8] { big(Int((value * 65_536).rounded()), 4) }

  private static func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  // MARK: - The matrix

  private static let d50 = [0.9642, 1, 0.8249]
  /// Bradford's cone responses, with which ICC profiles adapt to D50 (ICC.1, annex E).
  private static let bradford = Matrix([
    [0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296],
  ])

  /// The matrix from linear red, green and blue to linear sRGB, row by row, for the same white.
  package var weightsToSRGB: [Double]? {
    guard let toXYZ, let back = Self.sRGB.toXYZ?.inverse else { return nil }
    return back.times(toXYZ).rows.flatMap(\.self)
  }

  /// The weights of red, green and blue in the luminance.
  package var luminance: [Double]? { toXYZ?.rows[1] }

  private static func xyz(_ point: Chromaticity) -> [Double] {
    [point.x / point.y, 1, (1 - point.x - point.y) / point.y]
  }

  /// The matrix from linear red, green and blue to XYZ under its own white; `nil` if the primaries are
  /// collinear.
  private var toXYZ: Matrix? {
    let white = Self.xyz(primaries[3])
    let columns = primaries[..<3].map(Self.xyz)
    let directions = Matrix((0..<3).map { row in columns.map { $0[row] } })
    guard let amounts = directions.inverse.map({ $0.times(white) }) else { return nil }
    return Matrix(directions.rows.map { zip($0, amounts).map { $0.0 * $0.1 } })
  }

  /// The matrix to the profile's XYZ under D50.
  private var matrix: Matrix? {
    guard let toXYZ, let back = Self.bradford.inverse else { return nil }
    let white = Self.xyz(primaries[3])
    let (from, to) = (Self.bradford.times(white), Self.bradford.times(Self.d50))
    let scale = Matrix((0..<3).map { row in (0..<3).map { $0 == row ? to[row] / from[row] : 0 } })
    return back.times(scale).times(Self.bradford).times(toXYZ)
  }
}

private struct Matrix {
  let rows: [[Double]]

  init(_ rows: [[Double]]) {
    self.rows = rows
  }

  func times(_ vector: [Double]) -> [Double] {
    rows.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  func times(_ other: Matrix) -> Matrix {
    let columns = (0..<3).map { column in times(other.rows.map { $0[column] }) }
    return Matrix((0..<3).map { row in columns.map { $0[row] } })
  }

  /// Inverts by cofactors.
  var inverse: Matrix? {
    func minor(_ row: Int, _ column: Int) -> Double {
      let (a, b, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
      return rows[a][c] * rows[b][d] - rows[a][d] * rows[b][c]
    }
    let determinant = (0..<3).reduce(0) { $0 + rows[0][$1] * minor(0, $1) }
    guard abs(determinant) > 1e-9 else { return nil }
    return Matrix((0..<3).map { row in (0..<3).map { minor($0, row) / determinant } })
  }
}
