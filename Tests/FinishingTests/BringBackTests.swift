import Foundation
import Imaging
import TestSupport
import Testing
import Vocabulary

@testable import Finishing

@Suite struct `Bringing a result back to its original` {
  private let coffee = PixelSize(width: 600, height: 400)

  private func original() throws -> Image {
    try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png).realised()
  }

  /// The result of such a drift as a model's file.
  private func file(_ drift: Drift, _ size: PixelSize) throws -> PictureBytes {
    try drift.result(of: try original(), size).encoded(as: .jpeg(quality: 90, halvedChroma: false))
  }

  private func finish(
    _ result: PictureBytes, _ change: (inout FinishingOptions) -> Void
  ) throws -> (picture: FinishedPicture, pixels: [UInt8]) {
    var options = FinishingOptions(wanted: .png)
    change(&options)
    let source = PictureBytes(try Samples.bytes(Samples.coffee))
    let picture = try finishResult(result, original: source, options: options)
    return (picture, try Image.decode(picture.bytes, as: .png).realised().pixels())
  }

  /// The mean difference of all channels in the right half, which the drifts here do not change.
  private func difference(_ pixels: [UInt8], _ size: PixelSize) throws -> Double {
    let truth = try original().pixels()
    var sum = 0
    for y in 0..<size.height {
      for place in (y * size.width + size.width / 2) * 3..<(y * size.width + size.width * 9 / 10) * 3 {
        sum += abs(Int(pixels[place]) - Int(truth[place]))
      }
    }
    return Double(sum) / Double(size.height * (size.width * 9 / 10 - size.width / 2) * 3)
  }

  @Test func `size, place and colours are the original's, and what was changed stays changed`() throws {
    let drift = Drift(shift: (0.03, -0.02), scale: 1.05, changed: 0.35, isTinted: true)
    let result = try file(drift, PixelSize(width: 1_264, height: 848))
    let (picture, pixels) = try finish(result) {
      $0.fitsSource = true
      $0.aligns = true
      $0.matchesColour = true
    }
    #expect(picture.size == coffee)
    let (alignment, colour) = (
      try #require(picture.findings.alignment), try #require(picture.findings.colour)
    )
    #expect(alignment.isTrusted && picture.findings.warnings.isEmpty)
    #expect(abs(alignment.dx - 0.03 * 600) < 0.5 && abs(alignment.dy + 0.02 * 400) < 0.5)
    #expect(abs(alignment.scale - 1.05) < 0.002 && abs(alignment.rotation) < 0.1)
    #expect(colour.before > 4 && colour.after < 1.5)
    #expect(try difference(pixels, coffee) < 4)
    // A third is another picture, some of which happens to look alike.
    let changed = try #require(picture.findings.changed)
    #expect((0.2...0.5).contains(changed))

    let (_, asItCame) = try finish(result) { $0.fitsSource = true }
    #expect(try difference(asItCame, coffee) > 12)
  }

  @Test(arguments: [
    PixelSize(width: 300, height: 200), PixelSize(width: 1_200, height: 800),
    PixelSize(width: 613, height: 401),
  ])
  func `the size alone`(size: PixelSize) throws {
    let (picture, pixels) = try finish(try file(Drift(), size)) { $0.fitsSource = true }
    #expect(picture.size == coffee && picture.findings.warnings.isEmpty)
    // Half the size has lost detail.
    #expect(try difference(pixels, coffee) < 12)
  }

  @Test func `without the size it keeps its own resolution`() throws {
    let drift = Drift(shift: (0.02, 0.01), scale: 0.97)
    let (picture, _) = try finish(try file(drift, PixelSize(width: 1_200, height: 800))) { $0.aligns = true }
    #expect(picture.size == PixelSize(width: 1_200, height: 800))
    #expect(picture.findings.alignment?.isTrusted == true)
  }

  @Test func `where it does not reach, the original goes on`() throws {
    let drift = Drift(shift: (0.05, 0))
    let (_, pixels) = try finish(try file(drift, PixelSize(width: 1_200, height: 800))) {
      $0.fitsSource = true
      $0.aligns = true
    }
    let truth = try original().pixels()
    for y in stride(from: 10, to: 390, by: 20) {
      let place = (y * 600 + 590) * 3
      #expect(pixels[place..<place + 27] == truth[place..<place + 27])
    }
  }

  @Test func `one of another shape is found, or cut rather than stretched`() throws {
    let square = PixelSize(width: 512, height: 512)
    let middle = try original().cropped(left: 100, top: 0, to: PixelSize(width: 400, height: 400))
    let result = try middle.resized(to: square).encoded(as: .jpeg(quality: 90, halvedChroma: false))
    let (cut, _) = try finish(result) { $0.fitsSource = true }
    #expect(cut.size == coffee && cut.findings.warnings == [.resultCropped])
  }

  @Test func `what cannot be recognised is said, and still has the size`() throws {
    let rocket = PictureBytes(try Samples.bytes(Samples.rocket))
    let (picture, _) = try finish(rocket) {
      $0.fitsSource = true
      $0.aligns = true
    }
    #expect(picture.size == coffee)
    #expect(picture.findings.alignment?.isTrusted == false)
    #expect(picture.findings.warnings.contains(.notAligned))
  }

  @Test func `grey and transparent pictures fit together`() throws {
    let size = PixelSize(width: 90, height: 60)
    let grey = (0..<size.pixelCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let source = try Image.fromPixels(grey, size: size, bands: 1).encoded(as: .png)
    let clear = grey.flatMap { level -> [UInt8] in [level, level / 2, level, 128] }
    let result = try Image.fromPixels(clear, size: size, bands: 4).encoded(as: .png)
    for (one, other) in [(source, result), (result, source)] {
      var options = FinishingOptions(wanted: .png)
      options.fitsSource = true
      options.aligns = true
      options.matchesColour = true
      #expect(try finishResult(one, original: other, options: options).size == size)
    }
  }

  @Test func `an original that cannot be read is named as such`() throws {
    var options = FinishingOptions()
    options.fitsSource = true
    let result = PictureBytes(try Samples.bytes(Samples.rocket))
    do throws(FinishingError) {
      _ = try finishResult(result, original: PictureBytes(Array("no".utf8)), options: options)
      Issue.record("expected an error")
    } catch {
      guard case .original = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}

@Suite struct `What most colours agree on` {
  private func pairs(_ changed: Double, _ tint: (ColourFit.Colour) -> ColourFit.Colour) -> [ColourFit.Pair] {
    var random = SplitMix64(state: 7)
    return (0..<2_000).map { number in
      let colour = ColourFit.Colour(
        .random(in: 0.02...0.9, using: &random), .random(in: 0.02...0.9, using: &random),
        .random(in: 0.02...0.9, using: &random))
      let other = ColourFit.Colour(
        .random(in: 0...1, using: &random), .random(in: 0...1, using: &random),
        .random(in: 0...1, using: &random))
      return ColourFit.Pair(from: Double(number) < changed * 2_000 ? other : tint(colour), to: colour)
    }
  }

  @Test func `a tint is found although two fifths have another colour`() throws {
    let fit = try #require(
      ColourFit(pairs(0.4) { $0 * ColourFit.Colour(1.1, 0.95, 0.8) + ColourFit.Colour(repeating: 0.01) }))
    let grey = fit(ColourFit.Colour(0.5 * 1.1 + 0.01, 0.5 * 0.95 + 0.01, 0.5 * 0.8 + 0.01))
    for channel in 0..<3 { #expect(abs(grey[channel] - 0.5) < 0.01) }
    #expect(fit.agreement > 0.55)
  }

  @Test func `nothing is found where nothing agrees`() {
    #expect(ColourFit(pairs(1) { $0 }) == nil)
  }
}
