import InProcess
import Finishing
import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite struct `Finishing a returned picture` {
  private let size = PixelSize(width: 60, height: 40)

  @Test func `the model's own bytes are kept if the format matches or is not set`() throws {
    let jpeg = try Synthetic.jpeg(size)
    for wanted in [nil, PictureFormat.jpeg] {
      let finished = try finishResult(PictureBytes(jpeg), options: FinishingOptions(wanted: wanted))
      #expect(finished.bytes.array == jpeg)
      #expect(!finished.isConverted)
      #expect(finished.format == .jpeg)
    }
  }

  @Test(arguments: [PictureFormat.png, .webp])
  func `another format is encoded`(wanted: PictureFormat) throws {
    let finished = try finishResult(
      PictureBytes(try Synthetic.jpeg(size)), options: FinishingOptions(wanted: wanted))
    #expect(finished.isConverted)
    #expect(finished.returned == .jpeg)
    let structure = try PictureStructure.read(finished.bytes)
    #expect(structure.format == wanted)
    #expect(structure.size == size)
  }

  @Test func `a result without its end marker gets one, and nothing else changes`() throws {
    for (whole, end) in [(try Synthetic.jpeg(size), 2), (try Synthetic.png(size), 12)] {
      let cut = PictureBytes(Array(whole.dropLast(end)))
      for wanted in [nil, PictureFormat.png] {
        let expected = try finishResult(PictureBytes(whole), options: FinishingOptions(wanted: wanted))
        let finished = try finishResult(cut, options: FinishingOptions(wanted: wanted))
        #expect(finished.bytes.array == expected.bytes.array)
        #expect(finished.isConverted == expected.isConverted)
      }
    }
  }

  @Test func `an original with a header fault is composited like an intact one`() throws {
    let whole = try Samples.fixture("baseline.jpg")
    let scan = try #require(whole.firstRange(of: [0xFF, 0xDA])).lowerBound
    let numbers = scan + 2 + Int(whole[scan + 3]) - 3
    var odd = whole
    odd.replaceSubrange(numbers..<numbers + 3, with: [0, 0, 0])
    let result = PictureBytes(try Synthetic.jpeg(size))
    var options = FinishingOptions(wanted: .png)
    options.region = PixelArea(left: 8, top: 8, size: PixelSize(width: 16, height: 16))
    let expected = try finishResult(
      result, beside: FinishingPictures(original: PictureBytes(whole)), options: options)
    for original in [odd, Array(whole.dropLast(2)), Array(odd.dropLast(2)) + Array("SEFHtrailer".utf8)] {
      let finished = try finishResult(
        result, beside: FinishingPictures(original: PictureBytes(original)), options: options)
      #expect(finished.bytes.array == expected.bytes.array)
    }
  }

  @Test func `a truncated file, or one that is not a picture, is an error`() throws {
    let jpeg = try Synthetic.jpeg(size)
    #expect(throws: FinishingError.self) {
      try finishResult(PictureBytes(Array(jpeg.dropLast(9))), options: FinishingOptions(wanted: nil))
    }
    #expect(throws: FinishingError.self) {
      try finishResult(PictureBytes(Array("<html>".utf8)), options: FinishingOptions(wanted: nil))
    }
  }
}

@Suite struct `Results are written completely or not at all` {
  private let bytes = PictureBytes([1, 2, 3])

  @Test func `a file appears completely, with nothing beside it`() throws {
    let folder = try TemporaryFolder()
    try OutputFile.write(PictureContent(bytes), to: folder.file("a.jpg"), overwriting: false)
    #expect(folder.names == ["a.jpg"])
    #expect(try folder.read("a.jpg") == [1, 2, 3])
  }

  @Test func `an existing file stays unless it may be replaced`() throws {
    let folder = try TemporaryFolder()
    try folder.write([9], as: "a.jpg")
    #expect(throws: WriteError.exists) {
      try OutputFile.write(PictureContent(bytes), to: folder.file("a.jpg"), overwriting: false)
    }
    #expect(try folder.read("a.jpg") == [9])
    try OutputFile.write(PictureContent(bytes), to: folder.file("a.jpg"), overwriting: true)
    #expect(try folder.read("a.jpg") == [1, 2, 3])
    #expect(folder.names == ["a.jpg"])
  }

  @Test func `overwriting a link replaces the file that it points to`() throws {
    let folder = try TemporaryFolder()
    try folder.write([9], as: "real.jpg")
    symlink("real.jpg", folder.file("link.jpg"))
    try OutputFile.write(PictureContent(bytes), to: folder.file("link.jpg"), overwriting: true)
    #expect(try folder.read("real.jpg") == [1, 2, 3])
    #expect(folder.names == ["link.jpg", "real.jpg"])
  }

  @Test func `file names may be as long as the file system allows, in any script`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "🍌", count: 62) + ".jpg"
    try OutputFile.check(folder.file(name), overwriting: false)
    try OutputFile.write(PictureContent(bytes), to: folder.file(name), overwriting: false)
    #expect(folder.names == [name])
  }

  @Test func `a path that cannot be written leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    try folder.write([9], as: "file")
    mkdir(folder.file("taken.jpg"), 0o700)
    #expect(throws: WriteError.self) {
      try OutputFile.write(PictureContent(bytes), to: folder.file("file/a.jpg"), overwriting: false)
    }
    #expect(throws: WriteError.self) {
      try OutputFile.write(PictureContent(bytes), to: folder.file("taken.jpg"), overwriting: true)
    }
    #expect(throws: WriteError.self) {
      try OutputFile.check(folder.file("taken.jpg"), overwriting: true)
    }
    #expect(folder.names == ["file", "taken.jpg"])
  }

  @Test func `checking changes nothing, and preparing creates the folders but no file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("new/deep/a.jpg")
    try OutputFile.check(path, overwriting: false)
    #expect(folder.names.isEmpty)
    try OutputFile.prepareFolder(of: path)
    #expect(folder.names == ["new"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("new/deep")).isEmpty)
  }
}
