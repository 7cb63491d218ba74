import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing

@Suite struct `Metadata of a finished picture` {
  private let original: PictureBytes
  private let result: PictureBytes

  init() throws {
    original = PictureBytes(try Samples.fixture("camera.jpg"))
    result = PictureBytes(try Synthetic.jpeg(PixelSize(width: 86, height: 128)))
  }

  private func wishes(place: Bool = false) -> MetadataWishes {
    var wishes = MetadataWishes(keepsPlace: place)
    wishes.provenance.prompt = #"<warm> & "nice" ü"# + "\u{1}"
    wishes.provenance.model = "model-9"
    wishes.provenance.gateway = "house"
    wishes.provenance.date = "2026-11-24T20:00:00Z"
    return wishes
  }

  private func finish(
    _ result: PictureBytes? = nil, as format: PictureFormat? = nil, original: PictureBytes? = nil,
    _ change: (inout FinishingOptions) -> Void
  ) throws -> (picture: FinishedPicture, structure: PictureStructure, text: String) {
    var options = FinishingOptions(wanted: format)
    options.metadata = wishes()
    change(&options)
    let picture = try finishResult(
      result ?? self.result, beside: FinishingPictures(original: original ?? self.original), options: options)
    let text = String(decoding: picture.bytes.array, as: UTF8.self)
    return (picture, try PictureStructure.read(picture.bytes), text)
  }

