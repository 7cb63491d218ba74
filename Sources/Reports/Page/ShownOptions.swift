import Gateways
import Preparation
import Batch
import Editing
import Finishing
import Imaging
import PictureFormats
import Core

extension EditOptions {
  /// The options that differ from their defaults, each by its long name with its value; without model, tier
  /// and output, which the page shows elsewhere.
  var wordsUnlikeUsual: [String] {
    let usual = EditOptions()
    var entries: [(String, String?)] = [
      ("aspect", aspect == usual.aspect ? nil : aspect?.shown),
      ("fit", preparation.fit == usual.preparation.fit ? nil : preparation.fit.rawValue),
      ("count", count == usual.count ? nil : "\(count)"),
      ("thinking", thinking?.rawValue),
      ("output-format", outputFormat?.name),
      ("format", preparation.format?.name),
      ("quality", preparation.quality.map { "\($0)" }),
      ("max-bytes", preparation.maximumBytes.map { "\($0)" }),
      (
        "background",
        preparation.background == usual.preparation.background ? nil : "\(preparation.background)"
      ),
      ("page", preparation.page.map { "\($0)" }),
    ]
    entries += finish.entries
    let switches = [
      ("nearest", acceptsNearest), ("web-search", webSearch), ("image-search", imageSearch),
      ("official-fallback", officialFallback), ("raw", isRaw),
      ("allow-truncated", preparation.allowsTruncated),
    ]
    return entries.compactMap { name, value in value.map { "\(name) \($0)" } }
      + (switches + finish.switches).filter(\.1).map(\.0)
  }
}

extension EditOptions.Aspect {
  fileprivate var shown: String {
    switch self {
    case .source: "source"
    case .automatic: "auto"
    case .ratio(let ratio): ratio.description
    }
  }
}

extension FinishOptions {
  fileprivate var entries: [(String, String?)] {
    [
      ("region", region.map { "\($0.left),\($0.top),\($0.size.width),\($0.size.height)" }),
      ("mask", mask.map { OutputFile.name(of: $0.name) }),
      ("mask-edits", settings.maskEdits?.rawValue),
      ("feather", settings.feather.map { "\($0)" }),
      ("max-drift", maximumDrift.map { "\($0)" }),
      ("max-output-bytes", maximumBytes.map { "\($0)" }),
      ("align", settings.aligns == false ? "false" : nil),
      ("match-color", settings.matchesColor == false ? "false" : nil),
    ]
  }

  fileprivate var switches: [(String, Bool)] {
    [
      ("fit-source", settings.fitsSource), ("align", settings.aligns == true),
      ("match-color", settings.matchesColor == true),
      ("keep-unchanged", settings.keepsUnchanged), ("restore-alpha", settings.restoresAlpha),
      ("keep-metadata", keepsMetadata), ("keep-gps", keepsGPS),
    ]
  }
}
