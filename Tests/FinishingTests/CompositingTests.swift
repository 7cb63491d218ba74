import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing

/// A result that is moved and tinted, and in which 30 % of the picture shows something else.
private let drift = Drift(shift: (0.03, -0.02), scale: 1.04, changed: 0.3, isTinted: true)

@Suite struct `Compositing a result into its original` {
  private static let coffee = PixelSize(width: 600, height: 400)
  private let original: [UInt8]
  private let source: PictureBytes

  init() throws {
    source = PictureBytes(try Samples.bytes(Samples.coffee))
    original = try Image.decode(source, as: .png).copiedToMemory().pixels()
  }

  private func finish(
    _ result: PictureBytes? = nil, mask: PictureBytes? = nil, as wanted: PictureFormat? = .png,
    _ change: (inout FinishingOptions) -> Void
  ) throws -> (picture: FinishedPicture, pixels: [UInt8]) {
    var options = FinishingOptions(wanted: wanted)
    options.compares = true
    change(&options)
    let picture = try finishResult(
      result ?? Self.result(of: source, drift), beside: FinishingPictures(original: source, mask: mask),
      options: options)
    if let comparison = picture.comparison {
      Attachment.record(comparison.array, named: "\(Test.current?.name ?? "compared").png")
    }
    let codec = try #require(picture.format.codec)
    return (picture, try Image.decode(picture.bytes, as: codec).copiedToMemory().pixels())
  }

  private static func result(of source: PictureBytes, _ drift: Drift) throws -> PictureBytes {
    let image = try Image.decode(source, as: .png).copiedToMemory()
    return try drift.result(of: image, PixelSize(width: 1_264, height: 848))
      .encoded(as: .jpeg(quality: 90, halvedChroma: false))
  }

  /// The share of the pixels that equal the original's, among those for which `isMeant` is true.
  private func untouched(_ pixels: [UInt8], where isMeant: (Int, Int) -> Bool) -> Double {
    var (equal, all) = (0, 0)
    for y in 0..<Self.coffee.height {
      for x in 0..<Self.coffee.width where isMeant(x, y) {
        let place = 3 * (y * Self.coffee.width + x)
        all += 1
        if pixels[place..<place + 3] == original[place..<place + 3] { equal += 1 }
      }
    }
    return Double(equal) / Double(all)
  }

  @Test(.enabled(if: !isFastRun), arguments: [0, 12])
  func `beyond a region and its feather every pixel is the original's`(feather: Int) throws {
    let region = PixelArea(left: 60, top: 90, size: PixelSize(width: 160, height: 200))
    let (picture, pixels) = try finish {
      $0.region = region
      $0.feather = feather
    }
    #expect(picture.size == Self.coffee && picture.findings.alignment?.isTrusted == true)
    let around = region.grown(by: feather)
    let isInside = { (x: Int, y: Int, area: PixelArea) in
      x >= area.left && x < area.right && y >= area.top && y < area.bottom
    }
    #expect(untouched(pixels) { !isInside($0, $1, around) } == 1)
    #expect(untouched(pixels) { isInside($0, $1, region) } < 0.2)
  }

