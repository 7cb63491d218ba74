import ArgumentParser
import Plantain

/// What the file of a returned picture is to be.
struct FileFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most bytes of the output: quality is given up first, then color resolution, then pixels.",
      valueName: "size"))
  var maxOutputBytes: ByteCount?

  @Flag(
    help:
      "Put the original's date, camera and copyright into the output, and how it was made (prompt, model, gateway)."
  )
  var keepMetadata = false

  func apply(to options: inout FinishOptions) {
    options.maximumBytes = maxOutputBytes
    options.keepsMetadata = keepMetadata
  }
}

/// What is done to a returned picture.
struct FinishFlags: ParsableArguments {
  @Flag(help: "Give it the original's exact width and height.")
  var fitSource = false

  @Flag(
    inversion: .prefixedNo,
    help:
      "Take back its shift, scale and turn against the original (default with --region, --mask, --keep-unchanged)."
  )
  var align: Bool?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Take back the tint of what the model has not changed (default with --region, --mask, --keep-unchanged)."
  )
  var matchColor: Bool?

  @Option(
    help: ArgumentHelp(
      "Change only this area of the original, upright; in pixels, or percent: 25%,25%,50%,50%.",
      valueName: "x,y,w,h|wxh+x+y"))
  var region: Region?

  @Option(
    help: ArgumentHelp(
      "Change only what is white, or transparent in a picture, of this file in the original's shape.",
      valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "What in the mask says where to edit (default: by what it looks like).", valueName: "white|transparent")
  )
  var maskEdits: MaskEdits?

  @Option(
    help: ArgumentHelp(
      "Go over into the original within so many pixels around region or mask (default: by the region's size, none at a mask).",
      valueName: "px"))
  var feather: Int?

  @Flag(help: "Take from the original whatever the model has not changed.")
  var keepUnchanged = false

  @Flag(help: "Give it the original's transparency.")
  var restoreAlpha = false

  @OptionGroup var file: FileFlags

  @Flag(help: "Also put the place into the output where the original was taken.")
  var keepGps = false

  @Option(
    help: ArgumentHelp(
      "End with status 1, the file kept aside, when it differs more where it should not (mean CIEDE2000).",
      valueName: "n"))
  var maxDrift: Double?

  @Option(
    help: ArgumentHelp(
      "Also write original, finished picture and their difference side by side.", valueName: "file.png"))
  var compare: String?

  func validate() throws {
    guard compare?.isEmpty != true else { throw ValidationError("The name for --compare is empty.") }
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
