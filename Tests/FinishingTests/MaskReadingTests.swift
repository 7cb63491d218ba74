import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing

/// Masks as people and programs make them, and how each is read.
@Suite struct `Reading masks` {
  private static let size = PixelSize(width: 60, height: 40)

  /// A pixel's levels: red, green, blue, and alpha.
  private typealias Levels = (_ isHole: Bool, _ place: Int) -> [UInt8]

  private func mask(alpha: Bool = true, _ levels: Levels) throws -> PictureBytes {
    let pixels = (0..<Self.size.pixelCount).flatMap { place in
      let (x, y) = (place % Self.size.width, place / Self.size.width)
      return levels((10..<30).contains(x) && (10..<30).contains(y), place).prefix(alpha ? 4 : 3)
    }
    return try Image.fromPixels(pixels, size: Self.size, bands: alpha ? 4 : 3).encoded(as: .png)
  }

  private func read(_ mask: PictureBytes, _ wish: MaskEdits? = nil) -> Result<MaskEdits, FinishingError> {
    Result { () throws(FinishingError) in try MaskQuestion(edits: wish).read(mask).edits }
  }

  private func isEdits(_ result: Result<MaskEdits, FinishingError>, _ edits: MaskEdits) -> Bool {
    if case .success(edits) = result { true } else { false }
  }

  private func isEmpty(_ result: Result<MaskEdits, FinishingError>) -> Bool {
    if case .failure(.maskEmpty) = result { true } else { false }
  }

  private func isAmbiguous(_ result: Result<MaskEdits, FinishingError>) -> Bool {
    if case .failure(.maskAmbiguous) = result { true } else { false }
  }

  private static let black: [UInt8] = [0, 0, 0, 255]
  private static let white: [UInt8] = [255, 255, 255, 255]
  private static let clear: [UInt8] = [0, 0, 0, 0]
  private static func photograph(_ place: Int) -> [UInt8] { [UInt8(place % 251), 90, 160, 255] }

