import Foundation
import Imaging
import TestSupport
import Testing
import Vocabulary

@testable import Finishing

/// A result of which it is known how it lies on its original.
struct Drift: Sendable, CustomTestStringConvertible {
  var sample = Samples.coffee
  var shift = (x: 0.0, y: 0.0)
  var scale = 1.0
  var turn = 0.0
  /// The share of the picture that is something else.
  var changed = 0.0
  var isTinted = false

  var testDescription: String {
    "\(sample), shift \(shift), scale \(scale), turn \(turn), changed \(changed), tinted \(isTinted)"
  }

  /// From the original's pixels to the result's.
  func map(_ original: PixelSize, _ result: PixelSize) -> AffineMap {
    let (width, height) = (Double(result.width), Double(result.height))
    let (cosine, sine) = (cos(turn * .pi / 180) * scale, sin(turn * .pi / 180) * scale)
    let turned = AffineMap(
      xx: cosine, xy: -sine, yx: sine, yy: cosine,
      dx: width / 2 * (1 - cosine) + height / 2 * sine + shift.x * width,
      dy: height / 2 * (1 - cosine) - width / 2 * sine + shift.y * height)
    return AffineMap.stretch(original, to: result).then(turned)
  }

  /// The original as such a model might give it back.
  func result(of original: borrowing Image, _ size: PixelSize) throws -> Image {
    var image = try original.shared().warped(by: map(original.size, size), into: size).realised()
    if isTinted {
      image = try image.recombined(
        [[1.05, 0.03, 0], [0, 0.94, 0.02], [0.02, 0, 0.88]], offset: [6, -4, 9]
      ).realised()
    }
    if changed > 0 {
      // Something else with as much to see in it, from the left edge on.
      let width = Int((Double(size.width) * changed).rounded())
      var pixels = try image.pixels()
      let other = try Image.decode(PictureBytes(Samples.bytes(Samples.rocket)), as: .jpeg).realised()
      let patch = try other.resized(to: PixelSize(width: width, height: size.height)).pixels()
      for y in 0..<size.height {
        let row = patch[(y * width * 3)..<((y + 1) * width * 3)]
        pixels.replaceSubrange((y * size.width * 3)..<(y * size.width + width) * 3, with: row)
      }
      image = try Image.fromPixels(pixels, size: size, bands: 3)
    }
    let encoded = try image.encoded(as: .jpeg(quality: 75, halvedChroma: true))
    return try Image.decode(encoded, as: .jpeg).realised()
  }
}

@Suite struct `Registration of a result on its original` {
  static let drifts: [Drift] = [
    Drift(), Drift(shift: (0.05, -0.05)), Drift(shift: (-0.05, 0.03), scale: 1.1),
    Drift(shift: (0.02, 0.05), scale: 0.9), Drift(scale: 0.95, changed: 0.4),
    Drift(shift: (0.03, -0.02), scale: 1.04, changed: 0.4, isTinted: true),
    Drift(shift: (-0.05, -0.05), scale: 0.9, changed: 0.4, isTinted: true),
    Drift(shift: (0.01, 0.01), scale: 1.1, turn: 1.5, changed: 0.3, isTinted: true),
    Drift(sample: Samples.portrait, shift: (0.05, 0.05), scale: 1.1),
    Drift(sample: Samples.portrait, shift: (-0.03, 0.01), scale: 0.92, changed: 0.4, isTinted: true),
  ]

  @Test(arguments: drifts)
  func `finds a known drift to half a pixel`(drift: Drift) throws {
    let format: PictureFormat.Codec = drift.sample.hasSuffix("png") ? .png : .jpeg
    let original = try Image.decode(PictureBytes(Samples.bytes(drift.sample)), as: format).realised()
    let size = original.size.scaled(toLongestEdge: 1_024)
    let result = try drift.result(of: original, size)
    let found = try register(result, on: original, startingFrom: .stretch(size, to: original.size))
    #expect(found.isTrusted)
    let truth = drift.map(original.size, size)
    var worst = 0.0
    for (x, y) in [(0.1, 0.1), (0.5, 0.5), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)] {
      let (ox, oy) = (x * Double(original.size.width), y * Double(original.size.height))
      let there = truth(ox, oy)
      let (bx, by) = found.map(there.x, there.y)
      worst = max(worst, ((bx - ox) * (bx - ox) + (by - oy) * (by - oy)).squareRoot())
    }
    #expect(worst < 0.5, "\(worst)")
  }

  @Test func `does not trust what has nothing to do with the original`() throws {
    let original = try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png).realised()
    let other = try Image.decode(PictureBytes(Samples.bytes(Samples.rocket)), as: .jpeg).realised()
    let size = other.size
    let found = try register(other, on: original, startingFrom: .stretch(size, to: original.size))
    #expect(!found.isTrusted)
    let grey = [UInt8](repeating: 200, count: 300 * 200 * 3)
    let blank = try Image.fromPixels(grey, size: PixelSize(width: 300, height: 200), bands: 3)
    let nothing = try register(blank, on: original, startingFrom: .stretch(blank.size, to: original.size))
    #expect(!nothing.isTrusted)
  }
}
