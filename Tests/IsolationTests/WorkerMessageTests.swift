import PictureWork
import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing
@testable import Preparation
@testable import Isolation

/// The messages between a program and its workers. Both are installed together, but a worker left over from
/// another version must not misread a job.
@Suite(.endsInTime) struct `Messages between the programs and their workers` {
  @Test func `the messages match those recorded for their version`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines = ["version \(WorkerJob.version)"]
    for (name, message) in Messages.all {
      lines.append("\(name)\t\(String(decoding: try encoder.encode(message), as: UTF8.self))")
    }
    try expectRecorded(
      lines, as: "worker-messages.txt", "raise WorkerJob.version, and record worker-messages.txt again")
  }

  @Test func `messages arrive as they were sent`() throws {
    for (name, message) in Messages.all { try Self.expectSame(message, name) }
  }

  private static func expectSame<Message: Codable>(_ message: Message, _ name: String) throws {
    let text = try MessageText.encode(message)
    let arrived = try MessageText.decode(Message.self, from: text)
    #expect("\(arrived)" == "\(message)", "\(name)")
  }

  private static func read<Message: Codable>(_ text: [UInt8], like message: Message) {
    _ = try? MessageText.decode(Message.self, from: text)
  }

  @Test func `truncated or damaged messages are refused or read, without any other effect`() throws {
    for (_, message) in Messages.all {
      let text = try MessageText.encode(message)
      for count in 0..<text.count {
        #expect(throws: ChannelError.malformed) { try MessageValue(Array(text.prefix(count))) }
      }
      #expect(throws: ChannelError.malformed) { try MessageValue(text + [0]) }
      for position in text.indices {
        var damaged = text
        damaged[position] ^= 0x81
        Self.read(damaged, like: message)
      }
    }
    let nested = [UInt8](repeating: 6, count: 1) + [1, 0, 0, 0]
    #expect(throws: ChannelError.malformed) {
      try MessageValue(Array([[UInt8]](repeating: nested, count: 50_000).joined()))
    }
  }

  @Test(arguments: [[String](), ["1"], ["1", "1"], ["1", "999999"], ["x", "2"]])
  func `a worker of another version ends at once`(arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: Products.path("plantain-worker"))
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    try process.waitForExit()
    #expect(process.terminationStatus == WorkerJob.refusal)
  }
}

/// One message of each kind, with a value in every field.
private enum Messages {
  static let all: [(name: String, message: any Codable & Sendable)] =
    [
      ("job", job), ("preparation", preparation), ("finishing", finishing), ("prepared", prepared),
      ("finished", finished),
      ("mask", MaskQuestion(edits: .transparent, region: MaskQuestion.Region(area, of: size))),
      ("mask read", MaskQuestion.Answer.reading(MaskReading(edits: .white, coversAll: true))),
      ("mask failed", MaskQuestion.Answer.failed(.maskAmbiguous)),
      ("pixels", PixelQuestion(over: .white)), ("encode", EncodingQuestion(layout, .jpeg(quality: 88))),
      ("encode", EncodingQuestion(layout, .png)), ("encode", EncodingQuestion(layout, .webp(quality: 85))),
      ("simulate", simulation), ("decoders", NoOptions()), ("picture made", PixelAnswer.picture),
      ("pixels made", PixelAnswer.pixels(layout)),
      (
        "decoders found",
        PixelAnswer.decoders(InstalledDecoders(library: "l", codecs: PictureFormat.Codec.allCases))
      ),
      ("pixels failed", PixelAnswer.failed(.damaged("words"))),
    ]
    + preparationErrors.map { ("preparation failed", PreparedReference.Answer.failed($0)) }
    + finishingErrors.map { ("finishing failed", FinishedPicture.Answer.failed($0)) }

  private static let size = PixelSize(width: 4_000, height: 3_000)
  private static let area = PixelArea(left: 1, top: 2, size: PixelSize(width: 30, height: 40))
  private static let shown = VisibleArea(left: -0.5, top: 1.25, width: 4_001.5, height: 1e-9)

  private static let layout = PixelLayout(size, bands: 3)
  private static let simulation = SimulatedEdit(
    .duotone, size: size, drift: SimulatedEdit.Drift(right: -3, down: 4, scale: 1.25, tint: [1, 0.5, 2]),
    variant: 2, encoding: .png)
  private static let job = WorkerJob(
    kind: .prepare, limits: WorkerJob.Limits(memory: .megabytes(300), cpuSeconds: 11),
    options: [0, 255], further: 2, results: 2)

