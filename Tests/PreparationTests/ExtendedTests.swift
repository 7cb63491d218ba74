import Foundation
import Imaging
import PictureFormats
import InProcess
import Preparation
import TestSupport
import Testing
import Core

/// Tests that take long or need programs that are not installed everywhere. `Tests/extended` runs them.
@Suite("Extended: limits, metadata, color", .enabled(if: isExtendedRun))
struct ExtendedTests {
  private static let limits = [
    1_000, 1_500, 2_500, 4_000, 7_000, 12_000, 20_000, 35_000, 60_000, 100_000, 200_000, 1_000_000,
    10_000_000,
  ]
  private static let sizes = [(1, 1), (16, 16), (40, 700), (700, 40), (333, 217), (512, 512)].map {
    PixelSize(width: $0.0, height: $0.1)
  }

  /// 13 limits × 6 sizes × 3 sources × 4 formats = 936 combinations.
  @Test("no limit is ever exceeded, and no finer setting would have fit", arguments: sizes)
  func caps(_ size: PixelSize) throws {
    let sources = [
      try Synthetic.png(size), try Synthetic.png(size, bands: 4), try Synthetic.jpeg(size, quality: 97),
    ]
    for source in sources {
      for limit in Self.limits {
        for format in [MediaType?.none, .jpeg, .png, .webp] { try check(source, limit, format) }
      }
    }
  }

  private func check(_ source: [UInt8], _ limit: Int, _ format: MediaType?) throws {
    do throws(PreparationError) {
      var options = PreparationOptions()
      options.maximumBytes = ByteCount(limit)
      options.format = format
      let result = try prepareReference(PictureBytes(source), options: options)
      #expect(result.bytes.count <= limit)
      let structure = try onPicture { () throws(ImagingError) in try PictureStructure.read(result.bytes) }
      #expect(structure.size == result.size)
      #expect(structure.format.mediaType == result.mediaType)
      #expect(result.encodes <= 16, "\(limit) \(format?.name ?? "auto") \(structure.size)")
      try requireMaximal(source, result, limit)
    } catch {
      guard case .capNotReachable(let smallest, _) = error else {
        Issue.record("\(limit) \(format?.name ?? "auto"): \(error)")
        return
      }
      #expect(smallest.bytes > limit)
    }
  }

  /// If only quality was reduced, one more step of quality exceeds the limit.
  private func requireMaximal(
    _ source: [UInt8], _ result: PreparedReference, _ limit: Int
  ) throws(PreparationError) {
    guard result.mediaType != .png, result.steps.allSatisfy({ ![.downscale, .subsample].contains($0.kind) }),
      let step = result.steps.last(where: { $0.kind == .quality && $0.before != nil }),
      !step.reason.contains("coefficients"), let quality = step.after.flatMap({ Int($0) })
    else { return }
    var options = PreparationOptions()
    options.format = result.mediaType
    options.quality = quality + 1
    let finer = try prepareReference(PictureBytes(source), options: options)
    #expect(finer.bytes.count > limit, "quality \(quality + 1) fits \(limit), too")
  }

