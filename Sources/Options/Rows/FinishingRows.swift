import Core
import Editing
import Finishing
import PictureFormats

extension OptionRow {
  /// How a returned picture is finished.
  static let finishing: [OptionRow] = [
    OptionRow(
      "fit-source", .finishing, of: .finishing,
      help: "Give the result the original's exact width and height.",
      setting: .flag(\.finish.fitsSource)),
    OptionRow(
      "align", .finishing, of: .finishing,
      help: "Undo shift, scale, and rotation (default: partial edits).",
      more: "Partial edits are those with --region, --mask, or --keep-unchanged.",
      setting: .flag(\.finish.aligns)),
    OptionRow(
      "match-color", .finishing, of: .finishing,
      help: "Undo the tint of unchanged parts (default: partial edits).",
      more: "Partial edits are those with --region, --mask, or --keep-unchanged.",
      setting: .flag(\.finish.matchesColor)),
    OptionRow(
      "region", .finishing, of: .finishing, takes: "x,y,w,h|wxh+x+y",
      help: "Change only this area of the upright original.",
      more: "In pixels, or in percent: 25%,25%,50%,50%.",
      setting: .optional(
        \.finish.statedRegion, "X,Y,W,H in pixels or percent, or WxH+X+Y", Region.init(parsing:))),
    OptionRow(
      "mask", .finishing, of: .finishing, takes: "file",
      help: "Change only what is white or transparent in this mask.",
      more: """
        Transparent parts count if the mask is a picture. The mask has the original's shape, in any \
        size.
        """,
      setting: .mask),
    OptionRow(
      "mask-edits", .finishing, of: .finishing, takes: "white|transparent",
      help: "What marks the area to edit in the mask (default: detected).",
      setting: .optional(\.finish.maskEdits, "white or transparent", MaskEdits.init(rawValue:))),
    OptionRow(
      "feather", .finishing, of: .finishing, takes: "px",
      help: "Feather the region or mask edge by N pixels (default: auto).",
      more: "The default depends on the size of the region, and is 0 for a mask.",
      setting: .optional(\.finish.feather, "a whole number") { Int($0) }),
    OptionRow(
      "keep-unchanged", .finishing, of: .finishing,
      help: "Restore from the original what the model has not changed.",
      setting: .flag(\.finish.keepsUnchanged)),
    OptionRow(
      "restore-alpha", .finishing, of: .finishing,
      help: "Give the result the original's transparency.",
      setting: .flag(\.finish.restoresAlpha)),
    OptionRow(
      "keep-gps", .finishing, of: .finishing,
      help: "Also copy the GPS position of the original.",
      setting: .flag(\.finish.keepsGPS)),
    OptionRow(
      "max-drift", .finishing, of: .finishing, takes: "n",
      help: "Maximum drift, as mean CIEDE2000 (default: no limit).",
      more: """
        Drift is the difference from the original where there should be none. Above the maximum, the \
        exit status is 1 and the file is kept under another name.
        """,
      setting: .optional(\.finish.maximumDrift, "a number") { Double($0) }),
    OptionRow(
      "compare", .finishing, of: .finishing, takes: "file.png",
      help: "Also write original, result, and difference side by side.",
      setting: .comparison),
    OptionRow(
      "max-output-bytes", .finishing, of: .requesting.union([.finish]), takes: "size",
      help: "Maximum size of the output, as in 7MB (default: no limit).",
      more: "Quality is reduced first, then color resolution, then pixels.",
      setting: .size(\.finish.maximumBytes, "a size such as 2MB")),
    OptionRow(
      "keep-metadata", .finishing, of: .requesting.union([.finish]),
      help: "Copy the original's metadata, and record the edit.",
      more: """
        Date, camera, and copyright come from the original. The record holds prompt, model, and \
        gateway.
        """,
      setting: .flag(\.finish.keepsMetadata)),
    OptionRow(
      "source", .finishing, of: [.finish], takes: "original",
      help: "The original: the picture that was edited."),
    OptionRow(
      "shown", .finishing, of: [.finish], takes: "x,y,w,h",
      help: "Area of the upright original in the result (default: all).",
      more: "The report of --json names it as geometry.shown."),
    OptionRow(
      "max-drift", .finishing, of: [.recover, .replay], takes: "n|none",
      help: "Maximum drift, or none (default: as for the edit).",
      more: "Drift is the mean CIEDE2000 difference from the original where there should be none."),
  ]
}
