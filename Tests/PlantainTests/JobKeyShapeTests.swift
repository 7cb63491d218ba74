import Foundation
import Preparation
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

/// The text that job keys are hashed from, as of the first stored keys. A changed key makes a job that is
/// done and paid for look new.
@Suite struct `Paid jobs are found again` {
  private typealias Change = @Sendable (inout EditOptions) -> Void

  /// Every option, with every kind of value that it can have.
  private static let options: [(name: String, change: Change)] = [
    ("nothing", { _ in }),
    ("model", { $0.model = "m-1" }), ("model with quotes", { $0.model = "a \"b\" \\ é\n" }),
    ("tier 0.5K", { $0.tier = .half }), ("tier 1K", { $0.tier = .one }), ("tier 2K", { $0.tier = .two }),
    ("tier 4K", { $0.tier = .four }),
    ("aspect source", { $0.aspect = .source }), ("aspect auto", { $0.aspect = .automatic }),
    ("aspect 16:9", { $0.aspect = AspectRatio(parsing: "16:9").map { .ratio($0) } }),
    ("nearest", { $0.acceptsNearest = true }), ("count", { $0.count = 2 }),
    ("web search", { $0.webSearch = true }), ("image search", { $0.imageSearch = true }),
    ("official fallback", { $0.officialFallback = true }),
    ("thinking minimal", { $0.thinking = .minimal }), ("thinking medium", { $0.thinking = .medium }),
    ("thinking high", { $0.thinking = .high }),
    ("output format jpeg", { $0.outputFormat = .jpeg }), ("output format png", { $0.outputFormat = .png }),
    ("output format webp", { $0.outputFormat = .webp }),
    ("fit pad", { $0.preparation.fit = .pad }), ("fit crop", { $0.preparation.fit = .crop }),
    ("max bytes", { $0.preparation.maximumBytes = ByteCount(1_234_567) }),
    ("max bytes 7MB", { $0.preparation.maximumBytes = .megabytes(7) }),
    ("max bytes 999", { $0.preparation.maximumBytes = ByteCount(999) }),
    ("request bytes", { $0.requestBytes = .megabytes(9) }),
    ("max edge", { $0.preparation.maximumEdge = .pixels(900) }),
    ("max edge none", { $0.preparation.maximumEdge = .none }),
    ("format jpeg", { $0.preparation.format = .jpeg }), ("format png", { $0.preparation.format = .png }),
    ("format webp", { $0.preparation.format = .webp }), ("quality", { $0.preparation.quality = 77 }),
    ("background", { $0.preparation.background = RGBColor(css: "#123456") ?? .white }),
    ("max pixels", { $0.preparation.maximumPixels = 9 }), ("allow svg", { $0.preparation.allowed = ["svg"] }),
    ("allow all", { $0.preparation.allowed = ["svg", "jxl", "jp2"] }),
    ("keep copyright", { $0.preparation.keepsCopyright = true }),
    ("page", { $0.preparation.page = 2 }), ("truncated", { $0.preparation.allowsTruncated = true }),
    ("raw", { $0.isRaw = true }),
    ("fit source", { $0.finish.fitsSource = true }),
    ("align", { $0.finish.aligns = true }), ("no align", { $0.finish.aligns = false }),
    ("match color", { $0.finish.matchesColor = true }),
    ("no match color", { $0.finish.matchesColor = false }),
    ("region", { $0.finish.region = PixelArea(parsing: "1,2,30,40") }),
    ("mask", { $0.finish.mask = .file("m.png") }),
    ("mask by address", { $0.finish.mask = .url("https://x/m.png") }),
    ("feather", { $0.finish.feather = 3 }), ("keep unchanged", { $0.finish.keepsUnchanged = true }),
    ("restore alpha", { $0.finish.restoresAlpha = true }),
    ("max drift", { $0.finish.maximumDrift = 3 }), ("max drift 0.1", { $0.finish.maximumDrift = 0.1 }),
    ("max drift 1e9", { $0.finish.maximumDrift = 1e9 }),
    ("max output bytes", { $0.finish.maximumBytes = .megabytes(2) }),
    ("keep metadata", { $0.finish.keepsMetadata = true }), ("keep gps", { $0.finish.keepsGPS = true }),
  ]

  /// Options added after the first version, which its keys do not have.
  private static let later: [(name: String, change: Change)] = [
    ("mask edits", { $0.finish.maskEdits = .transparent }),
    ("region in percent", { $0.finish.statedRegion = Region(parsing: "25%,0,50%,12.5%") }),
  ]

