import Core
import Preparation
import Testing

@testable import Editing
@testable import Options
@testable import Plantain

/// Options are resolved for a gateway before any work is done.
@Suite struct `Options resolved for a gateway` {
  private typealias Change = @Sendable (inout EditOptions) -> Void

  private func resolved(_ gateway: Gateway, _ change: Change) throws -> ResolvedOptions {
    var options = EditOptions()
    change(&options)
    return try resolve(options, for: gateway)
  }

  /// Changes that some gateway or every gateway refuses.
  private static let refusable: [(name: String, change: Change)] = [
    ("thinking", { $0.thinking = .high }), ("web search", { $0.webSearch = true }),
    ("image search", { $0.imageSearch = true }), ("official fallback", { $0.officialFallback = true }),
    ("tier", { $0.tier = .half }), ("aspect", { $0.aspect = AspectRatio(parsing: "7:9").map { .ratio($0) } }),
    ("auto", { $0.aspect = .automatic }), ("count", { $0.count = 0 }),
    ("fit of auto", { ($0.aspect, $0.preparation.fit) = (.automatic, .pad) }),
    ("region of auto", { ($0.aspect, $0.finish.statedRegion) = (.automatic, Region(parsing: "1,2,30,40")) }),
    (
      "fit of region", { ($0.preparation.fit, $0.finish.statedRegion) = (.pad, Region(parsing: "1,2,30,40")) }
    ),
  ]

  @Test(arguments: refusable.indices) func `errors name options, and no flags`(index: Int) throws {
    let (name, change) = Self.refusable[index]
    var refusals = 0
    for gateway in Gateway.all {
      do {
        _ = try resolved(gateway, change)
      } catch let error as PlantainError {
        refusals += 1
        let text = error.description
        #expect(!text.contains("--"), "\(text)")
        for option in error.options { #expect(OptionRow.named(option) != nil, "\(option)") }
        // Every name in backquotes is one that the command writes as its flag.
        let flags = error.written(in: MessageStyle { "--\($0)" }).description
        #expect(!flags.contains("`"), "\(flags)")
      }
    }
    #expect(refusals > 0, "no gateway refuses \(name)")
  }

  @Test func `an option that a gateway lacks is named with those that it has`() throws {
    let gateway = try #require(Gateway.all.first { $0.fields.webSearch == nil && $0.fields.tier != nil })
    let error = try #require(throws: PlantainError.self) { try resolved(gateway) { $0.webSearch = true } }
    #expect(error.message.hasPrefix("\(gateway.id) has no `web-search`; it has `aspect`, `tier`"))
    let flags = error.written(in: MessageStyle { "--\($0)" })
    #expect(flags.message.hasPrefix("\(gateway.id) has no --web-search; it has --aspect, --tier"))
    #expect(flags.code == .unsupportedOption && flags.hint == "Nothing was sent.")
  }

  @Test func `wishes come before the gateway's limits`() throws {
    let usual = try resolved(.apiyi) { _ in }.preparation
    #expect(usual.maximumBytes == Gateway.apiyi.limits.pictureBytes && usual.maximumEdge == 2_048)
    #expect(usual.acceptedFormats == Gateway.apiyi.limits.formats)
    #expect(try resolved(.apiyi) { $0.tier = .four }.preparation.maximumEdge == 4_096)
    let wished = try resolved(.apiyi) {
      $0.preparation.maximumBytes = .megabytes(1)
      $0.preparation.maximumEdge = .pixels(900)
    }.preparation
    #expect(wished.maximumBytes == .megabytes(1) && wished.maximumEdge == 900)
    #expect(try resolved(.apiyi) { $0.preparation.maximumEdge = .none }.preparation.maximumEdge == nil)
  }

  @Test func `a region in percent is padded like one in pixels`() throws {
    let pixels = try resolved(.apiyi) { $0.finish.statedRegion = Region(parsing: "1,2,30,40") }
    let share = try resolved(.apiyi) { $0.finish.statedRegion = Region(parsing: "25%,0,50%,12.5%") }
    #expect(pixels.isMirrored && share.isMirrored)
    #expect(pixels.preparation.mirrorPadding == share.preparation.mirrorPadding)
    #expect(share.preparation.region == nil && pixels.preparation.region != nil)
  }
}