  @Test(arguments: [PictureFormat.jpeg, .png, .webp])
  func `valid metadata is kept, and the file says how it was made`(format: PictureFormat) throws {
    let (picture, structure, text) = try finish(as: format) { $0.fitsSource = true }
    #expect(structure.metadata.sorted { $0.rawValue < $1.rawValue } == [.exif, .xmp])
    #expect(structure.orientation == 1 && structure.size == PixelSize(width: 43, height: 64))
    #expect(structure.attribution == Attribution(creator: "Zoë", copyright: "© Zoë"))
    for word in ["Field 1", "2026:05:01 10:11:12", "+02:00", "Lens 50"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(!text.contains("CANARY"))
    #expect(text.contains("<Iptc4xmpExt:AIPromptInformation>&lt;warm&gt; &amp; \"nice\" ü </"))
    #expect(text.contains("digitalsourcetype/compositeWithTrainedAlgorithmicMedia<"))
    #expect(text.contains("model-9 (house)") && text.contains("2026-11-24T20:00:00Z"))
    #expect(picture.isConverted)
    // The file is still a valid picture.
    #expect(try decodedPixels(picture.bytes.array).size == structure.size)
  }

  @Test func `the GPS position is kept only on request`() throws {
    for keepsPlace in [false, true] {
      let (_, structure, text) = try finish { $0.metadata = wishes(place: keepsPlace) }
      #expect(structure.metadata.contains(.gps) == keepsPlace)
      #expect(!text.contains("CANARY"))
    }
  }

  @Test func `no metadata is written unless requested`() throws {
    let (_, structure, _) = try finish {
      $0.metadata = nil
      $0.fitsSource = true
    }
    #expect(structure.metadata.isEmpty)
  }

  @Test func `the model's own pixels stay as they are coded`() throws {
    let (picture, structure, _) = try finish { _ in }
    #expect(!picture.isConverted && picture.format == .jpeg)
    #expect(structure.cleaned(picture.bytes).array == result.array)
    let generated = try finishResult(
      result,
      options: {
        var options = FinishingOptions()
        options.metadata = MetadataWishes()
        options.metadata?.provenance.isGenerated = true
        return options
      }())
    let text = String(decoding: generated.bytes.array, as: UTF8.self)
    #expect(text.contains("digitalsourcetype/trainedAlgorithmicMedia<"))
  }

  /// In either byte order, which the block keeps.
  @Test func `carried metadata is carried again unchanged`() throws {
    let first = try finish { $0.metadata = wishes(place: true) }.picture.bytes
    let again = try finish(original: first) { $0.metadata = wishes(place: true) }.picture.bytes
    #expect(again.array == first.array)
    let little = Embedded.segment(
      0xE1, Array("Exif\0\0".utf8) + Embedded.exif(orientation: 3), in: result.array)
    let (_, structure, _) = try finish(original: PictureBytes(little)) { _ in }
    // The block had nothing but the orientation, which is already applied.
    #expect(structure.metadata == [.xmp] && structure.orientation == 1)
  }

  @Test func `content credentials stay valid or are reported as lost`() throws {
    let signed = PictureBytes(Embedded.segment(0xEB, Array("JP".utf8) + [0, 0, 0, 0], in: result.array))
    let untouched = try finish(signed) { $0.metadata = nil }
    #expect(untouched.picture.bytes.array == signed.array)
    #expect(untouched.picture.findings.warnings == [])
    for change in [
      { $0.wanted = .png }, { $0.metadata = wishes() }, { $0.fitsSource = true }, { $0.maximumBytes = 4_000 },
    ] as [(inout FinishingOptions) -> Void] {
      let changed = try finish(signed) {
        $0.metadata = nil
        change(&$0)
      }
      #expect(!changed.structure.metadata.contains(.c2pa))
      #expect(changed.picture.findings.warnings.contains(.credentialsRemoved))
    }
    let ended = try finish(PictureBytes(signed.array.dropLast(2))) { $0.metadata = nil }
    #expect(ended.picture.bytes.array == result.array)
    #expect(ended.picture.findings.warnings == [.credentialsRemoved])
  }

  @Test func `a prompt of any length leaves the file valid`() throws {
    for format in [PictureFormat.jpeg, .png, .webp] {
      let (picture, structure, _) = try finish(as: format) {
        $0.metadata?.provenance.prompt = String(repeating: "<&ü", count: 100_000)
      }
      let text = String(decoding: picture.bytes.array, as: UTF8.self)
      #expect(text.contains("…</Iptc4xmpExt:AIPromptInformation>") && text.contains("</x:xmpmeta>"))
      #expect(structure.metadata.contains(.xmp))
      #expect(try decodedPixels(picture.bytes.array).size == PixelSize(width: 86, height: 128))
    }
  }

  @Test func `the readable part of a damaged EXIF block is kept`() throws {
    var generator = SplitMix64(state: 7)
    for _ in 0..<300 {
      var bytes = original.array
      for _ in 0..<6 {
        bytes[Int.random(in: 20..<1_200, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let structure = try? PictureStructure.read(PictureBytes(bytes)) else { continue }
      let block = EXIFBlock(carriedFrom: PictureBytes(bytes), structure, keepsPlace: true)
      #expect(block.encoded.count < 60_000)
    }
  }
}

@Suite struct `A maximum output size in bytes` {
  private let original: PictureBytes
  private let result: PictureBytes

  init() throws {
    original = PictureBytes(try Samples.bytes(Samples.coffee))
    result = try Drift().result(
      of: Image.decode(original, as: .png).copiedToMemory(), PixelSize(width: 1_264, height: 848)
    )
    .encoded(as: .jpeg(quality: 95, halvedChroma: false))
  }

  private func finish(
    _ limit: Int, as format: PictureFormat? = nil, _ change: (inout FinishingOptions) -> Void = { _ in }
  ) throws -> FinishedPicture {
    var options = FinishingOptions(wanted: format)
    options.maximumBytes = limit
    change(&options)
    return try finishResult(result, beside: FinishingPictures(original: original), options: options)
  }

  @Test(.enabled(if: !isFastRun), arguments: [12_000, 60_000, 120_000, 200_000])
  func `the limit holds with every other option, and is used up`(limit: Int) throws {
    for format in [PictureFormat?.none, .jpeg, .webp] {
      for metadata in [MetadataWishes?.none, MetadataWishes()] {
        for fitsSource in [false, true] {
          let picture = try finish(limit, as: format) {
            $0.metadata = metadata
            $0.fitsSource = fitsSource
          }
          #expect(picture.bytes.count <= limit)
          #expect(picture.size == (fitsSource ? PixelSize(width: 600, height: 400) : picture.size))
          if let format { #expect(picture.format == format) }
          // No more is given up than necessary: only with the exact size, or if one more step of quality
          // would exceed the limit.
          if picture.size.width < 1_264, !fitsSource {
            #expect(picture.findings.warnings.contains(.pixelsReduced))
          }
          if !picture.findings.warnings.contains(.pixelsReduced), picture.isConverted, !fitsSource {
            #expect(Double(picture.bytes.count) > 0.75 * Double(limit))
          }
        }
      }
    }
  }

  @Test func `a limit that the model's own file meets changes nothing`() throws {
    let picture = try finish(result.count)
    #expect(picture.bytes.array == result.array && !picture.isConverted)
  }

  @Test func `a picture with an orientation stays upright`() throws {
    let png = try Image.decode(result, as: .jpeg).resized(to: PixelSize(width: 300, height: 200)).encoded(
      as: .png)
    let turned = PictureBytes(Embedded.chunk("eXIf", Embedded.exif(orientation: 6), in: png.array))
    var options = FinishingOptions()
    options.maximumBytes = turned.count - 10
    let picture = try finishResult(turned, options: options)
    #expect(picture.size == PixelSize(width: 200, height: 300))
    #expect(try decodedPixels(picture.bytes.array).size == picture.size)
  }

  @Test func `slightly above what lossless recompression saves, the pixels stay`() throws {
    let packed = try finish(result.count - 1)
    #expect(packed.isConverted && packed.bytes.count < result.count)
    #expect(try decodedPixels(packed.bytes.array).pixels == decodedPixels(result.array).pixels)
  }

  @Test(.enabled(if: !isFastRun))
  func `a lossless picture becomes lossy, unless its file name fixes the format`() throws {
    let png = try Image.decode(result, as: .jpeg).copiedToMemory().encoded(as: .png)
    var options = FinishingOptions()
    options.maximumBytes = 160_000
    let free = try finishResult(png, options: options)
    #expect(free.format == .jpeg && free.size == PixelSize(width: 1_264, height: 848))
    options.wanted = .png
    let named = try finishResult(png, options: options)
    #expect(named.format == .png && named.findings.warnings == [.pixelsReduced])
    #expect(named.bytes.count <= 160_000)
  }

  @Test func `a limit that no encoding of the full size meets is an error with the smallest size`() throws {
    do {
      _ = try finish(20_000, as: .png) { $0.fitsSource = true }
      Issue.record("a PNG of 600×400 is larger")
    } catch FinishingError.capNotReachable(let smallest, let limit, .png) {
      #expect(limit.bytes == 20_000 && smallest.bytes > 200_000)
    }
  }
}

@Suite("Extended: metadata as other programs read it", .enabled(if: isExtendedRun))
struct ExtendedMetadataTests {
  @Test(
    "exiftool accepts the file and finds the fields in it", .enabled(if: Tool.exists("exiftool")),
    arguments: [PictureFormat.jpeg, .png, .webp])
  func exiftool(format: PictureFormat) throws {
    let folder = try TemporaryFolder()
    var options = FinishingOptions(wanted: format)
    options.fitsSource = true
    options.metadata = MetadataWishes(keepsPlace: true)
    options.metadata?.provenance.prompt = "<warm> & \"nice\" ü"
    let result = PictureBytes(try Synthetic.jpeg(PixelSize(width: 86, height: 128)))
    let original = PictureBytes(try Samples.fixture("camera.jpg"))
    let picture = try finishResult(
      result, beside: FinishingPictures(original: original), options: options)
    try folder.write(picture.bytes.array, as: "finished")
    let output = try Tool.run(
      "exiftool", ["-j", "-a", "-G1", "-validate", "-all:all", "-n", folder.file("finished")])
    let objects = try JSONSerialization.jsonObject(with: Data(output)) as? [[String: Any]]
    let fields = try #require(objects?.first).mapValues { "\($0)" }
    #expect(fields["ExifTool:Validate"] == "0 0 0")
    #expect(fields["IFD0:Orientation"] == "1" && fields["IFD0:Artist"] == "Zoë")
    #expect(fields["ExifIFD:DateTimeOriginal"] == "2026:05:01 10:11:12")
    #expect(fields["ExifIFD:LensModel"] == "Lens 50" && fields["ExifIFD:ExposureTime"] == "0.004")
    #expect(fields["ExifIFD:ExifImageWidth"] == "43")
    #expect(fields["GPS:GPSLatitude"] == "48.8")
    #expect(fields["XMP-iptcExt:AIPromptInformation"] == "<warm> & \"nice\" ü")
    #expect(fields["XMP-dc:Rights"] == "© Zoë")
  }
}