  /// Options of a call that do not change the work.
  private static let others: [(name: String, change: Change)] = [
    ("output", { $0.output = .file("x.png") }), ("overwrite", { $0.overwrites = true }),
    ("again", { $0.sendsAgain = true }), ("timeout", { $0.timeout = .seconds(9) }),
    ("price", { $0.price = Money(parsing: "1USD") }),
    ("whole name", { $0.usesWholeName = true }), ("parent", { $0.parent = "p" }),
    // Jobs were done this way before the option existed.
    ("as it is", { $0.mirrorsEdges = false }), ("job key", { $0.jobKey = "k" }), ("run", { $0.run = "r" }),
    ("known jobs", { $0.knownJobs = ["k"] }), ("known edits", { $0.knownEdits = ["e"] }),
    ("prompt out of the ledger", { $0.recordsPrompt = false }),
    ("compare", { $0.finish.comparison = "c.png" }),
    ("output template", { $0.outputTemplate = try? NameTemplate("{stem}-x.{ext}") }),
    ("sparing", { $0.sparesOthers = true }), ("numbers", { $0.numbers = [2] }),
    ("spending", { $0.spending.perRun = Money(parsing: "1USD") }),
  ]

  private static func parts(_ change: Change, gateway: Gateway = .google) throws -> [String] {
    var options = EditOptions()
    change(&options)
    let key = try APIKey("sk-canary-7f3a")
    let route = try Route(gateway, key: .value(key), baseURL: "http://127.0.0.1")
    return JobKey.parts(["d1", "d2"], "a prompt: é", options, route)
  }

  @Test func `the key of every option and gateway is the recorded one`() throws {
    var lines: [String] = []
    for (name, change) in Self.options { lines.append(line(name, try Self.parts(change))) }
    let all = try Self.parts { options in
      for (_, change) in Self.options { change(&options) }
    }
    lines.append(line("everything", all))
    for gateway in Gateway.all { lines.append(line(gateway.id, try Self.parts({ _ in }, gateway: gateway))) }
    try expectRecorded(lines, as: "job-keys.txt", "a job that is done would look new")
  }

  @Test func `options of a call do not change the key`() throws {
    let plain = try Self.parts { _ in }
    for (name, change) in Self.others { #expect(try Self.parts(change) == plain, "\(name)") }
  }

  @Test func `later options come at the end of the key`() throws {
    #expect(try Self.parts { $0.finish.maskEdits = .white }.dropLast(2).last == "finish.maskEdits=white")
    let share = try Self.parts { $0.finish.statedRegion = Region(parsing: " 25%, 0 ,50.0%,12.5%") }
    #expect(share.dropLast(2).last == "finish.regionInPercent=25%,0,50%,12.5%")
    let pixels = try Self.parts { $0.finish.statedRegion = Region(parsing: "30x40+1+2") }
    #expect(try pixels == Self.parts { $0.finish.region = PixelArea(parsing: "1,2,30,40") })
    // The region is sent with another shape then.
    let ofSource = try Self.parts {
      $0.finish.statedRegion = Region(parsing: "25%,0,50%,12.5%")
      $0.aspect = .source
    }
    #expect(try ofSource != Self.parts { $0.finish.statedRegion = Region(parsing: "25%,0,50%,12.5%") })
    let usual = try Self.parts { _ in }.count
    for (name, change) in Self.later {
      #expect(try Self.parts(change).count == usual + 1, "\(name)")
    }
  }

  /// An option missing from the lists is not tested.
  @Test func `every option is in the lists above`() {
    /// The values by name, of contained settings with the name of these before it.
    func values(_ value: Any, _ prefix: String = "") -> [String: String] {
      Mirror(reflecting: value).children.reduce(into: [:]) { found, child in
        let name = prefix + (child.label ?? "")
        let isContained =
          child.value is FinishOptions || child.value is FinishingSettings
          || child.value is PreparationSettings || child.value is ReadingOptions
        if isContained {
          found.merge(values(child.value, name + ".")) { $1 }
        } else {
          found[name] = "\(child.value)"
        }
      }
    }
    let usual = values(EditOptions())
    var seen: Set<String> = []
    for (_, change) in Self.options + Self.later + Self.others {
      var options = EditOptions()
      change(&options)
      seen.formUnion(values(options).filter { $0.value != usual[$0.key] }.keys)
    }
    #expect(seen == Set(usual.keys))
  }

  private func line(_ name: String, _ parts: [String]) -> String {
    """
    \(name)\t\(parts.dropFirst(5).dropLast(2).map { $0.debugDescription }.joined(separator: " "))\t\
    \(JobKey.hash(parts))
    """
  }
}
