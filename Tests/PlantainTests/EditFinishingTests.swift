import Foundation
import Imaging
import PictureFormats
import PlantainSimulator
import Synchronization
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The drift that image models add to parts of the picture that should not change.
private let drifted = fault {
  $0.drift = Fault.Drift()
  $0.drift?.right = 18
  $0.drift?.down = -7
  $0.drift?.scale = 1.02
  $0.drift?.tint = [1.06, 1, 0.9]
}

@Suite(.endsInTime) struct `Edits with finishing` {
  private static let coffee = PixelSize(width: 600, height: 400)
  private let folder: TemporaryFolder
  private let original: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(try Samples.bytes(Samples.coffee), as: "coffee.png")
    original = try decodedPixels(Samples.bytes(Samples.coffee)).pixels
  }

  private struct Outcome {
    var result: EditResult?
    var error: PlantainError?
    var received = 0
  }

  private func edit(
    _ faults: [Fault] = [drifted], prompt: String = "add a lamp", by gateway: Gateway = .google,
    of reference: Reference? = nil, watch: @escaping @Sendable (EditEvent) -> Void = { _ in },
    then: (@Sendable (Editor, PlantainError) async throws -> EditResult)? = nil,
    change: (inout EditOptions) -> Void
  ) async throws -> Outcome {
    let options = editOptions {
      $0.output = .file(folder.file("out.png"))
      change(&$0)
    }
    let source = reference ?? .file(folder.file("coffee.png"))
    return try await Scenario(in: folder).simulated(faults, by: gateway) { editor, simulator in
      var outcome = Outcome()
      do throws(PlantainError) {
        outcome.result = try await editor.edit(prompt, references: [source], options: options, watch: watch)
      } catch {
        outcome.error = error
        if let then { outcome.result = try await then(editor, error) }
      }
      outcome.received = await simulator.counts.received
      return outcome
    }
  }

  /// The share of the pixels outside an area that equal the original's.
  private func untouched(_ pixels: [UInt8], beyond area: PixelArea) -> Double {
    var (equal, all) = (0, 0)
    for place in 0..<Self.coffee.pixelCount {
      let (x, y) = (place % Self.coffee.width, place / Self.coffee.width)
      guard x < area.left || x >= area.right || y < area.top || y >= area.bottom else { continue }
      all += 1
      if pixels[3 * place..<3 * place + 3] == original[3 * place..<3 * place + 3] { equal += 1 }
    }
    return Double(equal) / Double(all)
  }

  @Test func `a finished edit has the original's size, position, and colors, with the edit`() async throws {
    let outcome = try await edit {
      $0.finish.fitsSource = true
      $0.finish.aligns = true
      $0.finish.matchesColor = true
      $0.finish.comparison = folder.file("compared.png")
    }
    let result = try #require(outcome.result, "\(String(describing: outcome.error))")
    let findings = try #require(result.findings)
    let align = try #require(findings.align)
    // The original's pixels for each of the reply's 1,264.
    let scale = try #require(result.prepared.first?.reference.geometry.shown).width / 1_264
    #expect(align.trusted && abs(align.dx - 18 * scale) < 0.5 && abs(align.dy + 7 * scale) < 0.5)
    #expect(abs(align.scale - 1.02) < 0.001)
    #expect((findings.color?.after ?? 9) < (findings.color?.before ?? 0) / 3)
    #expect((0.05...0.2).contains(findings.changed ?? 0) && (findings.drift ?? 9) < 2)
    #expect(result.image.isConverted && result.image.size == Self.coffee)
    let made = try decodedPixels(folder.read("out.png"))
    #expect(made.size == Self.coffee)
    let middle = 3 * (200 * 600 + 300)
    #expect(Int(made.pixels[middle]) > Int(made.pixels[middle + 1]) + 60)
    #expect(try decodedPixels(folder.read("compared.png")).size.height == 400)
    let report = String(decoding: try JSONEncoder().encode(EditReport(result)), as: UTF8.self)
    for word in [#""converted":true"#, #""trusted":true"#, #""drift":"#, #""changed":"#] {
      #expect(report.contains(word))
    }
  }

  @Test func `a region is sent as a crop, and nothing else changes`() async throws {
    let region = PixelArea(left: 220, top: 140, size: PixelSize(width: 140, height: 110))
    let outcome = try await edit {
      $0.finish.region = region
      $0.finish.feather = 6
    }
    let result = try #require(outcome.result, "\(String(describing: outcome.error))")
    let sent = try #require(result.prepared.first?.reference)
    // Less than the whole, not enlarged, and in a ratio that the model supports.
    #expect(sent.size.width < 600 || sent.size.height < 400)
    let ratio = try #require(result.request.ratio)
    #expect(ratio.distance(to: sent.size) < 0.01)
    #expect(Double(sent.size.width) == sent.geometry.shown.width)
    #expect(sent.steps.contains { $0.kind == .crop })
    let pixels = try decodedPixels(folder.read("out.png")).pixels
    #expect(untouched(pixels, beyond: region.grown(by: 6)) == 1)
    #expect((result.findings?.changed ?? 0) > 0.005)
  }

  @Test(.enabled(if: !isFastRun)) func `a mask, or the detected change, limits what changes`() async throws {
    let mask = (0..<Self.coffee.pixelCount).map { place -> UInt8 in place % 600 < 300 ? 255 : 0 }
    try folder.write(
      try Image.fromPixels(mask, size: Self.coffee, bands: 1).encoded(as: .png).array, as: "mask.png")
    let masked = try await edit { $0.finish.mask = .file(folder.file("mask.png")) }
    #expect(masked.error == nil)
    let left = PixelArea(left: 0, top: 0, size: PixelSize(width: 300, height: 400))
    #expect(untouched(try decodedPixels(folder.read("out.png")).pixels, beyond: left) == 1)

    let kept = try await edit {
      $0.finish.keepsUnchanged = true
      $0.output = .file(folder.file("kept.png"))
    }
    #expect(kept.error == nil)
    let around = PixelArea(left: 180, top: 115, size: PixelSize(width: 240, height: 170))
    #expect(untouched(try decodedPixels(folder.read("kept.png")).pixels, beyond: around) > 0.97)
  }

  @Test func `a picture padded for the model comes back without the margins`() async throws {
    let outcome = try await edit {
      $0.preparation.fit = .pad
      $0.aspect = AspectRatio(parsing: "1:1").map { .ratio($0) }
      $0.finish.fitsSource = true
    }
    #expect(outcome.error == nil && outcome.result?.image.size == Self.coffee)
    let straight = try await edit([]) {
      $0.preparation.fit = .pad
      $0.aspect = AspectRatio(parsing: "1:1").map { .ratio($0) }
      $0.finish.fitsSource = true
      $0.output = .file(folder.file("straight.png"))
    }
    #expect(straight.result?.findings?.warnings == [])
    let pixels = try decodedPixels(folder.read("straight.png")).pixels
    var sum = 0
    for place in stride(from: 0, to: 3 * 600 * 100, by: 7) {
      sum += abs(Int(pixels[place]) - Int(original[place]))
    }
    #expect(Double(sum) / Double(600 * 100 * 3 / 7) < 10)
  }

  /// The coffee sample cropped to 8:5, a ratio that no model supports.
  private func writeWide() throws -> Reference {
    let size = PixelSize(width: 600, height: 375)
    let wide = try Image.fromPixels(Array(original[..<(3 * size.pixelCount)]), size: size, bands: 3)
    try folder.write(try wide.encoded(as: .png).array, as: "wide.png")
    return .file(folder.file("wide.png"))
  }

  /// The mean difference from the original over all channels: for each of the four edges, ten pixels wide,
  /// and for the whole picture.
  private func edges(_ name: String) throws -> (edges: [Double], whole: Double) {
    let (pixels, size, bands) = try decodedPixels(folder.read(name))
    func mean(_ columns: Range<Int>, _ rows: Range<Int>) -> Double {
      let places = rows.flatMap { y in columns.flatMap { x in (0..<3).map { (y * size.width + x, $0) } } }
      let sum = places.reduce(0) { sum, place in
        sum + abs(Int(pixels[place.0 * bands + place.1]) - Int(original[place.0 * 3 + place.1]))
      }
      return Double(sum) / Double(places.count)
    }
    let (columns, rows) = (0..<size.width, 0..<size.height)
    return (
      [
        mean(columns.prefix(10), rows), mean(columns.suffix(10), rows), mean(columns, rows.prefix(10)),
        mean(columns, rows.suffix(10)),
      ],
      mean(columns, rows)
    )
  }

  /// Also with a small shift of the result.
  @Test(arguments: [Tier.half, .one], [0, 9])
  func `a ratio that the model lacks leaves no edge of the original around the result`(
    tier: Tier, shift: Int
  ) async throws {
    let wide = try writeWide()
    let moved = fault {
      $0.drift = Fault.Drift()
      $0.drift?.right = tier == .half ? shift / 2 : shift
    }
    let outcome = try await edit([moved], prompt: "night", by: .apiyi, of: wide) {
      $0.tier = tier
      $0.finish.fitsSource = true
      $0.finish.aligns = true
    }
    let result = try #require(outcome.result, "\(String(describing: outcome.error))")
    #expect(result.image.size == PixelSize(width: 600, height: 375))
    #expect(result.request.ratio?.description == "3:2" && !result.warnings.contains(.aspectDiffers))
    #expect(result.findings?.uncovered == nil && result.findings?.align?.trusted == true)
    // Pixels of the original would not differ at all. In the result, the edges are as dark as the rest.
    let found = try edges("out.png")
    for edge in found.edges { #expect(edge > 0.4 * found.whole, "\(found)") }
  }

  @Test(.enabled(if: !isFastRun))
  func `explicit options are kept, and uncovered parts are reported`()
    async throws
  {
    let wide = try writeWide()
    let ways: [@Sendable (inout EditOptions) -> Void] = [
      { $0.aspect = AspectRatio(parsing: "3:2").map { .ratio($0) } }, { $0.preparation.fit = .crop },
      { $0.mirrorsEdges = false },
    ]
    for (number, way) in ways.enumerated() {
      let outcome = try await edit([], prompt: "night", of: wide) {
        $0.finish.fitsSource = true
        $0.finish.aligns = true
        $0.output = .file(folder.file("way\(number).png"))
        way(&$0)
      }
      let result = try #require(outcome.result, "\(String(describing: outcome.error))")
      let uncovered = try #require(result.findings?.uncovered)
      // A fifteenth of the width.
      #expect((17...24).contains(uncovered.left) && (17...24).contains(uncovered.right), "\(uncovered)")
      #expect(uncovered.top == 0 && uncovered.bottom == 0)
      let found = try edges("way\(number).png")
      #expect(found.edges[0] < 0.1 * found.whole && found.edges[1] < 0.1 * found.whole)
      let lines = try #require(result.findings?.lines)
      #expect(
        lines.contains { $0.contains("px at the left and") && $0.contains("omit `fit`") }, "\(lines)")
    }
    // Padded to a ratio that the model's pixel size matches only approximately.
    let padded = try await edit([], prompt: "night", of: wide) {
      $0.preparation.fit = .pad
      $0.finish.fitsSource = true
      $0.finish.aligns = true
      $0.output = .file(folder.file("padded.png"))
    }
    let uncovered = try #require(padded.result?.findings?.uncovered)
    #expect((1...4).contains(uncovered.left) && (1...4).contains(uncovered.right), "\(uncovered)")
  }

  @Test func `added margins are removed by a later process, too, and if registration fails`()
    async throws
  {
    let wide = try writeWide()
    let outcome = try await edit(
      [fault { $0.polls = 30 }], prompt: "night", by: .gccai, of: wide,
      then: { editor, error in try await editor.recover(try #require(error.editID)) }
    ) {
      $0.finish.fitsSource = true
      $0.timeout = .seconds(120)
    }
    #expect(outcome.result?.image.size == PixelSize(width: 600, height: 375))
    let found = try edges("out.png")
    for edge in found.edges { #expect(edge > 0.4 * found.whole, "\(found)") }

    let white = try Image.fromPixels(
      [UInt8](repeating: 240, count: 600 * 375 * 3), size: PixelSize(width: 600, height: 375), bands: 3)
    try folder.write(try white.encoded(as: .png).array, as: "white.png")
    let lost = try await edit([], of: .file(folder.file("white.png"))) {
      $0.finish.aligns = true
      $0.output = .file(folder.file("lost.png"))
    }
    let size = try #require(lost.result?.image.size, "\(String(describing: lost.error))")
    #expect(lost.result?.findings?.align?.trusted != true)
    #expect(abs(Double(size.width) / Double(size.height) - 1.6) < 0.01, "\(size)")
  }

  @Test func `problems that are visible beforehand are reported before anything is sent`() async throws {
    try folder.write([1], as: "taken.png")
    for (name, alpha) in [("black.png", 255), ("painted.png", 0)] as [(String, UInt8)] {
      let level = 255 - alpha
      let pixels = (0..<600).flatMap { [level, level, level, $0 % 30 < 9 ? 255 : alpha] }
      let mask = try Image.fromPixels(pixels, size: PixelSize(width: 30, height: 20), bands: 4)
      try folder.write(try mask.encoded(as: .png).array, as: name)
    }
    let square = try Image.fromPixels(
      [UInt8](repeating: 9, count: 64), size: PixelSize(width: 8, height: 8), bands: 1
    )
    .encoded(as: .png)
    try folder.write(square.array, as: "square.png")
    try folder.write(Array("no".utf8), as: "no.png")
    let wrong: [(Int32, String, @Sendable (inout EditOptions) -> Void)] = [
      (
        64, "600×400",
        { $0.finish.region = PixelArea(left: 590, top: 0, size: PixelSize(width: 11, height: 9)) }
      ),
      (64, "feather", { $0.finish.feather = 3 }),
      (
        64, "0…9",
        {
          $0.finish.region = PixelArea(left: 0, top: 0, size: PixelSize(width: 11, height: 9))
          $0.finish.feather = 10
        }
      ),
      (
        64, "`fit`",
        {
          $0.finish.region = PixelArea(left: 0, top: 0, size: PixelSize(width: 11, height: 9))
          $0.preparation.fit = .pad
        }
      ),
      (65, "8×8", { $0.finish.mask = .file(folder.file("square.png")) }),
      (65, "entirely black", { $0.finish.mask = .file(folder.file("black.png")) }),
      (65, "`mask-edits` transparent", { $0.finish.mask = .file(folder.file("painted.png")) }),
      (64, "mask", { $0.finish.maskEdits = .white }),
      (65, "no.png", { $0.finish.mask = .file(folder.file("no.png")) }),
      (66, "missing.png", { $0.finish.mask = .file(folder.file("missing.png")) }),
      (
        73, "taken.png",
        {
          $0.finish.fitsSource = true
          $0.finish.comparison = folder.file("taken.png")
        }
      ),
      (
        64, "transparency",
        {
          $0.finish.restoresAlpha = true
          $0.output = .file(folder.file("out.jpg"))
        }
      ),
      (
        64, "`raw`",
        {
          $0.finish.fitsSource = true
          $0.isRaw = true
        }
      ),
    ]
    for (status, word, change) in wrong {
      let outcome = try await edit(change: change)
      let error = try #require(outcome.error, "\(word)")
      #expect(error.exitStatus == status && error.billed == .no, "\(error)")
      #expect("\(error)".contains(word), "\(error)")
      #expect(outcome.received == 0, "\(word)")
    }
    #expect(!folder.names.contains("out.png"))
  }

  @Test func `a result that drifts more than allowed is kept beside the output`() async throws {
    let outcome = try await edit {
      $0.finish.fitsSource = true
      $0.finish.maximumDrift = 1
    }
    let error = try #require(outcome.error)
    #expect(error.exitStatus == 1 && error.code == .drifted && error.billed == .yes)
    #expect(error.hint?.contains("out-kept.png") == true)
    #expect(folder.names.contains("out-kept.png") && !folder.names.contains("out.png"))
    #expect(error.hint?.hasSuffix("plantain replay \(error.editID ?? "") `max-drift` none") == true)
    let better = try await edit {
      $0.finish.fitsSource = true
      $0.finish.aligns = true
      $0.finish.matchesColor = true
      $0.finish.maximumDrift = 3
    }
    #expect(better.error == nil && folder.names.contains("out.png"))
  }

  /// The same limit gives the same error and writes no further file. Without a limit the edit completes, with
  /// the comparison that already exists.
  @Test func `a result kept for its drift can still be finished`() async throws {
    let outcome = try await edit(
      then: { editor, error in
        let id = try #require(error.editID)
        let again = await #expect(throws: PlantainError.self) { try await editor.replay(id) }
        #expect(again?.code == .drifted && again?.hint?.contains("out-kept.png") == true)
        var options = EditOptions()
        options.finish.maximumDrift = .infinity
        return try await editor.replay(id, options: options)
      }
    ) {
      $0.finish.fitsSource = true
      $0.finish.maximumDrift = 1
      $0.finish.comparison = folder.file("compared.png")
    }
    let result = try #require(outcome.result, "\(String(describing: outcome.error))")
    #expect(result.image.output == folder.file("out.png") && outcome.received == 1)
    #expect(try folder.read("out.png") == folder.read("out-kept.png"))
    let pictures = folder.names.filter { $0.hasPrefix("out") || $0.hasPrefix("compared") }.sorted()
    #expect(pictures == ["compared.png", "out-kept.png", "out.png"])
  }

  @Test func `if the original changed meanwhile, the raw result is kept`() async throws {
    let path = folder.file("coffee.png")
    let outcome = try await edit(
      watch: { event in
        guard case .answered = event else { return }
        try? Data("another".utf8).write(to: URL(filePath: path))
      }
    ) { $0.finish.fitsSource = true }
    let error = try #require(outcome.error)
    #expect(error.exitStatus == 66 && error.billed == .yes, "\(error)")
    #expect(error.hint?.contains("out-kept.jpg") == true && error.hint?.contains("plantain finish") == true)
    #expect(try decodedPixels(folder.read("out-kept.jpg")).size == PixelSize(width: 1_264, height: 848))
  }

  @Test func `a recovered result is finished like any other`() async throws {
    let outcome = try await edit(
      [fault { $0.polls = 30 }], by: .gccai,
      then: { editor, error in try await editor.recover(try #require(error.editID)) }
    ) {
      $0.finish.fitsSource = true
      $0.timeout = .seconds(120)
      $0.output = .file(folder.file("out.jpg"))
    }
    #expect(outcome.error?.exitStatus == 76)
    #expect(outcome.result?.image.size == Self.coffee)
    #expect(try decodedPixels(folder.read("out.jpg")).size == Self.coffee)
  }

  /// A finishing attempt that cannot succeed consumes nothing.
  @Test(arguments: ["coffee.png", "mask.png"])
  func `a result that can no longer be finished is kept, and is available raw`(changed: String) async throws {
    let white = try Image.fromPixels(
      [UInt8](repeating: 255, count: 600), size: PixelSize(width: 30, height: 20), bands: 1)
    let mask = try white.encoded(as: .png).array
    try folder.write(mask, as: "mask.png")
    let path = folder.file(changed)
    let outcome = try await edit(
      [fault { $0.polls = 30 }], by: .gccai,
      then: { editor, error in
        let id = try #require(error.editID)
        let before = try Data(contentsOf: URL(filePath: path))
        try (before + [0]).write(to: URL(filePath: path))
        let refused = await #expect(throws: PlantainError.self) { try await editor.recover(id) }
        #expect(
          refused?.exitStatus == 66 && refused?.billed == .yes && refused?.hint?.contains("`raw`") == true)
        try before.write(to: URL(filePath: path))
        let finished = try await editor.recover(id)
        #expect(finished.image.size == Self.coffee)
        return finished
      }
    ) {
      $0.finish.mask = .file(folder.file("mask.png"))
      $0.timeout = .seconds(120)
      $0.output = .file(folder.file("out.jpg"))
    }
    #expect(outcome.result?.image.output == folder.file("out.jpg"))

    let raw = try await edit(
      [fault { $0.polls = 30 }], by: .gccai,
      then: { editor, error in
        try FileManager.default.removeItem(atPath: path)
        var options = EditOptions()
        options.isRaw = true
        return try await editor.recover(try #require(error.editID), options: options)
      }
    ) {
      $0.finish.mask = .file(folder.file("mask.png"))
      $0.timeout = .seconds(120)
      $0.output = .file(folder.file("raw.webp"))
    }
    let image = try #require(raw.result?.image, "\(String(describing: raw.error))")
    #expect(image.size != Self.coffee && !image.isConverted && image.output == folder.file("raw.jpg"))
  }

  @Test func `a mask that covers nearly everything is reported before sending`() async throws {
    let white = try Image.fromPixels(
      [UInt8](repeating: 255, count: 600), size: PixelSize(width: 30, height: 20), bands: 1)
    try folder.write(try white.encoded(as: .png).array, as: "all.png")
    let told = Mutex<[EditWarning]>([])
    let outcome = try await edit(watch: { event in
      if case .sending(let plan) = event { told.withLock { $0 = plan.warnings } }
    }) { $0.finish.mask = .file(folder.file("all.png")) }
    #expect(outcome.error == nil)
    #expect(told.withLock { $0 }.contains(.maskCoversAll))
    #expect(outcome.result?.foreseen.contains(.maskCoversAll) == true)
  }

  @Test func `a comparison never overwrites a picture of the edit`() async throws {
    let names = ["out.png", "./out.png", "out.jpg", "out-1.png", "out-kept.png", "coffee.png"]
    for name in names {
      let outcome = try await edit {
        $0.finish.fitsSource = true
        $0.overwrites = true
        $0.finish.comparison = folder.file(name)
      }
      #expect(outcome.error?.exitStatus == 64 && outcome.received == 0, "\(name)")
    }
    let beside = try await edit {
      $0.finish.fitsSource = true
      $0.output = .folder(nil)
      $0.overwrites = true
      $0.finish.comparison = folder.file("coffee.edited.jpg")
    }
    #expect(beside.error?.exitStatus == 64 && beside.received == 0)
  }

  @Test(arguments: ["out.cmp.png", "out-cmp.png", "out.1.png", "outer.PNG"])
  func `a comparison's name may begin like the result's`(name: String) async throws {
    let outcome = try await edit {
      $0.finish.fitsSource = true
      $0.finish.comparison = folder.file(name)
    }
    #expect(outcome.error == nil && folder.names.contains(name), "\(String(describing: outcome.error))")
  }

  @Test(arguments: ["c.jpg", "c.webp", "c.v2"]) func `a comparison must be named as a PNG`(name: String)
    async throws
  {
    let outcome = try await edit {
      $0.finish.fitsSource = true
      $0.finish.comparison = folder.file(name)
    }
    #expect(outcome.error?.exitStatus == 64 && outcome.received == 0)
    #expect(outcome.error?.hint?.contains("c.png") == true)
  }

  @Test func `a damaged original is detected before the edit is paid for`() async throws {
    var bytes = try Synthetic.jpeg(Self.coffee)
    // The markers are in order, but a part of the picture between them is missing.
    bytes.removeSubrange(bytes.count / 3..<bytes.count / 2)
    try folder.write(bytes, as: "damaged.jpg")
    let outcome = try await edit(of: .file(folder.file("damaged.jpg"))) { $0.finish.keepsUnchanged = true }
    let error = try #require(outcome.error)
    #expect(error.exitStatus == 65 && error.billed == .no && outcome.received == 0, "\(error)")
  }

  @Test func `the file says how it was made and keeps its byte limit, also after recovery`() async throws {
    let camera = Reference.bytes(PictureBytes(try Samples.fixture("camera.jpg")), name: "camera.jpg")
    func text(_ outcome: Outcome) throws -> String {
      let image = try #require(outcome.result?.image, "\(String(describing: outcome.error))")
      #expect(image.bytes.count <= 60_000)
      return String(decoding: image.bytes.array, as: UTF8.self)
    }
    let made = try await edit(prompt: "a lamp", of: camera) {
      $0.finish.keepsGPS = true
      $0.finish.maximumBytes = ByteCount(60_000)
      $0.output = .memory
    }
    let words = ["2026:05:01", "Zoë", "AIPromptInformation>a lamp<", "(google)", "compositeWithTrained"]
    for word in words { #expect(try text(made).contains(word), "\(word)") }
    // Nothing was registered against the original.
    #expect(made.result?.findings?.align == nil)

    try folder.write(try Samples.fixture("camera.jpg"), as: "camera.jpg")
    let slow = fault { $0.polls = 30 }
    let recovered = try await edit(
      [slow], prompt: "a lamp", by: .gccai, of: .file(folder.file("camera.jpg")),
      then: { editor, error in try await editor.recover(try #require(error.editID)) }
    ) {
      $0.finish.keepsMetadata = true
      $0.finish.maximumBytes = ByteCount(60_000)
      $0.timeout = .seconds(120)
      $0.output = .file(folder.file("recovered.jpg"))
    }
    for word in words.filter({ $0 != "(google)" }) + ["(gccai)"] {
      #expect(try text(recovered).contains(word), "\(word)")
    }
  }

  @Test func `without an original nothing is restored, but the file can say how it was made`()
    async throws
  {
    try await Scenario(in: folder).simulated { editor, _ in
      var options = EditOptions()
      options.finish.keepsMetadata = true
      let settled = options
      let image = try await editor.edit("a plate", references: [], options: settled).image
      let text = String(decoding: image.bytes.array, as: UTF8.self)
      #expect(text.contains("/trainedAlgorithmicMedia<") && text.contains("a plate") && !image.isConverted)
      options.finish.fitsSource = true
      let wrong = options
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("a plate", references: [], options: wrong)
      }
      #expect(error?.exitStatus == 64 && error?.billed == .no)
    }
  }

  @Test func `an original from memory is kept until the result is finished`() async throws {
    let picture = PictureBytes(try Samples.bytes(Samples.coffee))
    let outcome = try await edit(of: .bytes(picture, name: "stdin")) { $0.finish.fitsSource = true }
    #expect(outcome.result?.image.size == Self.coffee)
  }

  @Test func `a raw result is the model's own file with its true extension`() async throws {
    let outcome = try await edit([]) { $0.isRaw = true }
    let image = try #require(outcome.result?.image)
    #expect(image.output == folder.file("out.jpg") && !image.isConverted)
    #expect(try folder.read("out.jpg") == image.bytes.array)
    #expect(!folder.names.contains("out.png"))
  }
}