  @Test func `a mask that allows no change within the region is refused`() throws {
    let mask = try mask(alpha: false) { isHole, _ in isHole ? Self.white : Self.black }
    // The original is twice as large, so that the hole is from 20 to 60 in it.
    let original = PixelSize(width: 2 * Self.size.width, height: 2 * Self.size.height)
    func read(_ region: PixelArea) throws(FinishingError) -> MaskReading {
      try MaskQuestion(edits: nil, region: MaskQuestion.Region(region, of: original)).read(mask)
    }
    for (left, width) in [(0, 21), (59, 3), (30, 4)] {
      let area = PixelArea(left: left, top: 0, size: PixelSize(width: width, height: original.height))
      #expect(try read(area).edits == .white, "\(area)")
    }
    for (left, top, edge) in [(0, 0, 20), (60, 30, 9), (30, 60, 9)] {
      let area = PixelArea(left: left, top: top, size: PixelSize(width: edge, height: edge))
      #expect { try read(area) } throws: { error in
        if case .maskOutside(area)? = error as? FinishingError { true } else { false }
      }
    }
  }

  @Test func `white marks the edit in a mask without transparent pixels`() throws {
    for alpha in [false, true] {
      #expect(isEdits(read(try mask(alpha: alpha) { isHole, _ in isHole ? Self.white : Self.black }), .white))
      #expect(isEmpty(read(try mask(alpha: alpha) { _, _ in Self.black })))
      // Coding leaves such levels in areas that are meant to be black.
      #expect(isEmpty(read(try mask(alpha: alpha) { _, place in [UInt8(place % 12), 5, 9, 255] })))
    }
  }

  @Test func `a hole marks the edit in a black mask and in a photograph`() throws {
    #expect(isEdits(read(try mask { isHole, _ in isHole ? Self.clear : Self.black }), .transparent))
    #expect(
      isEdits(read(try mask { isHole, place in isHole ? Self.clear : Self.photograph(place) }), .transparent))
    // An object on white, beside the erased part.
    let thing: Levels = { isHole, place in
      isHole ? Self.clear : place % 60 > 50 ? [UInt8(place % 251), 40, 30, 255] : Self.white
    }
    #expect(isEdits(read(try mask(thing)), .transparent))
    // Erased with a soft brush.
    #expect(
      isEdits(read(try mask { isHole, place in [120, 90, 60, isHole ? 100 : 255] }), .transparent))
  }

  @Test func `white around a hole is ambiguous, and an option decides`() throws {
    let painted = try mask { isHole, _ in isHole ? Self.white : Self.clear }
    // Transparency made from a black and white mask, with soft edges.
    let made = try mask { isHole, place in
      let level = isHole ? 255 : UInt8(place % 3 == 0 ? 128 : 0)
      return [level, level, level, level]
    }
    // Black made transparent, which leaves the edge.
    let edged = try mask { isHole, place in
      let level = UInt8(place % 4 == 0 ? 130 : 255)
      return isHole ? [level, level, level, 255] : Self.clear
    }
    for both in [painted, made, edged] { #expect(isAmbiguous(read(both))) }
    for both in [painted, made] {
      #expect(isEdits(read(both, .white), .white) && isEdits(read(both, .transparent), .transparent))
    }
  }

  @Test func `a mask that is opaque nowhere is refused, unless an option decides`() throws {
    for nowhere in [
      try mask { _, _ in Self.clear }, try mask { isHole, _ in [255, 255, 255, isHole ? 200 : 0] },
    ] {
      guard case .failure(.maskOpaqueNowhere) = read(nowhere) else {
        Issue.record("\(read(nowhere))")
        continue
      }
      #expect(isEdits(read(nowhere, .transparent), .transparent))
    }
  }

  @Test func `a mask that lets nearly everything change is detected before it is used`() throws {
    for (isAll, levels) in [(true, Self.white), (false, Self.black)] {
      let picture = try mask(alpha: false) { isHole, _ in isHole ? Self.white : levels }
      #expect(try MaskQuestion(edits: nil).read(picture) == MaskReading(edits: .white, coversAll: isAll))
    }
  }

  @Test func `an option overrides the detection, and something must be left to edit`() throws {
    let hole = try mask { isHole, _ in isHole ? Self.clear : Self.black }
    #expect(isEmpty(read(hole, .white)))
    #expect(isEmpty(read(try mask { _, _ in Self.white }, .transparent)))
    #expect(isEmpty(read(try mask(alpha: false) { _, _ in Self.white }, .transparent)))
    #expect(
      isEdits(
        read(try mask { isHole, place in isHole ? Self.clear : Self.photograph(place) }, .white), .white))
  }

  @Test func `the original changes in a mask's hole and nowhere else`() throws {
    let original = try mask(alpha: false) { _, place in Self.photograph(place) }
    let result = try mask(alpha: false) { _, _ in [10, 200, 10] }
    let hole = try mask { isHole, _ in isHole ? Self.clear : Self.black }
    var options = FinishingOptions(wanted: .png)
    (options.usesMask, options.aligns, options.matchesColor) = (true, false, false)
    func pixels(_ edits: MaskEdits?) throws -> (pixels: [UInt8], findings: Findings) {
      options.maskEdits = edits
      let finished = try finishResult(
        result, beside: FinishingPictures(original: original, mask: hole), options: options)
      return (try Image.decode(finished.bytes, as: .png).copiedToMemory().pixels(), finished.findings)
    }
    let before = try Image.decode(original, as: .png).copiedToMemory().pixels()
    let (after, findings) = try pixels(.transparent)
    #expect(findings.mask == .transparent && findings.warnings.isEmpty)
    let changed = (0..<Self.size.pixelCount).filter {
      after[3 * $0..<3 * $0 + 3] != before[3 * $0..<3 * $0 + 3]
    }
    #expect(changed.count == 400)
    #expect(changed.allSatisfy { (10..<30).contains($0 % 60) && (10..<30).contains($0 / 60) })
    // As earlier versions read it.
    let (asBefore, old) = try pixels(nil)
    #expect(asBefore == before && old.mask == .white && old.warnings.contains(.maskEmpty))
  }

  @Test func `a mask that is nearly all white gives a warning`() throws {
    let original = try mask(alpha: false) { _, place in Self.photograph(place) }
    let all = try mask(alpha: false) { _, place in place == 5 ? Self.black : Self.white }
    var options = FinishingOptions(wanted: .png)
    options.usesMask = true
    let finished = try finishResult(
      original, beside: FinishingPictures(original: original, mask: all), options: options)
    #expect(finished.findings.warnings.contains(.maskCoversAll))
  }
}