  private static let preparation: PreparationOptions = {
    var options = PreparationOptions()
    options.maximumBytes = .megabytes(7)
    options.maximumEdge = 2_048
    options.format = .webp
    options.quality = 77
    options.background = RGBColor(css: "#123456") ?? .white
    options.maximumPixels = 9
    options.fit = .pad
    options.ratios = [AspectRatio(parsing: "16:9")].compactMap(\.self)
    options.region = area
    options.regionSizes = [size]
    options.mirrorPadding = MirrorPadding([size], margin: 1.0 / 64)
    options.allowed = ["svg"]
    options.keepsCopyright = true
    options.page = 2
    options.allowsTruncated = true
    return options
  }()

  private static let finishing: FinishingOptions = {
    var options = FinishingOptions(wanted: PictureFormat.all.first { $0.mediaType == .png })
    options.reading.page = 2
    options.reading.allowed = ["jxl"]
    options.reading.allowsTruncated = true
    options.maximumBytes = 900_000
    options.metadata = MetadataWishes(keepsPlace: true)
    options.metadata?.provenance.prompt = "a „prompt“\n\u{0}🍌"
    options.metadata?.provenance.model = "m"
    options.metadata?.provenance.gateway = "g"
    options.metadata?.provenance.date = "2026-11-29T10:00:00Z"
    options.metadata?.provenance.isGenerated = true
    options.shown = shown
    options.fitsSource = true
    options.aligns = false
    options.matchesColor = true
    options.region = area
    options.usesMask = true
    options.maskEdits = .transparent
    options.feather = 3
    options.keepsUnchanged = true
    options.restoresAlpha = true
    options.measuresDrift = true
    options.compares = true
    options.comparisonEdge = 512
    return options
  }()

  private static let prepared = PreparedReference.Answer.prepared(
    PreparedReference.Facts(
      mediaType: .jpeg, size: size, isPassthrough: false, encodes: 3,
      steps: [
        PreparationStep(.rotateLossless, "why", before: "a", after: "b"),
        PreparationStep(.strip, "no values"), PreparationStep(.repair, "of a file"),
      ],
      geometry: ReferenceGeometry(orientation: 6, source: size, shown: shown, prepared: size),
      page: 2, warnings: [.truncated, .profileIgnored]))

  private static let finished: FinishedPicture.Answer = {
    let format = PictureFormat.all[0]
    var facts = FinishedPicture.Facts(format: format, size: size, returned: format, isConverted: true)
    facts.findings.alignment = Findings.Alignment(
      dx: 1.5, dy: -2, scale: 0.999, rotation: 1e-3, residual: .leastNonzeroMagnitude, isTrusted: true)
    facts.findings.color = Findings.ColorChange(before: 2.5, after: 0)
    facts.findings.changed = 0.25
    facts.findings.drift = 1.0 / 3
    facts.findings.written = Findings.WrittenDrift(value: 0.75, scope: .outsideChange)
    facts.findings.uncovered = Findings.Uncovered(left: 1, top: 2, right: 3, bottom: 4)
    facts.findings.tintFailure = .fewColors(3, least: 16)
    facts.findings.mask = .white
    facts.findings.warnings = [.maskEmpty, .notAligned]
    return .finished(facts)
  }()

  private static let preparationErrors: [PreparationError] = [
    .invalidOption("words"), .pageMissing(3, of: 2), .regionOutside(area, size),
    .capNotReachable(smallest: .megabytes(2), limit: .megabytes(1)), .picture(.libraryUnusable("words")),
    .picture(.unreadable(.changed("name"))), .picture(.notAPicture("words")),
    .picture(.unsupportedFormat(PictureFormat.all[0])),
    .picture(.unsupportedVariant(PictureFormat.all[0], "words")), .picture(.loaderMissing("words")),
    .picture(.notAllowed(PictureFormat.all[0], word: "svg")), .picture(.needsOwnProcess("svg")),
    .picture(.truncated("words")), .picture(.damaged("words")), .picture(.tooManyPixels(size, limit: 9)),
    .picture(.stepFailed(.decode, detail: "words")),
  ]

  private static let finishingErrors: [FinishingError] = [
    .picture(.damaged("words")), .original(.damaged("words")), .mask(.damaged("words")),
    .regionOutside(area, size), .featherTooWide(9, maximum: 3), .maskShape(size, original: size),
    .maskEmpty(.white), .maskOutside(area), .maskAmbiguous, .maskOpaqueNowhere,
    .tooLarge(size, PictureFormat.all[0]), .noAlpha(PictureFormat.all[0]), .shownOutside(shown, size),
    .capNotReachable(smallest: .megabytes(2), limit: .megabytes(1), format: PictureFormat.all[0]),
  ]
}