  @Test func `the edit of a crop is placed back at its position`() throws {
    // An edit of a region sends the region and some of its surroundings.
    let shown = PixelArea(left: 200, top: 100, size: PixelSize(width: 300, height: 300))
    let part = try Image.decode(source, as: .png).cropped(left: 200, top: 100, to: shown.size)
      .copiedToMemory()
    let result = try Drift(shift: (0.02, 0.01), scale: 0.98)
      .result(of: part, PixelSize(width: 1_024, height: 1_024))
      .recombined([[0, 0, 1], [0, 1, 0], [1, 0, 0]], offset: [0, 0, 0]).encoded(as: .png)
    let region = PixelArea(left: 260, top: 170, size: PixelSize(width: 150, height: 140))
    let (_, pixels) = try finish(result) {
      $0.shown = VisibleArea(shown)
      $0.region = region
      $0.feather = 4
    }
    let around = region.grown(by: 4)
    #expect(
      untouched(pixels) { x, y in
        x < around.left || x >= around.right || y < around.top || y >= around.bottom
      } == 1)
    // Red and blue are swapped, and nothing else has changed.
    var sum = 0
    for y in region.top + 5..<region.bottom - 5 {
      for x in region.left + 5..<region.right - 5 {
        let place = 3 * (y * 600 + x)
        for channel in 0..<3 { sum += abs(Int(pixels[place + channel]) - Int(original[place + 2 - channel])) }
      }
    }
    #expect(Double(sum) / Double(140 * 130 * 3) < 12)
  }

  /// A gray mask whose left half has `level` (default white), in any size.
  private func leftHalf(_ size: PixelSize, level: UInt8 = 255) throws -> PictureBytes {
    let pixels = (0..<size.pixelCount).map { $0 % size.width < size.width / 2 ? level : UInt8(0) }
    return try Image.fromPixels(pixels, size: size, bands: 1).encoded(as: .png)
  }

  @Test(
    .enabled(if: !isFastRun),
    arguments: [PixelSize(width: 600, height: 400), PixelSize(width: 300, height: 200)])
  func `a mask selects what changes, in any size`(size: PixelSize) throws {
    let (picture, pixels) = try finish(mask: try leftHalf(size)) { $0.usesMask = true }
    // A scaled mask has a slightly soft edge.
    #expect(untouched(pixels) { x, _ in x >= 308 } == 1)
    #expect(untouched(pixels) { x, _ in x < 292 } < 0.3)
    #expect(picture.findings.drift ?? 0 > 0)
  }

  /// Phones write Display P3. What is not changed must not be clipped to sRGB.
  @Test(.enabled(if: !isFastRun), arguments: [PictureFormat.png, .jpeg, .webp])
  func `an original in another color space keeps its pixels and space`(format: PictureFormat)
    throws
  {
    let file = try Image.fromPixels(original, size: Self.coffee, bands: 3).encoded(as: .png)
      .adding(EmbeddedMetadata(profile: Profiles.displayP3), as: .png)
    let seen = try Image.decode(file, as: .png).inSRGB(usingProfile: true).copiedToMemory()
    let result = try Drift().result(of: seen, PixelSize(width: 1_264, height: 848))
      .recombined([[0, 0, 1], [0, 1, 0], [1, 0, 0]], offset: [0, 0, 0]).encoded(as: .png)
    let region = PixelArea(left: 200, top: 120, size: PixelSize(width: 200, height: 160))
    var options = FinishingOptions(wanted: format)
    options.region = region
    options.feather = 0
    options.matchesColor = false
    let picture = try finishResult(result, beside: FinishingPictures(original: file), options: options)
    let structure = try PictureStructure.read(picture.bytes)
    #expect(structure.profile == Profiles.displayP3 && structure.metadata.isEmpty)
    let codec = try #require(format.codec)
    let decoded = try Image.decode(picture.bytes, as: codec).copiedToMemory()
    if format == .png {
      let isOutside = { (x: Int, y: Int) in
        x < region.left || x >= region.right || y < region.top || y >= region.bottom
      }
      #expect(untouched(try decoded.pixels(), where: isOutside) == 1)
    }
    // Through the profile, the region shows the result's colors: red and blue are swapped.
    let shown = try decoded.inSRGB(usingProfile: true).cropped(
      left: 210, top: 130, to: PixelSize(width: 180, height: 140)
    )
    .copiedToMemory().pixels()
    let before = try seen.shared().cropped(left: 210, top: 130, to: PixelSize(width: 180, height: 140))
      .copiedToMemory().pixels()
    var sum = 0
    for place in stride(from: 0, to: shown.count, by: 3) {
      for channel in 0..<3 { sum += abs(Int(shown[place + channel]) - Int(before[place + 2 - channel])) }
    }
    #expect(Double(sum) / Double(shown.count) < 6)
    // Fitted as a whole, the result stays in the model's space, sRGB.
    options.region = nil
    options.fitsSource = true
    let whole = try finishResult(result, beside: FinishingPictures(original: file), options: options)
    #expect(try PictureStructure.read(whole.bytes).profile == nil)
  }

  @Test(.enabled(if: !isFastRun), arguments: [2, 6] as [UInt8])
  func `a 16-bit original keeps its 16 bits in a PNG`(kind: UInt8) throws {
    var generator = SplitMix64(state: 3)
    let channels = kind == 2 ? 3 : 4
    let rows = (0..<400).map { y in
      (0..<600).flatMap { x in
        (0..<channels).flatMap { channel -> [UInt8] in
          [
            channel == 3 ? 200 : original[3 * (y * 600 + x) + channel],
            UInt8.random(in: 0...255, using: &generator),
          ]
        }
      }
    }
    let file = PictureBytes(HandmadePNG.file(width: 600, bits: 16, kind: kind, rows: rows))
    let region = PixelArea(left: 100, top: 120, size: PixelSize(width: 200, height: 160))
    var options = FinishingOptions(wanted: .png)
    options.region = region
    options.feather = 8
    let beside = FinishingPictures(original: file)
    let picture = try finishResult(Self.result(of: source, drift), beside: beside, options: options)
    #expect(try PictureStructure.read(picture.bytes).bitsPerChannel == 16)
    #expect(!picture.findings.warnings.contains(.depthReduced))
    // To the last bit: compared through a PNG of the part beside the region.
    func part(_ bytes: PictureBytes) throws -> ArraySlice<UInt8> {
      let png = try Image.decode(bytes, as: .png)
        .cropped(left: 308, top: 0, to: PixelSize(width: 292, height: 400)).encoded(as: .png).array
      // The chunks before the pixels give the print resolution.
      return png[(try #require(png.firstRange(of: Array("IDAT".utf8)))).lowerBound...]
    }
    #expect(try part(picture.bytes) == part(file))
    let inside = try Image.decode(picture.bytes, as: .png).inSRGB(usingProfile: false).copiedToMemory()
      .pixels()
    let place = channels * (200 * 600 + 150)
    #expect(inside[place..<place + 3] != original[3 * (200 * 600 + 150)..<3 * (200 * 600 + 150) + 3])
    options.wanted = .jpeg
    #expect(
      try finishResult(Self.result(of: source, drift), beside: beside, options: options).findings.warnings
        .contains(.depthReduced))
  }

  /// Resampling and coding leave faint levels around an edge.
  @Test(
    .enabled(if: !isFastRun),
    arguments: [PixelSize(width: 75, height: 50), PixelSize(width: 2_400, height: 1_600)])
  func `beyond a mask and its feather every pixel is the original's, whatever the mask's size or coding`(
    size: PixelSize
  )
    throws
  {
    let pixels = (0..<size.pixelCount).map { $0 % size.width < size.width / 2 ? UInt8(255) : UInt8(0) }
    let gray = try Image.fromPixels(pixels, size: size, bands: 1)
    let masks = [try gray.encoded(as: .png), try gray.encoded(as: .jpeg(quality: 75, halvedChroma: false))]
    for (position, mask) in masks.enumerated() {
      // The extended tests run each coding with each feather.
      for feather in isExtendedRun ? [0, 30, 200] : [[0, 200], [30]][position] {
        let changed = try finish(mask: mask) {
          $0.usesMask = true
          $0.feather = feather
        }.pixels
        // Half a pixel of a small mask is eight pixels of the original.
        let edge = 300 + feather + 10
        #expect(untouched(changed) { x, _ in x >= edge } == 1, "\(size), feather \(feather)")
        #expect(untouched(changed) { x, _ in x < 290 - feather } < 0.4)
      }
    }
  }

  @Test func `a result that is only measured stays the model's own file`() throws {
    let result = try Self.result(of: source, drift)
    for change in [{ $0.measuresDrift = true }, { $0.compares = true }] as [(inout FinishingOptions) -> Void]
    {
      let picture = try finish(result, as: .jpeg) {
        $0.compares = false
        change(&$0)
      }.picture
      #expect(picture.bytes.array == result.array && !picture.isConverted)
      #expect((picture.findings.drift ?? 0) > 0)
    }
  }

  /// Every viewer shows this file, although libjpeg warns about its headers, it has no end marker, and only
  /// its EXIF names the color space.
  @Test(.enabled(if: !isFastRun)) func `an original with a camera's faults is like any other`() throws {
    let whole = try Image.decode(source, as: .png).copiedToMemory()
      .encoded(as: .jpeg(quality: 95, halvedChroma: false)).array
    var faulty = Array(whole.dropLast(2)) + [UInt8](repeating: 0x5A, count: 500)
    let scan = try #require(faulty.firstRange(of: [0xFF, 0xDA, 0, 12])?.lowerBound)
    faulty[scan + 12] = 0
    let exif = Array("Exif\0\0".utf8) + Embedded.exif(colorSpace: 2, index: nil)
    faulty = Embedded.segment(0xE1, exif, in: faulty)
    var options = FinishingOptions(wanted: .png)
    options.region = PixelArea(parsing: "100,100,200,100")
    let picture = try finishResult(
      Self.result(of: source, drift), beside: FinishingPictures(original: PictureBytes(faulty)),
      options: options)
    // The original's own values, with a profile that defines them.
    let read = try PictureStructure.read(picture.bytes)
    #expect(read.profile.map { ICCProfile($0).name } == "Adobe RGB (1998) by EXIF")
    let (pixels, wanted) = (try decodedPixels(picture.bytes.array).pixels, try decodedPixels(whole).pixels)
    #expect(pixels[..<3_000] == wanted[..<3_000])
  }

  /// The written drift is measured on the file, which has the original's pixels outside the change. The drift
  /// of the reply is measured separately.
  @Test func `the drift of the file is reported apart from that of the reply`() throws {
    let region = PixelArea(left: 60, top: 90, size: PixelSize(width: 160, height: 200))
    for format in [PictureFormat.png, .jpeg] {
      let findings = try finish(as: format) { $0.region = region }.picture.findings
      let written = try #require(findings.written)
      #expect(written.scope == .outsideChange && written.value < 1, "\(written)")
      #expect(findings.drift ?? 0 > 3)
    }
    let small = try finish(as: .jpeg) {
      $0.region = region
      $0.maximumBytes = 9_000
    }
    #expect(small.picture.findings.written?.value ?? 0 > 1)
    let whole = try finish { $0.fitsSource = true }.picture.findings
    #expect(whole.written == Findings.WrittenDrift(value: try #require(whole.drift), scope: .leastChanged))
  }

  /// The changed part ends at 0.3 of the width, and the result is shifted right by 0.08 of the width.
  @Test func `parts that the result does not reach are reported where they may show`() throws {
    let result = try Self.result(of: source, Drift(shift: (0.08, 0), changed: 0.3))
    let whole = try finish(result) {
      $0.fitsSource = true
      $0.aligns = true
    }.picture.findings
    let uncovered = try #require(whole.uncovered)
    #expect(abs(uncovered.right - 48) < 3 && uncovered.left == 0, "\(uncovered)")
    let right = PixelArea(left: 500, top: 100, size: PixelSize(width: 100, height: 200))
    let (inside, left) = (
      try finish(result) { $0.region = right }, try finish(result) { $0.region = right.moved(x: -200, y: 0) }
    )
    #expect(abs((inside.picture.findings.uncovered?.right ?? 0) - 48) < 3)
    #expect(left.picture.findings.uncovered == nil)
    let mask = try leftHalf(PixelSize(width: 300, height: 200))
    #expect(try finish(result, mask: mask) { $0.usesMask = true }.picture.findings.uncovered == nil)
    #expect(try finish(result) { $0.keepsUnchanged = true }.picture.findings.uncovered == nil)
  }

  @Test func `an opaque original gives an opaque picture`() throws {
    let size = PixelSize(width: 60, height: 40)
    let see = try Image.fromPixels(
      Synthetic.photograph(size, bands: 4).enumerated().map { $0 % 4 == 3 ? 90 : $1 }, size: size, bands: 4)
    let picture = try finish(try see.encoded(as: .png)) { $0.restoresAlpha = true }.picture
    #expect(try decodedPixels(picture.bytes.array).bands == 3)
  }

  @Test(arguments: [
    VisibleArea(left: 5_000, top: 0, width: 100, height: 100),
    VisibleArea(left: 0, top: 0, width: 0.001, height: 0.001),
    VisibleArea(left: 0, top: 0, width: 1e9, height: 1e9),
  ])
  func `a visible area outside the picture is refused`(shown: VisibleArea) throws {
    #expect(throws: FinishingError.self) {
      try finish {
        $0.fitsSource = true; $0.shown = shown
      }
    }
  }

  @Test func `narrow pictures across one another are only reported as not recognized`() throws {
    let wide = try Image.fromPixels(
      [UInt8](repeating: 7, count: 16_000 * 2 * 3), size: PixelSize(width: 16_000, height: 2), bands: 3)
    let tall = try Image.fromPixels(
      Synthetic.photograph(PixelSize(width: 3, height: 2_000)), size: PixelSize(width: 3, height: 2_000),
      bands: 3)
    let found = try register(tall, on: wide, startingFrom: .stretch(tall.size, to: wide.size))
    #expect(!found.isTrusted)
  }

  @Test(.enabled(if: !isFastRun)) func `a gray mask blends, and a black one changes nothing and is reported`()
    throws
  {
    let whole = PixelSize(width: 600, height: 400)
    let full = try finish(mask: try leftHalf(whole)) { $0.usesMask = true }.pixels
    let half = try finish(mask: try leftHalf(whole, level: 128)) { $0.usesMask = true }.pixels
    for place in stride(from: 3 * 60_050, to: 3 * 60_250, by: 3) {
      let middle = (128 * Int(full[place]) + 127 * Int(original[place])) / 255
      #expect(abs(Int(half[place]) - middle) <= 1)
    }
    let black = try finish(mask: try leftHalf(whole, level: 0)) { $0.usesMask = true }
    #expect(black.pixels == original && black.picture.findings.warnings.contains(.maskEmpty))
  }

  @Test func `unchanged parts are found and kept`() throws {
    let (picture, pixels) = try finish { $0.keepsUnchanged = true }
    // The left 30 % is another picture. The rest is the original, as redrawn by the model.
    #expect(untouched(pixels) { x, _ in x > 260 } > 0.95)
    #expect(untouched(pixels) { x, _ in x < 150 } < 0.35)
    #expect(picture.findings.warnings.isEmpty)
  }

  @Test(.enabled(if: !isFastRun)) func `nothing of an unrelated picture is kept, with a warning`() throws {
    let (picture, pixels) = try finish(PictureBytes(try Samples.bytes(Samples.portrait))) {
      $0.keepsUnchanged = true
    }
    #expect(picture.findings.warnings.contains(.changedMostly))
    #expect(picture.findings.warnings.contains(.notAligned))
    #expect(untouched(pixels) { x, y in x > 10 && y > 10 && x < 590 && y < 390 } < 0.1)
  }

  @Test(.enabled(if: !isFastRun))
  func `a larger change is reported as larger, and unintended changes count as drift`()
    throws
  {
    var (shares, drifts): ([Double], [Double]) = ([], [])
    for changed in [0, 0.1, 0.2, 0.35] {
      let result = try Self.result(of: source, Drift(changed: changed))
      let findings = try finish(result) { $0.matchesColor = true }.picture.findings
      shares.append(try #require(findings.changed))
      let region = PixelArea(left: 400, top: 0, size: PixelSize(width: 200, height: 400))
      drifts.append(try #require(try finish(result) { $0.region = region }.picture.findings.drift))
    }
    #expect(shares == shares.sorted() && shares[0] < 0.02 && shares[3] > 0.2)
    #expect(drifts == drifts.sorted() && drifts[0] < 3 && drifts[3] > 6)
  }

  @Test(.enabled(if: !isFastRun)) func `the original's format is kept where its pixels are kept`() throws {
    let (picture, _) = try finish(as: nil) { $0.keepsUnchanged = true }
    #expect(picture.format == .png)
    let (whole, _) = try finish(as: nil) { $0.fitsSource = true }
    #expect(whole.format == .jpeg)
  }

  @Test func `input that does not fit is named`() throws {
    func failure(mask: PictureBytes? = nil, _ change: (inout FinishingOptions) -> Void) throws
      -> FinishingError?
    {
      do {
        _ = try finish(mask: mask, change)
        return nil
      } catch let error as FinishingError {
        return error
      }
    }
    let outside = PixelArea(left: 500, top: 0, size: PixelSize(width: 101, height: 50))
    guard case .regionOutside(outside, Self.coffee)? = try failure({ $0.region = outside }) else {
      Issue.record("expected a failure for a region beyond the picture")
      return
    }
    let feather = try failure {
      $0.region = PixelArea(left: 0, top: 0, size: PixelSize(width: 50, height: 40))
      $0.feather = 41
    }
    guard case .featherTooWide(41, maximum: 40)? = feather else {
      Issue.record("expected a failure for a feather larger than its region")
      return
    }
    let square = try leftHalf(PixelSize(width: 400, height: 400))
    guard case .maskShape? = try failure(mask: square, { $0.usesMask = true }) else {
      Issue.record("expected a failure for a mask of another aspect ratio")
      return
    }
    guard case .mask? = try failure(mask: PictureBytes(Array("mask".utf8)), { $0.usesMask = true }) else {
      Issue.record("expected a failure for a mask that is not a picture")
      return
    }
  }

  @Test(.enabled(if: !isFastRun))
  func `a blank or one-pixel result is fitted and reported as not recognized`() throws {
    for size in [PixelSize(width: 1, height: 1), PixelSize(width: 512, height: 512)] {
      let blank = try Image.fromPixels(
        [UInt8](repeating: 255, count: size.pixelCount * 3), size: size, bands: 3
      ).encoded(as: .png)
      let (picture, _) = try finish(blank) {
        $0.fitsSource = true
        $0.aligns = true
        $0.matchesColor = true
      }
      #expect(picture.size == Self.coffee && picture.findings.alignment?.isTrusted == false)
      #expect(picture.findings.warnings.contains(.notAligned))
      #expect(picture.findings.warnings.contains(.colorNotMatched))
    }
  }

  @Test func `before, after, and difference are shown side by side`() throws {
    let (picture, _) = try finish {
      $0.keepsUnchanged = true
      $0.compares = true
    }
    let comparison = try Image.decode(try #require(picture.comparison), as: .png).copiedToMemory()
    #expect(comparison.size == PixelSize(width: 3 * 600 + 2 * 8, height: 400))
    let pixels = try comparison.pixels()
    #expect(Array(pixels[..<1_800]) == Array(original[..<1_800]))
    func redness(_ x: Int) -> Int {
      let place = 3 * (200 * 1_816 + x)
      return Int(pixels[place]) - Int(pixels[place + 1])
    }
    // The left part is another picture, the right part is not.
    #expect((1_216 + 20..<1_216 + 120).map(redness).reduce(0, +) > 100 * 40)
    #expect((1_216 + 400..<1_216 + 590).allSatisfy { redness($0) == 0 })
  }
}

@Suite struct `The original's transparency is restored` {
  /// A disc of another picture on a transparent background.
  private func sticker() throws -> PictureBytes {
    let size = PixelSize(width: 400, height: 300)
    let photo = try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png)
      .resized(to: size).pixels()
    let pixels = (0..<size.pixelCount).flatMap { place -> [UInt8] in
      let (x, y) = (place % 400 - 200, place / 400 - 150)
      return Array(photo[3 * place..<3 * place + 3]) + [x * x + y * y < 120 * 120 ? 255 : 0]
    }
    return try Image.fromPixels(pixels, size: size, bands: 4).encoded(as: .png)
  }

  private func finish(
    _ result: PictureBytes, _ change: (inout FinishingOptions) -> Void
  ) throws -> FinishedPicture {
    var options = FinishingOptions()
    options.restoresAlpha = true
    change(&options)
    return try finishResult(result, beside: FinishingPictures(original: sticker()), options: options)
  }

  @Test func `the original's transparency is restored, in the result's size or the original's`() throws {
    let flat = try Image.decode(sticker(), as: .png).flattened(onto: .white)
      .resized(to: PixelSize(width: 800, height: 600)).encoded(as: .jpeg(quality: 90, halvedChroma: false))
    for fits in [false, true] {
      let picture = try finish(flat) { $0.fitsSource = fits }
      // JPEG has no alpha channel.
      #expect(picture.format == .png)
      let image = try Image.decode(picture.bytes, as: .png).copiedToMemory()
      #expect(image.size == (fits ? PixelSize(width: 400, height: 300) : PixelSize(width: 800, height: 600)))
      let (pixels, width) = (try image.pixels(), image.size.width)
      #expect(pixels[3] == 0)
      #expect(pixels[4 * (image.size.height / 2 * width + width / 2) + 3] == 255)
    }
    #expect(throws: FinishingError.self) { try finish(flat) { $0.wanted = .jpeg } }
  }

  @Test(.enabled(if: !isFastRun), arguments: [8, 13, 24], [(255, 204), (238, 190)])
  func `a checkerboard painted instead of transparency is detected`(square: Int, levels: (Int, Int)) throws {
    let size = PixelSize(width: 800, height: 600)
    let disc = try Image.decode(sticker(), as: .png).resized(to: size).pixels()
    let pixels = (0..<size.pixelCount).flatMap { place -> [UInt8] in
      if disc[4 * place + 3] == 255 { return Array(disc[4 * place..<4 * place + 3]) }
      let isLight = (place % 800 / square + place / 800 / square) % 2 == 0
      return [UInt8](repeating: UInt8(isLight ? levels.0 : levels.1), count: 3)
    }
    let painted = try Image.fromPixels(pixels, size: size, bands: 3)
      .encoded(as: .jpeg(quality: 85, halvedChroma: true))
    #expect(try finish(painted) { _ in }.findings.warnings == [.paintedCheckerboard])
    let white = try Image.decode(sticker(), as: .png).flattened(onto: .white).encoded(as: .png)
    #expect(try finish(white) { _ in }.findings.warnings == [])
  }

  @Test func `photographs are not taken for painted checkerboards`() throws {
    for (path, codec) in [
      (Samples.coffee, PictureFormat.Codec.png), (Samples.rocket, .jpeg), (Samples.portrait, .jpeg),
    ] {
      let photo = try Image.decode(PictureBytes(Samples.bytes(path)), as: codec).copiedToMemory()
      #expect(try !hasPaintedCheckerboard(photo))
    }
  }
}
