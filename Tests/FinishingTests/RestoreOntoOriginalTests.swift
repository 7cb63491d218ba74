import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing

@Suite struct `Restoring a result onto its original` {
  private let coffee = PixelSize(width: 600, height: 400)

  private func original() throws -> Image {
    try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png).copiedToMemory()
  }

  /// The result of a drift as a model's file.
  private func file(_ drift: Drift, _ size: PixelSize) throws -> PictureBytes {
    try drift.result(of: try original(), size).encoded(as: .jpeg(quality: 90, halvedChroma: false))
  }

  private func finish(
    _ result: PictureBytes, _ change: (inout FinishingOptions) -> Void
  ) throws -> (picture: FinishedPicture, pixels: [UInt8]) {
    var options = FinishingOptions(wanted: .png)
    change(&options)
    let source = PictureBytes(try Samples.bytes(Samples.coffee))
    let picture = try finishResult(result, beside: FinishingPictures(original: source), options: options)
    return (picture, try Image.decode(picture.bytes, as: .png).copiedToMemory().pixels())
  }

  /// The mean difference of all channels in the right half, which the drifts in these tests do not change.
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

  @Test func `size, position, and colors are the original's, and the edit stays`() throws {
    let drift = Drift(shift: (0.03, -0.02), scale: 1.05, changed: 0.35, isTinted: true)
    let result = try file(drift, PixelSize(width: 1_264, height: 848))
    let (picture, pixels) = try finish(result) {
      $0.fitsSource = true
      $0.aligns = true
      $0.matchesColor = true
    }
    #expect(picture.size == coffee)
    let (alignment, color) = (
      try #require(picture.findings.alignment), try #require(picture.findings.color)
    )
    #expect(alignment.isTrusted && picture.findings.warnings.isEmpty)
    #expect(abs(alignment.dx - 0.03 * 600) < 0.5 && abs(alignment.dy + 0.02 * 400) < 0.5)
    #expect(abs(alignment.scale - 1.05) < 0.002 && abs(alignment.rotation) < 0.1)
    #expect(color.before > 4 && color.after < 1.5)
    #expect(try difference(pixels, coffee) < 4)
    // A third is another picture, parts of which happen to look alike.
    let changed = try #require(picture.findings.changed)
    #expect((0.2...0.5).contains(changed))

    let (_, asItCame) = try finish(result) { $0.fitsSource = true }
    #expect(try difference(asItCame, coffee) > 12)
  }

  @Test(arguments: [
    PixelSize(width: 300, height: 200), PixelSize(width: 1_200, height: 800),
    PixelSize(width: 613, height: 401),
  ])
  func `the size alone is restored`(size: PixelSize) throws {
    let (picture, pixels) = try finish(try file(Drift(), size)) { $0.fitsSource = true }
    #expect(picture.size == coffee && picture.findings.warnings.isEmpty)
    // A result of half the size has lost detail.
    #expect(try difference(pixels, coffee) < 12)
  }

  @Test func `without the size option the result keeps its own resolution`() throws {
    let drift = Drift(shift: (0.02, 0.01), scale: 0.97)
    let (picture, _) = try finish(try file(drift, PixelSize(width: 1_200, height: 800))) { $0.aligns = true }
    #expect(picture.size == PixelSize(width: 1_200, height: 800))
    #expect(picture.findings.alignment?.isTrusted == true)
  }

  @Test func `where the result does not reach, the original shows`() throws {
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

  @Test func `a result of another aspect ratio is found, or cropped rather than stretched`() throws {
    let square = PixelSize(width: 512, height: 512)
    let middle = try original().cropped(left: 100, top: 0, to: PixelSize(width: 400, height: 400))
    let result = try middle.resized(to: square).encoded(as: .jpeg(quality: 90, halvedChroma: false))
    let (cut, _) = try finish(result) { $0.fitsSource = true }
    #expect(cut.size == coffee && cut.findings.warnings == [.resultCropped])
    // Stretched into a square, as some models do.
    let (found, pixels) = try finish(try file(Drift(), square)) {
      $0.fitsSource = true
      $0.aligns = true
    }
    #expect(found.findings.alignment?.isTrusted == true && found.findings.warnings == [])
    #expect(try difference(pixels, coffee) < 8)
  }

  @Test func `an unrecognized result is reported, and still gets the size`() throws {
    let rocket = PictureBytes(try Samples.bytes(Samples.rocket))
    let (picture, _) = try finish(rocket) {
      $0.fitsSource = true
      $0.aligns = true
    }
    #expect(picture.size == coffee)
    #expect(picture.findings.alignment?.isTrusted == false)
    #expect(picture.findings.warnings.contains(.notAligned))
  }

  /// Pairs of channel counts. `Tests/extended` tries every pair.
  private static let pairs = (1...4).flatMap { bands in (1...4).map { (bands, $0) } }.filter {
    isExtendedRun || [5, 4].contains($0 + $1)
  }

  /// Gray, gray with alpha, color, and color with alpha, each composited on each other, with a result that
  /// does not cover the whole original.
  @Test(.enabled(if: !isFastRun), arguments: pairs)
  func `gray and transparent pictures fit together`(bands: Int, others: Int) throws {
    func file(_ bands: Int, _ image: consuming Image) throws -> PictureBytes {
      var image = image
      let size = image.size
      if bands < 3 {
        let gray = try image.gray().pixels
        image = try Image.fromPixels(gray, size: size, bands: 1)
      }
      guard bands % 2 == 0 else { return try image.encoded(as: .png) }
      let (count, colors) = (bands - 1, try image.pixels())
      let pixels = (0..<size.pixelCount).flatMap { place -> [UInt8] in
        Array(colors[place * count..<(place + 1) * count]) + [place % 7 == 0 ? 200 : 255]
      }
      return try Image.fromPixels(pixels, size: size, bands: bands).encoded(as: .png)
    }
    let drift = Drift(shift: (0.05, 0))
    let result = try file(bands, drift.result(of: try original(), PixelSize(width: 900, height: 600)))
    var options = FinishingOptions(wanted: .png)
    options.fitsSource = true
    options.aligns = true
    options.matchesColor = true
    let finished = try finishResult(
      result, beside: FinishingPictures(original: try file(others, try original())), options: options)
    #expect(finished.size == coffee && finished.findings.alignment?.isTrusted == true)
  }

  @Test func `a new background of one color is part of the edit, not a tint`() throws {
    let size = PixelSize(width: 300, height: 200)
    func shot(_ originalImage: [UInt8]) throws -> PictureBytes {
      let thing = try original().cropped(left: 200, top: 100, to: PixelSize(width: 120, height: 120)).pixels()
      var pixels = (0..<size.pixelCount).flatMap { _ in originalImage }
      for y in 0..<120 {
        pixels.replaceSubrange(
          ((y + 40) * 300 + 90) * 3..<((y + 40) * 300 + 210) * 3, with: thing[y * 360..<(y + 1) * 360])
      }
      return try Image.fromPixels(pixels, size: size, bands: 3).encoded(as: .png)
    }
    var options = FinishingOptions(wanted: .png)
    options.matchesColor = true
    let blue: [UInt8] = [190, 220, 250]
    let finished = try finishResult(
      try shot(blue), beside: FinishingPictures(original: try shot([250, 250, 250])), options: options)
    let pixels = try Image.decode(finished.bytes, as: .png).copiedToMemory().pixels()
    for channel in 0..<3 { #expect(abs(Int(pixels[channel]) - Int(blue[channel])) < 6) }
    #expect((finished.findings.changed ?? 0) > 0.5)
  }

  @Test func `matching only colors keeps the size and aspect ratio`() throws {
    let size = PixelSize(width: 512, height: 512)
    let (picture, _) = try finish(try file(Drift(isTinted: true), size)) { $0.matchesColor = true }
    #expect(picture.size == size)
  }

  @Test func `a crop of the original is found`() throws {
    let middle = try original().cropped(left: 100, top: 0, to: PixelSize(width: 400, height: 400))
    let size = PixelSize(width: 1_024, height: 1_024)
    let result = try middle.resized(to: size).encoded(as: .jpeg(quality: 90, halvedChroma: false))
    let (picture, pixels) = try finish(result) {
      $0.fitsSource = true
      $0.aligns = true
    }
    #expect(picture.findings.alignment?.isTrusted == true && picture.findings.warnings == [])
    #expect(try difference(pixels, coffee) < 4)
  }

  @Test func `a result that became gray or white stays so`() throws {
    let size = PixelSize(width: 600, height: 400)
    let gray = try Image.fromPixels(try original().gray().pixels, size: size, bands: 1).widened(toBands: 3)
    let white = try Image.fromPixels(
      [UInt8](repeating: 255, count: size.pixelCount * 3), size: size, bands: 3)
    for picture in [try gray.encoded(as: .png), try white.encoded(as: .png)] {
      let (finished, pixels) = try finish(picture) { $0.matchesColor = true }
      #expect(finished.findings.warnings == [.colorNotMatched])
      #expect(pixels == (try Image.decode(picture, as: .png).copiedToMemory().pixels()))
    }
  }

  @Test func `a long strip is registered as well`() throws {
    let strip = try original().cropped(left: 0, top: 110, to: PixelSize(width: 600, height: 100))
    let drift = Drift(shift: (0.03, 0))
    let size = PixelSize(width: 1_600, height: 266)
    let found = try register(
      drift.result(of: strip, size), on: strip, startingFrom: .stretch(size, to: strip.size))
    #expect(found.isTrusted)
    #expect(abs(found.map(848, 100).x - 300) < 0.5)
  }

  @Test func `a format that needs permission is refused as original and as result`() throws {
    let drawing = PictureBytes(
      Array(#"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"/>"#.utf8))
    let photo = PictureBytes(try Samples.bytes(Samples.coffee))
    var options = FinishingOptions(wanted: .png)
    options.fitsSource = true
    #expect(throws: FinishingError.self) {
      try inspectResult(photo, beside: FinishingPictures(original: drawing), options: options)
    }
    #expect(throws: FinishingError.self) {
      try inspectResult(drawing, beside: FinishingPictures(original: photo), options: options)
    }
    #expect(throws: FinishingError.self) {
      try inspectResult(drawing, options: FinishingOptions(wanted: .png))
    }
  }

  @Test func `a result in a format that cannot be written becomes a PNG`() throws {
    let animation = PictureBytes(try Samples.fixture("animated.gif"))
    var options = FinishingOptions()
    options.fitsSource = true
    let finished = try finishResult(
      animation, beside: FinishingPictures(original: PictureBytes(try Samples.bytes(Samples.coffee))),
      options: options)
    #expect(finished.format == .png)
    #expect(try PictureStructure.read(finished.bytes).format == .png)
  }

  /// Originals of 80×60 that a decoder alone would refuse or show differently, with the color in their
  /// middle.
  private static let odd: [(bytes: [UInt8], color: [Int])] = {
    let gif = HandmadeGIF.head((40, 30)) + HandmadeGIF.block(HandmadeGIF.Frame(80, 60))
    let row = Array([[UInt8]](repeating: [99, 60, 30], count: 80).joined())
    let png = HandmadePNG.file(width: 80, bits: 8, kind: 2, rows: [[UInt8]](repeating: row, count: 60))
    let tiff = HandmadeTIFF.file([
      HandmadeTIFF.Page(20, 15, value: 9, [254: 1]), HandmadeTIFF.Page(80, 60, value: 99),
    ])
    // Half of SDR white in PQ.
    let light = Array([[UInt8]](repeating: [0x82, 0x73, 0x82, 0x73, 0x82, 0x73], count: 80).joined())
    let hdr = HandmadePNG.file(
      width: 80, bits: 16, kind: 2, rows: [[UInt8]](repeating: light, count: 60),
      before: [("cICP", [9, 16, 0, 1])])
    return [
      (gif, [255, 0, 0]), (Array(png.dropLast(12)), [99, 60, 30]), (tiff, [99, 99, 99]),
      (hdr, [188, 188, 188]),
    ]
  }()

  @Test(arguments: odd.indices)
  func `an original is read as it was prepared`(row: Int) throws {
    let white = [UInt8](repeating: 255, count: 80 * 60 * 3)
    let result = try Image.fromPixels(white, size: PixelSize(width: 80, height: 60), bands: 3).encoded(
      as: .png)
    var options = FinishingOptions(wanted: .png)
    options.region = PixelArea(left: 0, top: 0, size: PixelSize(width: 16, height: 16))
    (options.aligns, options.matchesColor) = (false, false)
    let original = PictureBytes(Self.odd[row].bytes)
    let finished = try finishResult(result, beside: FinishingPictures(original: original), options: options)
    let (pixels, size, bands) = try decodedPixels(finished.bytes.array)
    #expect(size == PixelSize(width: 80, height: 60))
    let middle = pixels[(30 * 80 + 40) * bands..<(30 * 80 + 40) * bands + 3].map(Int.init)
    #expect(zip(middle, Self.odd[row].color).allSatisfy { abs($0 - $1) <= 1 }, "\(middle)")
  }

  @Test func `an original that cannot be read is named as the original`() throws {
    var options = FinishingOptions()
    options.fitsSource = true
    let result = PictureBytes(try Samples.bytes(Samples.rocket))
    do throws(FinishingError) {
      _ = try finishResult(
        result, beside: FinishingPictures(original: PictureBytes(Array("no".utf8))), options: options)
      Issue.record("expected an error")
    } catch {
      guard case .original = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}

@Suite struct `The tint of a result is found` {
  private func pairs(_ changed: Double, _ tint: (ColorFit.Color) -> ColorFit.Color) -> [ColorFit.Pair] {
    var random = SplitMix64(state: 7)
    return (0..<2_000).map { number in
      let color = ColorFit.Color(
        .random(in: 0.02...0.9, using: &random), .random(in: 0.02...0.9, using: &random),
        .random(in: 0.02...0.9, using: &random))
      let other = ColorFit.Color(
        .random(in: 0...1, using: &random), .random(in: 0...1, using: &random),
        .random(in: 0...1, using: &random))
      return ColorFit.Pair(from: Double(number) < changed * 2_000 ? other : tint(color), to: color)
    }
  }

  @Test func `a tint is found although two fifths of the pixels have other colors`() throws {
    let fit = try #require(
      ColorFit(pairs(0.4) { $0 * ColorFit.Color(1.1, 0.95, 0.8) + ColorFit.Color(repeating: 0.01) }))
    let gray = fit(ColorFit.Color(0.5 * 1.1 + 0.01, 0.5 * 0.95 + 0.01, 0.5 * 0.8 + 0.01))
    for channel in 0..<3 { #expect(abs(gray[channel] - 0.5) < 0.01) }
    #expect(fit.agreement > 0.55)
  }

  @Test func `no tint is found where nothing agrees, and that is reported`() {
    #expect(ColorFit(pairs(1) { $0 }) == nil)
    func failure(_ pairs: [ColorFit.Pair]) -> Findings.TintFailure? {
      if case .failure(let failure) = ColorFit.finding(pairs) { failure } else { nil }
    }
    #expect(failure(Array(pairs(0) { $0 }.prefix(9))) == .fewColors(9, least: 16))
    #expect(failure(pairs(0) { ColorFit.Color(0.2 * $0.x, $0.y, $0.z) }) != nil)
    guard case .littleAgreement(let share, least: 0.3)? = failure(pairs(1) { $0 }) else {
      Issue.record("\(String(describing: failure(pairs(1) { $0 })))")
      return
    }
    #expect(share < 0.3)
  }
}
