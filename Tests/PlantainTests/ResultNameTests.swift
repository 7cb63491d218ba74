import Finishing
import Foundation
import Imaging
import PictureFormats
import Ledger
import PlantainSimulator
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Names of pictures and results` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Each picture has different pixels, so that it is a separate job.
  private func write(_ names: String...) throws {
    for name in names {
      try OutputFile.createFolder(Path(folder.file(name)).parent)
      let sum = name.utf8.reduce(0) { $0 + Int($1) }
      try folder.write(Synthetic.jpeg(PixelSize(width: 32, height: 24 + sum % 999)), as: name)
    }
  }

  private func manifest(_ names: [String]? = nil, prompt: String = "x") throws -> Manifest {
    let defaults = Manifest.Defaults(prompt: prompt, folder: folder.file("out"))
    if let names { return try Manifest(pictures: names.map(folder.file), defaults, for: .google) }
    return try Manifest(reading: folder.file("in"), defaults, for: .google)
  }

  private func run(_ body: @Sendable (Editor) async throws -> Void) async throws {
    try await Scenario(in: folder).simulated(key: .value(.simulated)) { editor, _ in try await body(editor) }
  }

  private func stems(_ manifest: Manifest) -> [String?] {
    manifest.items.map { $0.place.map { Path($0).name } }
  }

  @Test func `equal stems are told apart by whole file names`() throws {
    try write("in/a.jpg", "in/a.png", "in/b.jpg", "in/a.png.jpg", "other/a.jpg")
    let found = try manifest()
    #expect(found.problems.isEmpty)
    #expect(stems(found) == ["a.jpg.edited", "a.png.edited", "a.png.jpg.edited", "b.edited"])
    // Two files of the same name still collide.
    let twins = try manifest(["in/a.jpg", "other/a.jpg"])
    #expect(twins.problems.count == 1)
    #expect(
      twins.problems[0].message.contains("in/a.jpg") && twins.problems[0].message.contains("other/a.jpg"))
    #expect(!twins.problems[0].message.contains("line"))
  }

  @Test func `a name stays with the picture that got it first`() async throws {
    try write("in/a.jpg", "in/b.jpg")
    try await run { editor in
      _ = try await Batch(editor).run(try manifest())
      #expect(folder.names(in: "out") == ["a.edited.jpg", "b.edited.jpg"])
      try write("in/a.png")
      #expect(try await Batch(editor).run(try manifest()).done == 1)
      #expect(folder.names(in: "out") == ["a.edited.jpg", "a.png.edited.jpg", "b.edited.jpg"])
      // Also when it is made again, and when no other picture is left.
      try FileManager.default.removeItem(atPath: folder.file("out"))
      #expect(try await Batch(editor, again: .yes).run(try manifest()).done == 3)
      #expect(folder.names(in: "out") == ["a.edited.jpg", "a.png.edited.jpg", "b.edited.jpg"])
      try FileManager.default.removeItem(atPath: folder.file("out"))
      try FileManager.default.removeItem(atPath: folder.file("in/a.jpg"))
      #expect(try await Batch(editor).run(try manifest(prompt: "another")).done == 2)
      #expect(folder.names(in: "out") == ["a.png.edited.jpg", "b.edited.jpg"])
    }
  }

  @Test func `results beside their pictures are recognized by whole names, too`() throws {
    try write("a.jpg", "a.png", "a.png.edited.jpg", "a.jpg.edited-2.jpg", "a.heic.edited.jpg")
    let manifest = try Manifest(reading: folder.path, Manifest.Defaults(prompt: "{name}"), for: .google)
    #expect(manifest.items.map(\.prompt) == ["a.heic.edited.jpg", "a.jpg", "a.png"])
  }

  /// Decomposed as macOS stores names, and composed as they are typed.
  private static let forms = [
    ("u\u{308}/e\u{301}a.jpg", "\u{FC}/\u{E9}a.jpg"), ("\u{AC00}.jpg", "\u{1100}\u{1161}.jpg"),
  ]

  @Test(arguments: [true, false]) func `a name in another normal form is found`(isComposed: Bool) throws {
    for (one, other) in Self.forms {
      let (disk, list) = isComposed ? (other, one) : (one, other)
      try write(disk)
      #expect(!FileManager.default.fileExists(atPath: folder.file(list)))
      let line = #"{"references": ["\#(list)"], "prompt": "{stem}"}"#
      try folder.write(Array(line.utf8), as: "m.jsonl")
      let manifest = try Manifest(reading: folder.file("m.jsonl"), Manifest.Defaults(), for: .google)
      #expect(manifest.problems.isEmpty, "\(manifest.problems)")
      // Spelled as in the manifest: a job's key does not depend on the disk.
      let stem = try #require(list.split(separator: "/").last?.dropLast(4))
      #expect(try Array(#require(manifest.items.first).prompt.utf8) == Array(stem.utf8))
      #expect(try Reference.file(folder.file(list)).read().array == folder.read(disk))
      #expect(Path(folder.file(list)).onDisk?.string == folder.file(disk))
      let plan = try OutputPlan(manifest.items[0].options, first: manifest.items[0].references[0])
      let parent = Path(folder.file(disk)).parent.string
      #expect(try Array(#require(plan.entry).path.utf8.prefix(parent.utf8.count)) == Array(parent.utf8))
    }
    #expect(Path(folder.file("\u{FC}/none.jpg")).onDisk == nil)
    #expect(Path(folder.file("no\u{308}ne.jpg")).onDisk == nil)
  }

  @Test(arguments: [
    "\u{FC}/\u{E9}*.jpg", "*/\u{E9}?.j[op]g", "[x\u{FC}]/[!e]a.jpg", "u\u{308}/[\u{E8}-\u{EA}]*",
    "\\\u{FC}/*a*.*g",
  ])
  func `a pattern in another normal form matches`(pattern: String) throws {
    try write("u\u{308}/e\u{301}a.jpg", "u\u{308}/o\u{308}b.jpg", "u/ea.jpg")
    let manifest = try manifest([pattern])
    #expect(manifest.items.map(\.references[0].fileName) == ["\u{E9}a.jpg"])
    for other in ["\u{E9}/*.jpg", "\u{FC}*.jpg", "*/[!\u{E9}\u{F6}].jpg", "\u{FC}/[\u{E9}"] {
      #expect(throws: PlantainError.self) { try self.manifest([other]) }
    }
  }

  @Test func `a folder that has changed is read again`() throws {
    #expect(Path(folder.file("e\u{301}.jpg")).onDisk == nil)
    try write("\u{E9}.jpg")
    #expect(Path(folder.file("e\u{301}.jpg")).onDisk != nil)
  }

  @Test func `two names that differ only in normal form are two pictures`() throws {
    try write("in/\u{E9}.jpg", "in/e\u{301}.jpg")
    guard folder.names(in: "in").count == 2 else { return }
    let found = try manifest()
    #expect(found.problems.isEmpty && found.items.count == 2)
  }

  @Test func `messages about pictures name them`() throws {
    try write("in/a.jpg")
    let missing = try manifest(["in/a.jpg", "in/none.jpg"])
    #expect(missing.problems.map(\.message) == ["the file \(folder.file("in/none.jpg")) does not exist"])
    #expect(missing.problems[0].subject == folder.file("in/none.jpg"))
    #expect(missing.items.map(\.name) == [folder.file("in/a.jpg")])
    let bad = try manifest(prompt: "{who}")
    #expect(bad.problems.map { $0.message.hasPrefix("\(folder.file("in"))/a.jpg: ") } == [true])
  }

  private func template(_ text: String, in folder: String? = nil) throws -> Manifest.Defaults {
    var options = EditOptions()
    options.outputTemplate = try NameTemplate(text)
    return Manifest.Defaults(options: options, prompt: "x", folder: folder)
  }

  private func places(_ manifest: Manifest) -> [String?] {
    manifest.items.map { $0.place.map { $0.replacing(folder.path + "/", with: "") } }
  }

  @Test func `subfolders keep their order, and hidden folders and result folders are left out`()
    throws
  {
    try write("in/b.jpg", "in/sub/a.jpg", "in/sub/deep/c.png", "in/.git/d.jpg", "in/out/sub/a.edited.jpg")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("in/loop"), withDestinationPath: folder.file("in"))
    let defaults = Manifest.Defaults(prompt: "x", folder: folder.file("in/out"))
    #expect(try Manifest(reading: folder.file("in"), defaults, for: .google).items.count == 1)
    for name in [folder.file("in"), folder.file("in/")] {
      let found = try Manifest(reading: name, defaults, for: .google, isRecursive: true)
      #expect(
        places(found) == ["in/out/b.edited", "in/out/sub/a.edited", "in/out/sub/deep/c.edited"])
    }
    // Several folders keep their own names, too, and results in another folder are still results.
    let both = try Manifest(
      pictures: [folder.file("in/sub"), folder.file("in/out")],
      Manifest.Defaults(prompt: "x", folder: folder.file("made")), for: .google, isRecursive: true)
    #expect(places(both) == ["made/sub/a.edited", "made/sub/deep/c.edited"])
    try folder.write(Array("{}".utf8), as: "m.jsonl")
    #expect(throws: PlantainError.self) {
      try Manifest(reading: folder.file("m.jsonl"), defaults, for: .google, isRecursive: true)
    }
  }

  @Test func `a template names results by their pictures and by table columns`() throws {
    try write("in/a.jpg", "in/a.png")
    let beside = try Manifest(reading: folder.file("in"), template("{stem}-warm.{ext}"), for: .google)
    #expect(places(beside) == ["in/a.jpg-warm", "in/a.png-warm"])
    let numbered = try Manifest(
      reading: folder.file("in"), template("{n}/{name}.webp", in: folder.file("out")), for: .google)
    #expect(places(numbered) == ["out/1/a.jpg.webp", "out/2/a.png.webp"])
    let table = """
      references,sku,output,output-template
      in/a.jpg,../../x,,
      in/a.jpg,B 7,,
      in/a.jpg,,mine.png,
      in/a.jpg,C,,{sku}.png
      """
    try folder.write(Array(table.utf8), as: "m.csv")
    let rows = try Manifest(
      reading: folder.file("m.csv"), template("{sku}_{stem}", in: folder.file("out")), for: .google)
    #expect(
      places(rows) == ["out/..-..-x_a", "out/B 7_a", "out/mine.png", "out/C.png"], "\(rows.problems)")
  }

  @Test func `an invalid template is refused once`() throws {
    try write("in/a.jpg", "in/b.jpg")
    for text in ["{who}-{stem}.{ext}", "{id}.{ext}"] {
      let error = #expect(throws: PlantainError.self) {
        _ = try Manifest(reading: folder.file("in"), template(text), for: .google).problems.first.map {
          throw $0
        }
      }
      #expect(error?.hint?.contains("{stem}") == true, "\(text)")
    }
    for text in ["", "/{stem}.{ext}", "{stem}/", "{ext}/{stem}", ".{ext}"] {
      #expect(throws: PlantainError.self, "\(text)") { try NameTemplate(text) }
    }
    // Each result would replace its picture.
    let same = try Manifest(reading: folder.file("in"), template("{stem}.{ext}"), for: .google)
    #expect(same.problems.count == 2 && same.problems[0].message.contains("replace"))
    let one = try Manifest(reading: folder.file("in"), template("all.{ext}"), for: .google)
    #expect(one.problems.count == 1)
  }

  @Test func `results of a template beside their pictures are not edited in turn`() throws {
    try write("in/a.jpg", "in/a-warm.jpg", "in/b.jpg", "in/b-warm-2.jpg", "in/cold-warm.jpg")
    let found = try Manifest(reading: folder.file("in"), template("{stem}-warm.{ext}"), for: .google)
    #expect(found.items.map { $0.references[0].fileName } == ["a.jpg", "b.jpg", "cold-warm.jpg"])
    try write("in2/a.jpg", "in2/x 2 a.jpg", "in2/x 1 z.jpg")
    let numbered = try Manifest(reading: folder.file("in2"), template("x {n} {stem}.jpg"), for: .google)
    #expect(numbered.items.map { $0.references[0].fileName } == ["a.jpg", "x 1 z.jpg"])
    // A camera's numbers are not result numbers.
    try write("in3/IMG_0001.JPG", "in3/IMG_0002.JPG", "in3/IMG_1234.JPG")
    let camera = try Manifest(reading: folder.file("in3"), template("IMG_{n}.jpg"), for: .google)
    #expect(camera.items.count == 3)
  }

  @Test func `colliding outputs of several pictures, or of a comparison, are found`() throws {
    try write("a.jpg")
    let lines = [
      #"{"references": ["a.jpg"], "prompt": "x", "output": "x.png", "count": 2}"#,
      #"{"references": ["a.jpg"], "prompt": "y", "output": "x-1.png"}"#,
      #"{"references": ["a.jpg"], "prompt": "z", "output": "x.png", "fit-source": true, "compare": "c.png"}"#,
      #"""
      {"references": ["a.jpg"], "prompt": "w", "output": "w.png", "fit-source": true, \#
      "compare": "./c.png"}
      """#,
    ]
    try folder.writeManifest(lines)
    let found = try Manifest(
      reading: folder.file("m.jsonl"), Manifest.Defaults(folder: folder.path), for: .google)
    #expect(found.problems.count == 3, "\(found.problems)")
  }

  @Test func `existing outputs are left, counted, and not paid for`() async throws {
    try write("in/a.jpg", "in/b.jpg", "in/c.jpg", "out/a.edited.webp")
    try write("in/d.jpg")
    // The same picture under another name. One of the two results exists.
    try FileManager.default.copyItem(atPath: folder.file("in/d.jpg"), toPath: folder.file("in/e.jpg"))
    try write("out/d.edited.png")
    try await run { editor in
      let batch = Batch(editor, skippingExisting: true)
      #expect(try await batch.plan(try manifest()).jobs == 3)
      let summary = try await batch.run(try manifest())
      #expect(summary.done == 3 && summary.skipped == 2 && summary.billed == 3, "\(summary)")
      #expect(summary.exitStatus == 0)
      let again = try await batch.run(try manifest())
      #expect(again.skipped == 5 && again.done == 0)
    }
    #expect(
      folder.names(in: "out") == [
        "a.edited.webp", "b.edited.jpg", "c.edited.jpg", "d.edited.png", "e.edited.jpg",
      ])
  }
}
