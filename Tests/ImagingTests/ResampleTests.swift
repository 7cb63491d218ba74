import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

/// Lanczos with three lobes directly from its formula, one sample at a time, independent of the
/// implementation under test.
private struct Formula {
  let size: PixelSize
  let bands: Int
  let hasAlpha: Bool
  let pixels: [UInt8]

  func resampled(to target: PixelSize) -> [UInt8] {
    let columns = (0..<target.width).map { Self.weights(size.width, target.width, $0) }
    let rows = (0..<target.height).map { Self.weights(size.height, target.height, $0) }
    return rows.flatMap { row in columns.flatMap { column in pixel(row, column) } }
  }

  private func pixel(_ rows: [(Int, Double)], _ columns: [(Int, Double)]) -> [UInt8] {
    var sums = [Double](repeating: 0, count: bands)
    for (row, down) in rows {
      for (column, across) in columns {
        let start = (row * size.width + column) * bands
        let alpha = hasAlpha ? Double(pixels[start + bands - 1]) : 1
        for band in 0..<bands {
          let isAlpha = hasAlpha && band == bands - 1
          sums[band] += down * across * Double(pixels[start + band]) * (isAlpha ? 1 : alpha)
        }
      }
    }
    if hasAlpha, let alpha = sums.last {
      for band in 0..<bands - 1 { sums[band] = alpha > 0 ? sums[band] / alpha : 0 }
    }
    return sums.map { UInt8(min(255, max(0, $0)).rounded()) }
  }

  private static func weights(_ inputs: Int, _ outputs: Int, _ output: Int) -> [(Int, Double)] {
    let factor = Double(inputs) / Double(outputs)
    let scale = max(1, factor)
    let center = (Double(output) + 0.5) * factor
    let raw = (0..<inputs).map { ($0, lanczos((Double($0) + 0.5 - center) / scale)) }
    let sum = raw.reduce(0) { $0 + $1.1 }
    return raw.filter { $0.1 != 0 }.map { ($0.0, $0.1 / sum) }
  }

  private static func lanczos(_ x: Double) -> Double {
    guard abs(x) > 1e-12 else { return 1 }
    guard abs(x) < 3 else { return 0 }
    return 3 * sin(.pi * x) * sin(.pi * x / 3) / (.pi * .pi * x * x)
  }
}

@Suite("Pictures are scaled accurately")
struct ResampleTests {
  /// Noise with hard edges and, if there is an alpha channel, every level of alpha.
  private static func noise(_ size: PixelSize, bands: Int) -> [UInt8] {
    var state: UInt32 = 7
    return (0..<size.pixelCount * bands).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }

  @Test(
    "resizing matches the formula when reducing, enlarging, and both", .enabled(if: !isFastRun),
    arguments: 1...8,
    [
      (PixelSize(width: 97, height: 83), PixelSize(width: 31, height: 17)),
      (PixelSize(width: 150, height: 70), PixelSize(width: 149, height: 69)),
      (PixelSize(width: 40, height: 200), PixelSize(width: 77, height: 3)),
      (PixelSize(width: 13, height: 5), PixelSize(width: 60, height: 41)),
      (PixelSize(width: 1, height: 300), PixelSize(width: 1, height: 7)),
      (PixelSize(width: 300, height: 1), PixelSize(width: 1, height: 1)),
      (PixelSize(width: 3, height: 3), PixelSize(width: 1, height: 9)),
    ])
  func formula(bands: Int, sizes: (from: PixelSize, to: PixelSize)) throws {
    let pixels = Self.noise(sizes.from, bands: bands)
    let hasAlpha = bands == 2 || bands >= 4
    let expected = Formula(size: sizes.from, bands: bands, hasAlpha: hasAlpha, pixels: pixels)
      .resampled(to: sizes.to)
    let image = try Image.fromPixels(pixels, size: sizes.from, bands: bands).resized(to: sizes.to)
    let result = try image.pixels()
    #expect(result.count == expected.count)
    let alphas = stride(from: bands - 1, to: expected.count, by: bands).map { expected[$0] }
    for (position, (given, wanted)) in zip(result, expected).enumerated() {
      // Where alpha is nearly zero, the color is a quotient of two small numbers.
      if hasAlpha, alphas[position / bands] < 4, position % bands < bands - 1 { continue }
      #expect(abs(Int(given) - Int(wanted)) <= 1, "sample \(position)")
    }
  }

