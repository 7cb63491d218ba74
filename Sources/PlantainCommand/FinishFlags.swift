import Options
import ArgumentParser
import Core
import Editing
import Finishing

/// Options for the file that is written.
struct FileFlags: ParsableArguments {
  @Option(help: .row("max-output-bytes")) var maxOutputBytes: ByteCount?

  @Flag(help: .row("keep-metadata")) var keepMetadata = false

  func apply(to options: inout FinishOptions) {
    options.maximumBytes = maxOutputBytes
    options.keepsMetadata = keepMetadata
  }
}

/// How a returned picture is finished.
struct FinishFlags: ParsableArguments {
  @Flag(help: .row("fit-source")) var fitSource = false

  @Flag(
    inversion: .prefixedNo, help: .row("align")
  )
  var align: Bool?

  @Flag(
    inversion: .prefixedNo, help: .row("match-color")
  )
  var matchColor: Bool?

  @Option(help: .row("region")) var region: Region?

  @Option(help: .row("mask"), completion: .row("mask")) var mask: String?

  @Option(help: .row("mask-edits")) var maskEdits: MaskEdits?

  @Option(help: .row("feather")) var feather: Int?

  @Flag(help: .row("keep-unchanged")) var keepUnchanged = false

  @Flag(help: .row("restore-alpha")) var restoreAlpha = false

  @OptionGroup(title: "Result file") var file: FileFlags

  @Flag(help: .row("keep-gps")) var keepGps = false

  @Option(help: .row("max-drift", of: .edit)) var maxDrift: Double?

  @Option(help: .row("compare"), completion: .row("compare")) var compare: String?

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
