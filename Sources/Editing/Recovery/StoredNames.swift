import Finishing
import Gateways
package import PictureFormats
import Preparation
import Core

/// The names and values of options as the job keys contain them.
///
/// They are spelled as Swift printed the first version's properties, including types and modules, and stay so
/// whatever these are called now: a changed key makes a job that is done and paid for look new.
/// Tests/StoredShapes/job-keys.txt lists them all.
package enum StoredNames {
  /// `name=value` of each option that differs from its default, in the order of the first version. Options
  /// that were added later follow.
  package static func texts(of options: EditOptions) -> [String] {
    let finish = options.finish
    let ofFinishing: [(String, String?)] = [
      ("finish.fitsSource", flag(finish.fitsSource)),
      ("finish.aligns", optional(finish.aligns) { "\($0)" }),
      ("finish.matchesColour", optional(finish.matchesColor) { "\($0)" }),
      (
        "finish.region", optional(finish.region) { "\($0.left),\($0.top),\($0.size.width),\($0.size.height)" }
      ),
      // The mask is identified by its bytes.
      ("finish.mask", optional(finish.mask) { _ in "Plantain.Reference.standardInput" }),
      ("finish.feather", optional(finish.feather) { "\($0)" }),
      ("finish.keepsUnchanged", flag(finish.keepsUnchanged)),
      ("finish.restoresAlpha", flag(finish.restoresAlpha)),
      ("finish.mostDrift", optional(finish.maximumDrift) { "\($0)" }),
      ("finish.maximumBytes", optional(finish.maximumBytes, bytes)),
      ("finish.keepsMetadata", flag(finish.keepsMetadata)),
      ("finish.keepsGPS", flag(finish.keepsGPS)),
    ]
    let ofEdit: [(String, String?)] = [
      ("model", optional(options.model, \.debugDescription)),
      ("tier", optional(options.tier) { "Gateways.Tier.\(name($0))" }),
      ("aspect", optional(options.aspect) { "Plantain.EditOptions.Aspect.\(name($0))" }),
      ("acceptsNearest", flag(options.acceptsNearest)),
      ("count", number(options.count, usual: 1)),
      ("webSearch", flag(options.webSearch)),
      ("imageSearch", flag(options.imageSearch)),
      ("officialFallback", flag(options.officialFallback)),
      ("thinking", optional(options.thinking) { "Gateways.ThinkingLevel.\(name($0))" }),
      ("outputFormat", optional(options.outputFormat, \.name)),
      ("fit", name(options.preparation.fit)),
      ("maximumBytes", optional(options.preparation.maximumBytes, bytes)),
      ("requestBytes", optional(options.requestBytes, bytes)),
      ("maximumEdge", name(options.preparation.maximumEdge)),
      ("format", optional(options.preparation.format, \.name)),
      ("quality", optional(options.preparation.quality) { "\($0)" }),
      ("background", options.preparation.background == .white ? nil : color(options.preparation.background)),
      ("maximumPixels", number(options.preparation.maximumPixels, usual: 100_000_000)),
      ("keepsCopyright", flag(options.preparation.keepsCopyright)),
      ("page", number(options.preparation.page ?? 1, usual: 1)),
      ("allowsTruncated", flag(options.preparation.allowsTruncated)),
      ("isRaw", flag(options.isRaw)),
    ]
    let later: [(String, String?)] = [
      ("finish.maskEdits", finish.maskEdits?.rawValue),
      // A region in pixels is stored under the older name.
      ("finish.regionInPercent", finish.region == nil ? finish.statedRegion?.description : nil),
    ]
    return (ofFinishing + ofEdit + later).compactMap { name, value in value.map { "\(name)=\($0)" } }
  }

  private static func flag(_ value: Bool) -> String? { value ? "true" : nil }

  private static func number(_ value: Int, usual: Int) -> String? { value == usual ? nil : "\(value)" }

  private static func optional<Value>(_ value: Value?, _ text: (Value) -> String) -> String? {
    value.map { "Optional(\(text($0)))" }
  }

  /// `1,234,567 bytes`.
  private static func bytes(_ size: ByteCount) -> String {
    let digits = Array("\(size.bytes)")
    let grouped = digits.enumerated().map { place, digit in
      let left = digits.count - place
      return place > 0 && left % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return grouped.joined() + " bytes"
  }

  /// `#123456`.
  @Sendable package static func color(_ color: RGBColor) -> String {
    "#" + [color.red, color.green, color.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func name(_ tier: Tier) -> String {
    switch tier {
    case .half: "half"
    case .one: "one"
    case .two: "two"
    case .four: "four"
    }
  }

  private static func name(_ aspect: EditOptions.Aspect) -> String {
    switch aspect {
    case .source: "source"
    case .automatic: "automatic"
    case .ratio(let ratio): "ratio(\(ratio.width):\(ratio.height))"
    }
  }

  private static func name(_ level: ThinkingLevel) -> String {
    switch level {
    case .minimal: "minimal"
    case .medium: "medium"
    case .high: "high"
    }
  }

  private static func name(_ fit: Fit) -> String? {
    switch fit {
    case .none: nil
    case .pad: "pad"
    case .crop: "crop"
    }
  }

  private static func name(_ edge: PreparationSettings.EdgeLimit) -> String? {
    switch edge {
    case .automatic: nil
    case .none: "none"
    case .pixels(let count): "pixels(\(count))"
    }
  }
}