  /// Wider than the block that is reduced at a time, higher than the rows that are read at a time, and only
  /// black and white, which overshoot the most.
  @Test(
    "large black and white pictures match the formula, too", .enabled(if: !isFastRun),
    arguments: isExtendedRun ? [1, 3, 4] : [3, 4],
    [
      (PixelSize(width: 1_301, height: 75), PixelSize(width: 541, height: 31)),
      (PixelSize(width: 77, height: 333), PixelSize(width: 78, height: 100)),
      (PixelSize(width: 1_500, height: 130), PixelSize(width: 9, height: 1)),
      (PixelSize(width: 1_575, height: 315), PixelSize(width: 25, height: 5)),
      (PixelSize(width: 520, height: 9), PixelSize(width: 1_400, height: 20)),
      (PixelSize(width: 2, height: 2), PixelSize(width: 90, height: 70)),
    ])
  func extremes(bands: Int, sizes: (from: PixelSize, to: PixelSize)) throws {
    let pixels = Self.noise(sizes.from, bands: bands).map { $0 < 128 ? 0 : 255 as UInt8 }
      .enumerated().map { bands == 4 && $0.offset % 4 == 3 ? 255 : $0.element }
    let expected = Formula(size: sizes.from, bands: bands, hasAlpha: false, pixels: pixels)
      .resampled(to: sizes.to)
    let result = try Image.fromPixels(pixels, size: sizes.from, bands: bands).resized(to: sizes.to).pixels()
    let furthest = zip(result, expected).map { abs(Int($0) - Int($1)) }.max()
    #expect(furthest.map { $0 <= 1 } == true)
  }

  @Test("a uniform surface stays uniform at any size", arguments: [1, 33, 64, 65, 500], [1, 2, 32, 700])
  func even(from: Int, to: Int) throws {
    let size = PixelSize(width: from, height: from)
    let pixels = [UInt8](repeating: 201, count: size.pixelCount * 3)
    let result = try Image.fromPixels(pixels, size: size, bands: 3)
      .resized(to: PixelSize(width: to, height: to)).pixels()
    #expect(result.allSatisfy { $0 == 201 })
  }

  @Test(
    "reducing thousands of rows or columns to few loses no light", arguments: [2_000, 4_658, 20_000],
    [1, 3, 201])
  func manyRows(count: Int, value: UInt8) throws {
    for size in [PixelSize(width: 1, height: count), PixelSize(width: count, height: 1)] {
      let image = try Image.fromPixels([UInt8](repeating: value, count: count * 3), size: size, bands: 3)
      let result = try image.resized(to: PixelSize(width: 1, height: 1)).pixels()
      #expect(result == [value, value, value])
    }
  }

  @Test("16 bits give the same picture as 8 bits")
  func sixteenBits() throws {
    let size = PixelSize(width: 90, height: 60)
    let target = PixelSize(width: 41, height: 23)
    let pixels = Self.noise(size, bands: 4)
    // Each sample twice: v × 257, the same light.
    let rows = (0..<size.height).map { row in
      pixels[row * size.width * 4..<(row + 1) * size.width * 4].flatMap { [$0, $0] }
    }
    let png = HandmadePNG.file(width: size.width, bits: 16, kind: 6, rows: rows)
    let deep = try Image.decode(PictureBytes(png), as: .png).resized(to: target).inSRGB(usingProfile: false)
      .pixels()
    let usual = try Image.fromPixels(pixels, size: size, bands: 4).resized(to: target).pixels()
    for pixel in 0..<target.pixelCount where usual[pixel * 4 + 3] > 3 {
      for band in 0..<4 {
        #expect(abs(Int(deep[pixel * 4 + band]) - Int(usual[pixel * 4 + band])) <= 1)
      }
    }
  }
}