  /// exiftool reads the result and may find only facts about the format itself.
  @Test("exiftool finds no metadata", .enabled(if: Tool.exists("exiftool")))
  func metadata() throws {
    let folder = try TemporaryFolder()
    let allowed = [
      "File", "System", "ExifTool", "JFIF", "PNG", "PNG-pHYs", "RIFF", "Composite", "SourceFile", "Adobe",
    ]
    for path in [Samples.portrait, Samples.rocket, Samples.coffee] {
      var tagged = "tagged" + (path.hasSuffix("png") ? ".png" : ".jpg")
      try folder.write(Samples.bytes(path), as: tagged)
      tagged = folder.file(tagged)
      try Tool.run(
        "exiftool",
        [
          "-q", "-overwrite_original", "-GPSLatitude=1", "-GPSLatitudeRef=N", "-Artist=canary",
          "-UserComment=canary",
          "-XMP-dc:Rights=canary", "-IPTC:By-line=canary", "-Comment=canary", "-MakerNoteUnknownText=canary",
          tagged,
        ])
      for (format, edge) in [(MediaType?.none, Int?.none), (.jpeg, 200), (.png, 200), (.webp, 200)] {
        let result = try prepare(Samples.bytes(tagged)) {
          $0.format = format
          $0.maximumEdge = edge
        }
        try folder.write(result.bytes.array, as: "result")
        let output = try Tool.run("exiftool", ["-j", "-a", "-G1", folder.file("result")])
        let objects = try JSONSerialization.jsonObject(with: Data(output)) as? [[String: Any]]
        for name in try #require(objects?.first).keys {
          let group = name.split(separator: ":").first.map(String.init) ?? name
          #expect(allowed.contains(group), "\(name) in \(result.mediaType)")
        }
        #expect(!String(decoding: result.bytes.array, as: UTF8.self).contains("canary"))
      }
    }
  }

  /// 27 flat fields of 16×16 pixels, across the whole cube of device values or from black to white.
  private static func fields(inGray: Bool) throws -> [UInt8] {
    let size = PixelSize(width: 27 * 16, height: 16)
    var pixels: [UInt8] = []
    for _ in 0..<16 {
      for column in 0..<size.width {
        let field = column / 16
        pixels +=
          inGray
          ? [UInt8(field * 9)] : [field / 9, field / 3 % 3, field % 3].map { UInt8([12, 130, 245][$0]) }
      }
    }
    return try Image.fromPixels(pixels, size: size, bands: inGray ? 1 : 3).encoded(
      as: .jpeg(quality: 100, halvedChroma: false)
    ).array
  }

  /// Little CMS's own program converts the same file. Both results must look the same.
  @Test(
    "colors are within ΔE 2 of Little CMS", .enabled(if: Tool.exists("jpgicc")),
    arguments: ["Display P3", "Adobe RGB", "ProPhoto", "CMYK", "grey"])
  func colors(_ name: String) throws {
    let folder = try TemporaryFolder()
    let system = "/usr/share/color/icc/ghostscript/"
    let profile: [UInt8]
    switch name {
    case "Display P3": profile = Profiles.displayP3
    case "grey": profile = Profiles.gray(gamma: 1.8)
    case "Adobe RGB":
      profile = try #require(PictureStructure.read(PictureBytes(Samples.bytes(Samples.rocket))).profile)
    default:
      let file = system + (name == "CMYK" ? "default_cmyk.icc" : "rommrgb.icc")
      guard FileManager.default.fileExists(atPath: file) else { return }
      profile = try Samples.bytes(file)
    }
    try folder.write(profile, as: "profile.icc")
    var source = try Self.fields(inGray: name == "grey")
    if name == "CMYK" {
      try folder.write(source, as: "rgb.jpg")
      try Tool.run(
        "jpgicc",
        ["-e", "-q100", "-o" + folder.file("profile.icc"), folder.file("rgb.jpg"), folder.file("cmyk.jpg")])
      source = try folder.read("cmyk.jpg")
    } else {
      source = Embedded.segment(0xE2, Array("ICC_PROFILE\0\u{1}\u{1}".utf8) + profile, in: source)
    }
    try folder.write(source, as: "source.jpg")
    try Tool.run("jpgicc", ["-t1", "-b", "-q100", folder.file("source.jpg"), folder.file("oracle.jpg")])
    let result = try prepare(source) { $0.format = .png }
    #expect(result.steps.contains { $0.kind == .color })
    let (ours, theirs) = (try decodedPixels(result.bytes.array), try decodedPixels(folder.read("oracle.jpg")))
    for field in 0..<27 {
      let difference = Lab(ours, at: field).distance(to: Lab(theirs, at: field))
      #expect(difference < 2, "\(name), field \(field): ΔE \(difference)")
    }
  }
}

/// CIE L*a*b* (D50 is not needed: both colors are sRGB and only compared).
private struct Lab {
  let values: [Double]

  /// The color at the center of a field, in a color or gray picture.
  init(_ picture: (pixels: [UInt8], size: PixelSize, bands: Int), at field: Int) {
    let first = (8 * picture.size.width + field * 16 + 8) * picture.bands
    let linear = (0..<3).map { band in
      let value = Double(picture.pixels[first + min(band, picture.bands - 1)]) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    let white = [0.9505, 1, 1.089]
    let f = (0..<3).map { row in
      let share = (0..<3).reduce(0) { $0 + rows[row][$1] * linear[$1] } / white[row]
      return share > 0.008856 ? cbrt(share) : 7.787 * share + 16.0 / 116
    }
    values = [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  func distance(to other: Lab) -> Double {
    sqrt(zip(values, other.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
  }
}
