import Core
import Editing
import PictureFormats
import Preparation

extension OptionRow {
  /// How pictures are prepared.
  static let preparation: [OptionRow] = [
    OptionRow(
      "fit", .preparation, of: .preparing, takes: "none|pad|crop",
      help: "Fit the picture to the ratio of the result (default: none).",
      more: """
        pad adds margins in the background color; crop cuts. By default, edges are mirrored where \
        the result is composited into the original.
        """,
      setting: .fit),
    OptionRow(
      "max-bytes", .preparation, of: .preparing, takes: "size",
      help: "Maximum size per picture: 7MB, 500KiB (default: gateway's).",
      more: "A number without a unit is bytes. The maximum is 10MB.",
      setting: .size(\.preparation.maximumBytes, "a size such as 7MB")),
    OptionRow(
      "max-edge", .preparation, of: .preparing, takes: "px|none",
      help: "Maximum edge in pixels, or none (default: 2048, 4096 at 4K).",
      more: "Without a gateway, the default is none.",
      setting: .value(
        \.preparation.maximumEdge, "pixels or none", PreparationSettings.EdgeLimit.init(parsing:),
        \.description)),
    OptionRow(
      "format", .preparation, of: .preparing, takes: "format",
      help: "The format to send: auto, jpeg, png, or webp.",
      setting: .format),
    OptionRow(
      "quality", .preparation, of: .preparing, takes: "1…100",
      help: "Encoding quality, 1 to 100 (default: 92).",
      more: """
        A quality that is named always encodes. The default is lowered only to meet the byte limit.
        """,
      setting: .optional(\.preparation.quality, "a whole number in 1…100") { Int($0) }),
    OptionRow(
      "background", .preparation, of: .preparing, takes: "css-color",
      help: "Color behind lost transparency: a CSS name or #rrggbb.",
      setting: .value(
        \.preparation.background, "a color name or #rrggbb", RGBColor.init(css:), StoredNames.color)),
    OptionRow(
      "max-pixels", .preparation, of: .preparing, takes: "n",
      help: "Refuse pictures with more pixels than this.",
      setting: .value(\.preparation.maximumPixels, "a whole number") { Int($0) }),
    OptionRow(
      "page", .preparation, of: .preparing, takes: "n",
      help: "Page of a TIFF or frame of an animation, from 1.",
      more: "With several references, it is the page of the first.",
      setting: .optional(\.preparation.page, "a whole number") { Int($0) }),
    OptionRow(
      "allow", .preparation, of: .preparing, takes: "svg|jxl|jp2",
      help: "Also read svg, jxl, or jp2; may be repeated.",
      more: "Their decoders are not tested against hostile files.",
      setting: .allowed),
    OptionRow(
      "keep", .preparation, of: .preparing, takes: "copyright|none",
      help: "Metadata to keep: copyright or none.",
      more: "copyright keeps the names of the creator and of the copyright holder.",
      setting: .value(\.preparation.keepsCopyright, "copyright or none") {
        ["copyright": true, "none": false][$0]
      } _: {
        $0 ? "copyright" : "none"
      }),
    OptionRow(
      "allow-truncated", .preparation, of: .preparing,
      help: "Accept a truncated JPEG or PNG, as far as it goes.",
      setting: .flag(\.preparation.allowsTruncated)),
  ]
}
