import Foundation
import Imaging
import PictureFormats
import Testing
import Core

@testable import Preparation

@Suite struct `Sizes that fit a limit` {
  @Test(arguments: [
    // width, height, limit → width, height, shrink
    (4000, 3000, 2048, 2048, 1536, 1), (3000, 4000, 2048, 1536, 2048, 1), (2048, 100, 2048, 2048, 100, 1),
    (8192, 8192, 2048, 2048, 2048, 2), (20000, 10000, 2048, 2048, 1024, 4),
    (40000, 20000, 2048, 2048, 1024, 8),
    (1, 10000, 2048, 1, 2048, 1), (20000, 3, 32, 32, 1, 1), (10, 10, 2048, 10, 10, 1),
  ])
  func `the longest edge is limited and the aspect ratio kept`(row: (Int, Int, Int, Int, Int, Int)) {
    let plan = FitPlan(PixelSize(width: row.0, height: row.1), longestEdge: row.2, canShrinkOnLoad: true)
    #expect(plan.size == PixelSize(width: row.3, height: row.4))
    #expect(plan.shrink == row.5)
  }

  @Test func `without a limit nothing changes`() {
    let size = PixelSize(width: 9999, height: 5)
    let plan = FitPlan(size, longestEdge: nil, canShrinkOnLoad: true)
    #expect(plan.size == size)
    #expect(plan.shrink == 1)
  }
}

@Suite struct `Padding and cropping to an aspect ratio` {
  @Test(arguments: [
    // width, height, fit, ratio, limit → frame, offset
    (1000, 500, Fit.pad, (1, 1), 2048, 1000, 1000, 0, 250),
    (1000, 500, .crop, (1, 1), 2048, 500, 500, -250, 0),
    (500, 1000, .pad, (1, 1), 2048, 1000, 1000, 250, 0), (500, 1000, .crop, (1, 1), 2048, 500, 500, 0, -250),
    (4000, 3000, .pad, (16, 9), 2048, 2048, 1152, 256, 0),
    (4000, 3000, .crop, (16, 9), 2048, 2048, 1152, 0, -192),
    (1600, 900, .pad, (16, 9), 2048, 1600, 900, 0, 0), (1, 1, .pad, (16, 9), 2048, 2, 1, 0, 0),
    (1, 10000, .crop, (1, 1), 2048, 1, 1, 0, -4999), (1, 10000, .pad, (1, 8), 2048, 256, 2048, 127, 0),
  ])
  func `margins and crops are split between both ends`(
    row: (Int, Int, Fit, (Int, Int), Int, Int, Int, Int, Int)
  ) throws {
    let ratio = try #require(AspectRatio(parsing: "\(row.3.0):\(row.3.1)"))
    let size = PixelSize(width: row.0, height: row.1)
    let plan = FitPlan(size, longestEdge: row.4, fit: row.2, ratio: ratio, canShrinkOnLoad: false)
    #expect(plan.frame == PixelSize(width: row.5, height: row.6))
    #expect(plan.offset == PixelOffset(x: row.7, y: row.8))
    // Stored sideways, the same picture has the same upright plan.
    let turned = FitPlan(
      size.transposed, isOnItsSide: true, longestEdge: row.4, fit: row.2, ratio: ratio, canShrinkOnLoad: false
    )
    #expect(turned.frame == plan.frame)
    #expect(turned.offset == plan.offset)
    #expect(turned.size == plan.size.transposed)
  }
}

@Suite struct `Mirror padding to an answer's aspect ratio` {
  /// Some sizes that models return at 1K.
  private static let answers = [
    (1_024, 1_024), (1_264, 848), (848, 1_264), (1_376, 768), (768, 1_376), (512, 2_048), (3_072, 384),
  ].map { PixelSize(width: $0.0, height: $0.1) }

  private func plan(
    _ source: PixelSize, _ answer: PixelSize, limit: Int? = 2_048, margin: Double = 0,
    isOnItsSide: Bool = false
  ) -> FitPlan {
    FitPlan(
      mirroring: source, isOnItsSide: isOnItsSide, to: answer, longestEdge: limit,
      maximumPixels: 100_000_000, margin: margin, canShrinkOnLoad: false)
  }

  @Test func `a picture that lacks less than a pixel across and several along is padded`() {
    let thin = plan(PixelSize(width: 2_531, height: 316), PixelSize(width: 3_072, height: 384), limit: 6_019)
    #expect(thin.frame == PixelSize(width: 2_531, height: 317))
  }

