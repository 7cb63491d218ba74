import ArgumentParser
import Core
import Editing
import Finishing

/// Options for the file that is written.
struct FileFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Maximum size of the output, as in 7MB (default: no limit).",
      discussion: "Quality is reduced first, then color resolution, then pixels.",
      valueName: "size"))
  var maxOutputBytes: ByteCount?

  @Flag(
    help: ArgumentHelp(
      "Copy the original's metadata, and record the edit.",
      discussion: """
        Date, camera, and copyright come from the original. The record holds prompt, model, and gateway.
        """)
  )
  var keepMetadata = false

  func apply(to options: inout FinishOptions) {
    options.maximumBytes = maxOutputBytes
    options.keepsMetadata = keepMetadata
  }
}

/// How a returned picture is finished.
struct FinishFlags: ParsableArguments {
  @Flag(help: "Give the result the original's exact width and height.")
  var fitSource = false

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Undo shift, scale, and rotation (default: partial edits).",
      discussion: "Partial edits are those with --region, --mask, or --keep-unchanged.")
  )
  var align: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Undo the tint of unchanged parts (default: partial edits).",
      discussion: "Partial edits are those with --region, --mask, or --keep-unchanged.")
  )
  var matchColor: Bool?

  @Option(
    help: ArgumentHelp(
      "Change only this area of the upright original.",
      discussion: "In pixels, or in percent: 25%,25%,50%,50%.",
      valueName: "x,y,w,h|wxh+x+y"))
  var region: Region?

  @Option(
    help: ArgumentHelp(
      "Change only what is white or transparent in this mask.",
      discussion: """
        Transparent parts count if the mask is a picture. The mask has the original's shape, in any size.
        """,
      valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "What marks the area to edit in the mask (default: detected).", valueName: "white|transparent")
  )
  var maskEdits: MaskEdits?

  @Option(
    help: ArgumentHelp(
      "Feather the region or mask edge by N pixels (default: auto).",
      discussion: "The default depends on the size of the region, and is 0 for a mask.",
      valueName: "px"))
  var feather: Int?

  @Flag(help: "Restore from the original what the model has not changed.")
  var keepUnchanged = false

  @Flag(help: "Give the result the original's transparency.")
  var restoreAlpha = false

  @OptionGroup var file: FileFlags

  @Flag(help: "Also copy the GPS position of the original.")
  var keepGps = false

  @Option(
    help: ArgumentHelp(
      "Maximum drift, as mean CIEDE2000 (default: no limit).",
      discussion: """
        Drift is the difference from the original where there should be none. Above the maximum, the exit \
        status is 1 and the file is kept under another name.
        """,
      valueName: "n"))
  var maxDrift: Double?

  @Option(
    help: ArgumentHelp(
      "Also write original, result, and difference side by side.", valueName: "file.png"))
  var compare: String?

  func validate() throws {
    guard compare?.isEmpty != true else {
      throw ValidationError("The path for --compare is empty. Name a .png file.")
    }
  }

  var options: FinishOptions {
    var options = FinishOptions()
    options.fitsSource = fitSource
    options.aligns = align
    options.matchesColor = matchColor
    options.statedRegion = region
    options.mask = mask.map(reference(for:))
    options.maskEdits = maskEdits
    options.feather = feather
    options.keepsUnchanged = keepUnchanged
    options.restoresAlpha = restoreAlpha
    options.maximumDrift = maxDrift
    options.comparison = compare
    options.keepsGPS = keepGps
    file.apply(to: &options)
    return options
  }
}
