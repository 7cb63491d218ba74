import Foundation
import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

/// HDR pictures, written by the formulas of ITU-R BT.2100 and the matrices of ITU-R BT.2087 and SMPTE EG
/// 432-1.
@Suite("HDR on an SDR screen")
struct HDRTests {
  private enum Curve: UInt8, CaseIterable {
    case pq = 16
    case hlg = 18

    /// Encoded values from 0 to 1 for light in cd/m².
    func values(_ light: [Double]) -> [Double] {
      switch self {
      case .pq:
        return light.map { cd in
          let power = pow(max(0, cd) / 10_000, 0.1593017578125)
          return pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375)
        }
      case .hlg:
        // Luminance of BT.2020. The system gamma maps the scene's light to a screen of 1,000 cd/m².
        let screen = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2]
        let scene = screen <= 0 ? 1 : pow(screen / 1_000, 1 / 1.2)
        return light.map { cd in
          let e = cd / 1_000 / pow(scene, 0.2)
          return e <= 1.0 / 12
            ? (3 * max(0, e)).squareRoot() : 0.17883277 * log(12 * e - 0.28466892) + 0.55991073
        }
      }
    }
  }

  private static let fromSRGB: [UInt8: [[Double]]] = [
    1: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    9: [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]],
    12: [[0.8225, 0.1774, 0], [0.0332, 0.9669, 0], [0.0171, 0.0724, 0.9108]],
  ]

  /// - Parameter level: an sRGB level from 0 to 255.
  private static func light(_ level: Double) -> Double {
    let value = level / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  /// Fields 16 pixels wide, from left to right.
  ///
  /// - Parameter fields: light in sRGB's primaries, relative to SDR white.
  private func file(
    _ fields: [[Double]], _ curve: Curve, primaries: UInt8 = 9, bits: UInt8 = 16, alpha: Bool = false
  )
    -> [UInt8]
  {
    let samples = fields.map { field -> [UInt8] in
      let own = (Self.fromSRGB[primaries] ?? []).map { zip($0, field).reduce(0) { $0 + $1.0 * $1.1 } }
      let values = curve.values(own.map { 203 * $0 })
      return values.flatMap { value -> [UInt8] in
        let code = Int((min(1, value) * (bits == 16 ? 65_535 : 255)).rounded())
        return bits == 16 ? [UInt8(code >> 8), UInt8(code & 255)] : [UInt8(code)]
      } + (alpha ? [0x80, 0] : [])
    }
    let row = samples.flatMap { Array([[UInt8]](repeating: $0, count: 16).joined()) }
    return HandmadePNG.file(
      width: 16 * fields.count, bits: bits, kind: alpha ? 6 : 2, rows: [[UInt8]](repeating: row, count: 16),
      before: [("cICP", [primaries, curve.rawValue, 0, 1])])
  }

  private func fields(_ result: PreparedReference, _ count: Int) throws -> [[Int]] {
    let (pixels, _, bands) = try decodedPixels(result.bytes.array)
    return (0..<count).map { field in
      pixels[(field * 16 + 8) * bands..<(field * 16 + 8) * bands + bands].map(Int.init)
    }
  }

  private static let colors: [[Double]] = [
    [200, 40, 30], [40, 160, 60], [40, 60, 180], [128, 128, 128], [10, 10, 10], [240, 220, 90],
    [255, 255, 255],
  ]

  @Test("colors up to white match SDR", arguments: Curve.allCases, [UInt8(9), 12, 1])
  private func colors(curve: Curve, primaries: UInt8) throws {
    // HLG's luminance is computed here with BT.2020's coefficients.
    guard curve == .pq || primaries == 9 else { return }
    let result = try prepare(file(Self.colors.map { $0.map(Self.light) }, curve, primaries: primaries))
    #expect(result.warnings.isEmpty)
    #expect(result.steps.map(\.kind) == [.color])
    for (found, expected) in zip(try fields(result, Self.colors.count), Self.colors) {
      #expect(isClose(found, expected.map { Int($0) }, within: 2), "\(found) for \(expected)")
    }
  }

  @Test("8 bits give nearly the same colors")
  func eightBits() throws {
    let result = try prepare(file(Self.colors.map { $0.map(Self.light) }, .pq, bits: 8))
    for (found, expected) in zip(try fields(result, Self.colors.count), Self.colors) {
      #expect(isClose(found, expected.map { Int($0) }, within: 8), "\(found) for \(expected)")
    }
  }

  @Test(
    "highlights keep their differences, and darker colors stay close",
    arguments: [2.0, 5, 20, 45])
  func highlights(peak: Double) throws {
    let sky = (1...8).map { step in [0.6, 0.8, 1].map { $0 * (1 + (min(peak, 19) - 1) * Double(step) / 8) } }
    let brightest = [[peak, peak, peak]]
    let dark = [[200.0, 40, 30], [40, 160, 60], [128, 128, 128]]
    let result = try prepare(file(dark.map { $0.map(Self.light) } + [[1, 1, 1]] + sky + brightest, .pq))
    let found = try fields(result, 13)
    for (color, expected) in zip(found, dark) {
      #expect(isClose(color, expected.map { Int($0) }, within: 20), "\(color) for \(expected)")
    }
    #expect(found[3].allSatisfy { $0 >= 215 })
    // At high peaks, 8 bits do not distinguish all steps.
    for (step, next) in zip(found[4..<12], found[5..<12]) {
      #expect(step.reduce(0, +) < next.reduce(0, +) + (peak > 5 ? 1 : 0))
    }
    // Blue stays blue.
    for color in found[4..<12] { #expect(color[0] < color[1] && color[1] < color[2]) }
    #expect(found[12].allSatisfy { $0 >= 254 })
  }

  @Test("transparency is kept")
  func alpha() throws {
    let found = try fields(prepare(file([[1, 1, 1], [0.2, 0.2, 0.2]], .hlg, alpha: true)), 2)
    #expect(found[0][3] == 128 && found[0][0] >= 253)
  }

  @Test("gray stays gray", arguments: [UInt8(8), 16])
  func gray(bits: UInt8) throws {
    let value = Curve.pq.values([203 * Self.light(128)])[0]
    let code = Int(value * (bits == 16 ? 65_535 : 255))
    let pixel: [UInt8] = bits == 16 ? [UInt8(code >> 8), UInt8(code & 255)] : [UInt8(code)]
    let row = Array([[UInt8]](repeating: pixel, count: 20).joined())
    let png = HandmadePNG.file(
      width: 20, bits: bits, kind: 0, rows: [[UInt8]](repeating: row, count: 20),
      before: [("cICP", [9, 16, 0, 1])])
    #expect(isClose(try color(prepare(png).bytes.array, x: 0.5, y: 0.5), [128, 128, 128], within: 3))
  }

  @Test("a crop looks as it does in the whole", arguments: Curve.allCases)
  private func part(curve: Curve) throws {
    // The brightest light is outside the crop.
    let between = [[Double]](repeating: [0.3, 0.3, 0.3], count: 40)
    let png = file([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.4, 1.2]] + between + [[4.5, 4.5, 4.5]], curve)
    let whole = try fields(prepare(png), 3)
    let part = try prepare(png) {
      $0.region = PixelArea(left: 0, top: 0, size: PixelSize(width: 48, height: 16))
      $0.regionSizes = []
    }
    let shown = part.geometry.shown
    #expect(shown.width < 600)
    let (pixels, size, bands) = try decodedPixels(part.bytes.array)
    for field in 0..<3 {
      let x = Int((Double(field * 16 + 8) - shown.left) / shown.width * Double(size.width))
      let at = (size.height / 2 * size.width + min(max(0, x), size.width - 1)) * bands
      #expect(isClose(pixels[at..<at + 3].map(Int.init), whole[field], within: 2), "\(field) of \(shown)")
    }
  }

  @Test("a reduced and rotated picture looks the same")
  func reduced() throws {
    let png = file([[Double]](repeating: Self.colors[0].map(Self.light), count: 20), .pq)
    let result = try prepare(Embedded.chunk("eXIf", Embedded.exif(orientation: 6), in: png)) {
      $0.maximumEdge = 100
    }
    #expect(result.size == PixelSize(width: 5, height: 100))
    #expect(isClose(try color(result.bytes.array, x: 0.5, y: 0.5), [200, 40, 30], within: 2))
  }
}