  @Test func `an answer cropped to its ratio shows the whole picture, within the limit`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      func random() -> Int { Int.random(in: 1...9_000, using: &generator) }
      let (source, limit) = (PixelSize(width: random(), height: random()), random())
      let answer = Self.answers.randomElement(using: &generator) ?? Self.answers[0]
      let margin = Bool.random(using: &generator) ? 1.0 / 64 : 0
      let plan = plan(source, answer, limit: limit, margin: margin)
      let context = "\(source) for \(answer) within \(limit): \(plan)"
      #expect(plan.frame.longestEdge <= limit, "\(context)")
      #expect(plan.offset.x >= 0 && plan.offset.y >= 0, "\(context)")
      // What the model crops, in pixels of the frame, is at most what was added, or half a pixel.
      let scale = max(
        Double(answer.width) / Double(plan.frame.width), Double(answer.height) / Double(plan.frame.height))
      let cut = (
        x: Double(plan.frame.width) - Double(answer.width) / scale,
        y: Double(plan.frame.height) - Double(answer.height) / scale
      )
      let added = (x: plan.frame.width - plan.size.width, y: plan.frame.height - plan.size.height)
      #expect(cut.x <= Double(max(1, added.x)) && cut.y <= Double(max(1, added.y)), "\(context)")
    }
  }

  @Test(arguments: [
    // A picture that has the ratio, one that lacks less than a pixel of it, and the padding of others.
    (1_264, 848, 0, 1_264, 848), (1_920, 1_288, 0, 1_920, 1_288), (1_264, 848, 1, 1_264, 848),
    (1_920, 1_200, 0, 1_920, 1_289), (1_920, 1_280, 1, 1_998, 1_340), (3_840, 2_400, 0, 2_048, 1_374),
    (5_056, 3_392, 1, 2_047, 1_373),
  ])
  func `no more padding is added than necessary`(row: (Int, Int, Int, Int, Int)) {
    let source = PixelSize(width: row.0, height: row.1)
    let answer = PixelSize(width: 1_264, height: 848)
    let upright = plan(source, answer, margin: Double(row.2) / 64)
    #expect(upright.frame == PixelSize(width: row.3, height: row.4))
    let turned = plan(source.transposed, answer, margin: Double(row.2) / 64, isOnItsSide: true)
    #expect(turned.frame == upright.frame && turned.size == upright.size.transposed)
    let other = plan(source.transposed, answer.transposed, margin: Double(row.2) / 64)
    #expect(other.frame == upright.frame.transposed)
  }

  @Test func `the frame has no more pixels than allowed`() {
    let plan = FitPlan(
      mirroring: PixelSize(width: 20_000, height: 10), isOnItsSide: false,
      to: PixelSize(width: 1_376, height: 768), longestEdge: nil, maximumPixels: 1_000_000, margin: 0,
      canShrinkOnLoad: false)
    #expect(plan.frame.pixelCount <= 1_000_000 && plan.frame.pixelCount > 900_000)
  }

  @Test func `the chosen answer is the one in which the picture is largest`() {
    for (picture, answer) in [
      (PixelSize(width: 3_840, height: 2_400), Self.answers[1]),
      (PixelSize(width: 1_080, height: 1_920), Self.answers[4]),
      (PixelSize(width: 900, height: 100), Self.answers[6]),
      (PixelSize(width: 10, height: 10), Self.answers[0]),
    ] {
      #expect(MirrorPadding(Self.answers).size(for: picture) == answer)
    }
    #expect(MirrorPadding([]).size(for: Self.answers[0]) == nil)
  }
}

@Suite struct `Search for the best setting under a limit` {
  private static let edgeFactor = 0.95

  /// File sizes as an encoder might give them: e^(quality ÷ 22) per pixel, with a constant for the file's
  /// header.
  private static func size(_ setting: CapSearch.Setting, area: Double, head: Double) -> Int {
    var scale = 1.0
    for _ in 0..<setting.level { scale *= edgeFactor * edgeFactor }
    return Int(head + area * scale * exp(Double(setting.quality) / 22))
  }

  @Test(arguments: [10.0, 30, 100, 1_000, 10_000, 100_000, 1_000_000])
  func `the search keeps the limit, is maximal on its grid, and needs few attempts`(limit: Double) throws {
    for area in [50.0, 700, 3_000, 12_345, 99_999] {
      let head = 0.5
      var search = CapSearch(
        limit: Int(limit), best: 92, floor: 70, lastLevel: 120, decline: .jpeg(halvesChroma: false))
      var tries = 0
      while let setting = search.next(), tries < 200 {
        search.record(Self.size(setting, area: area, head: head), for: setting)
        tries += 1
      }
      #expect(tries <= 12, "limit \(limit), area \(area)")
      guard let result = search.result else {
        let smallest = CapSearch.Setting(quality: 70, level: 120)
        #expect(Self.size(smallest, area: area, head: head) > Int(limit))
        continue
      }
      #expect(Self.size(result, area: area, head: head) <= Int(limit))
      let finer =
        result.quality < 92
        ? CapSearch.Setting(quality: result.quality + 1, level: result.level)
        : CapSearch.Setting(quality: 70, level: result.level - 1)
      if finer.level >= 0 { #expect(Self.size(finer, area: area, head: head) > Int(limit)) }
    }
  }

  @Test func `a setting that fits at once is the only one tried`() {
    var search = CapSearch(
      limit: 100, best: 92, floor: 70, lastLevel: 10, decline: .jpeg(halvesChroma: false))
    let first = search.next()
    #expect(first == CapSearch.Setting(quality: 92, level: 0))
    search.record(100, for: CapSearch.Setting(quality: 92, level: 0))
    #expect(search.next() == nil)
    #expect(search.result == first)
  }

  @Test func `lossless formats only lose pixels`() throws {
    var search = CapSearch(
      limit: 50, best: 70, floor: 70, lastLevel: 100, decline: .jpeg(halvesChroma: false))
    var qualities: Set<Int> = []
    while let setting = search.next() {
      qualities.insert(setting.quality)
      search.record(Int(1_000 * pow(Self.edgeFactor, Double(2 * setting.level))), for: setting)
    }
    #expect(qualities == [70])
    #expect(try #require(search.result).level == 30)
  }
}
