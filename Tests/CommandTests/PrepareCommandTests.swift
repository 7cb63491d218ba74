import Foundation
import TestSupport
import Testing
import Core

@Suite(.endsInTime) struct `plantain prepare and inspect` {
  @Test func `a data URI has the prepared picture`() async throws {
    let outcome = try await Command().run("prepare", Samples.portrait, "--data-uri", "--quiet")
    #expect(outcome.status == 0)
    let uri = try #require(outcome.lines.first)
    #expect(uri.hasPrefix("data:image/jpeg;base64,"))
    let bytes = try #require(Data(base64Encoded: String(uri.dropFirst(23))))
    #expect(try decodedPixels([UInt8](bytes)).size == PixelSize(width: 384, height: 512))
  }

  @Test func `--base64 prints the picture as Base64 alone`() async throws {
    let outcome = try await Command().run(
      "prepare", Samples.coffee, "--base64", "--format", "webp", "--quiet")
    let bytes = try #require(Data(base64Encoded: outcome.text.filter { $0 != "\n" }))
    #expect(bytes.prefix(4) == Data("RIFF".utf8))
  }

  @Test func `files are written into a folder within the byte limit, and reported`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path).run(
      "prepare", Samples.portrait, Samples.rocket, Samples.coffee, "-o", "made", "--max-bytes", "20KB",
      "--max-edge", "300", "--json")
    #expect(outcome.status == 0)
    let objects = try outcome.objects()
    #expect(objects.map { $0["source"] as? String } == [Samples.portrait, Samples.rocket, Samples.coffee])
    for object in objects {
      let name = try #require(object["output"] as? String)
      let file = try folder.read(name)
      #expect(file.count == object["bytes"] as? Int)
      #expect(file.count <= 20_000)
      let edges = [object["width"] as? Int, object["height"] as? Int].compactMap(\.self)
      #expect(edges.count == 2)
      #expect(edges.allSatisfy { $0 <= 300 })
      #expect(object["passthrough"] as? Bool == false)
      #expect(object["base64Bytes"] as? Int == (file.count + 2) / 3 * 4)
    }
  }

  @Test func `inspect reports the same as the library`() async throws {
    let outcome = try await Command().run("inspect", Samples.portrait, "--json")
    let object = try #require(try outcome.objects().first)
    #expect(object["width"] as? Int == 512)
    #expect(object["orientation"] as? Int == 6)
    #expect(object["metadata"] as? [String] == ["exif", "gps"])
    let plan = try #require(object["plan"] as? [[String: Any]])
    #expect(plan.map { $0["step"] as? String } == ["strip", "rotate-lossless"])
    #expect((object["color"] as? [String: Any])?["alpha"] as? Bool == false)
  }

  @Test func `a bad picture is reported in its order, and the first failure sets the exit status`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Array("hello".utf8), as: "text.jpg")
    let outcome = try await Command(folder: folder.path).run(
      "prepare", Samples.coffee, "missing.jpg", "text.jpg", Samples.rocket, "--json")
    #expect(outcome.status == 66)
    let objects = try outcome.objects()
    #expect(objects.map { $0["error"] != nil } == [false, true, true, false])
    let error = try #require(objects[1]["error"] as? [String: Any])
    #expect(error["exit"] as? Int == 66)
    #expect(error["subject"] as? String == "missing.jpg")
    #expect(error["billed"] as? String == "no")
  }

  @Test func `one picture is written to the named file in that file's format`() async throws {
    let folder = try TemporaryFolder()
    let command = Command(folder: folder.path)
    for (name, start) in [("small.jpg", "\u{FF}\u{D8}"), ("a/b/small.PNG", "\u{89}PNG"), ("x.webp", "RIFF")] {
      let outcome = try await command.run(
        "prepare", Samples.coffee, "-o", name, "--max-edge", "60", "--json")
      let object = try #require(try outcome.objects().first)
      #expect(outcome.status == 0 && object["output"] as? String == name)
      let bytes = try folder.read(name)
      #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }))
      #expect(try decodedPixels(bytes).size.longestEdge == 60)
    }
    #expect(try await command.run("prepare", Samples.rocket, "-o", "small.jpg").status == 73)
    #expect(try await command.run("prepare", Samples.rocket, "-o", "small.jpg", "--overwrite").status == 0)
  }

  @Test func `an output name without a picture extension is a folder`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("there.jpg"), withIntermediateDirectories: false)
    let command = Command(folder: folder.path)
    for name in ["made", "made.v2", "there.jpg", "new.jpg/"] {
      let outcome = try await command.run("prepare", Samples.coffee, "-o", name, "--quiet")
      #expect(outcome.lines == [name.hasSuffix("/") ? name + "coffee.png" : name + "/coffee.png"])
    }
  }

  @Test(arguments: [
    ["-o", "small.jpg", Samples.rocket], ["-o", "small.tif"], ["-o", "small.bmp"], ["-o", ""],
    ["-o", "small.png", "--format", "jpeg"], ["-o", "small.webp", "--gateway", "myrouter"],
  ])
  func `an output file that contradicts the other options is refused`(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path).run(["prepare", Samples.coffee] + arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(folder.names.isEmpty)
  }

  @Test func `equal stems are told apart by whole file names`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.coffee), as: "a.png")
    try folder.write(Samples.bytes(Samples.rocket), as: "a.jpg")
    let outcome = try await Command(folder: folder.path).run("prepare", "a.png", "a.jpg", "-o", "out")
    #expect(outcome.lines == ["out/a.png.png", "out/a.jpg.jpg"])
  }

  @Test func `after two dashes a file name may begin with data`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.rocket), as: "data:image.jpg")
    let command = Command(folder: folder.path)
    let outcome = try await command.run("prepare", "-o", "out", "--", "data:image.jpg")
    #expect(outcome.lines == ["out/data:image.jpg"])
    let without = try await command.run("prepare", "data:image.jpg")
    #expect(without.status == 65 && without.errors.contains("./data:image.jpg"))
    #expect(try await command.run("inspect", "--", "data:none.jpg").status == 66)
    let uri =
      "data:image/jpeg;base64,"
      + Data(try Synthetic.jpeg(PixelSize(width: 9, height: 9))).base64EncodedString()
    #expect(try await command.run("inspect", "--", uri).status == 0)
    let batch = try await command.run(
      "batch", "-p", "x", "--gateway", "simulator", "--dry-run", "--", "data:image.jpg")
    #expect(batch.status == 0 && batch.text.contains("data:image.jpg: would send"))
  }

  @Test func `output names that collide are refused before any work`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.coffee), as: "coffee.png")
    let outcome = try await Command(folder: folder.path).run(
      "prepare", Samples.coffee, "coffee.png", "-o", "made")
    #expect(outcome.status == 64)
    #expect(folder.names == ["coffee.png"])
  }

  @Test func `a requested ratio is applied, and the report says where the picture is`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Command(folder: folder.path).run(
      "prepare", Samples.portrait, "--fit", "pad", "--aspect", "1:1", "-o", "made", "--json")
    #expect(outcome.status == 0)
    let object = try #require(try outcome.objects().first)
    #expect(object["width"] as? Int == 512)
    #expect(object["height"] as? Int == 512)
    let geometry = try #require(object["geometry"] as? [String: Any])
    #expect(geometry["offsetX"] as? Int == 64)
    #expect(geometry["offsetY"] as? Int == 0)
    #expect(geometry["scaleX"] as? Double == 1)
  }

  @Test(arguments: [
    ["--fit", "crop"], ["--aspect", "1:1"], ["--nearest"], ["--fit", "stretch", "--aspect", "1:1"],
    ["--fit", "pad", "--aspect", "0:1"], ["--model", "x"],
  ])
  func `options without any effect are refused`(options: [String]) async throws {
    let outcome = try await Command().run(["prepare", Samples.coffee] + options)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [
    ["a.png", "-o", "."], ["a.png", "-o", ".", "--overwrite"], ["a.png", "-o", "a.png", "--overwrite"],
    ["sub/link.png", "-o", ".", "--overwrite", "--output-template", "a.png"],
    ["b.png", "a.png", "-o", ".", "--overwrite", "--output-template", "a{n}.{ext}"],
    ["a.png", "--output-template", "{name}", "--overwrite"],
  ])
  func `no input picture is overwritten by a result`(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let coffee = try Samples.bytes(Samples.coffee)
    for name in ["a.png", "b.png", "a1.png"] { try folder.write(coffee, as: name) }
    try FileManager.default.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: false)
    try FileManager.default.linkItem(atPath: folder.file("a.png"), toPath: folder.file("sub/link.png"))
    let more = arguments.contains("b.png") ? ["a1.png"] : []
    let outcome = try await Command(folder: folder.path)
      .run(["prepare"] + arguments + more + ["--max-edge", "60"])
    #expect(outcome.status == 73, "\(outcome.errors)")
    #expect(outcome.errors.contains("itself") && outcome.errors.contains("--in-place"))
    for name in ["a.png", "b.png", "a1.png"] { #expect(try folder.read(name) == coffee) }
  }

  @Test(arguments: [["--in-place"], ["-o", ".", "--in-place"]])
  func `--in-place replaces pictures in their own formats`(arguments: [String])
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Samples.bytes(Samples.coffee), as: "a.png")
    try folder.write(Samples.bytes(Samples.rocket), as: "b.jpg")
    let outcome = try await Command(folder: folder.path)
      .run(["prepare", "a.png", "b.jpg", "--max-edge", "60", "--format", "auto"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for name in ["a.png", "b.jpg"] { #expect(try decodedPixels(folder.read(name)).size.longestEdge == 60) }
    #expect(try folder.read("a.png").starts(with: [0x89]) && folder.read("b.jpg").starts(with: [0xFF]))
    #expect(folder.names == ["a.png", "b.jpg"])
    // A picture that cannot be replaced, and one that cannot be written, fail alone.
    try folder.write(Samples.fixture("fields.gif"), as: "c.gif")
    let some = try await Command(folder: folder.path).run(
      "prepare", "c.gif", "data:image/png;base64,AAAA", "a.png", "--in-place", "--max-edge", "30")
    #expect(some.status == 64 && some.lines == ["a.png"], "\(some.errors)")
  }

  @Test func `without an output prepare only reports, and says so`() async throws {
    let help = try await Command().run("help", "prepare")
    #expect(
      help.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("nothing is written"))
    let outcome = try await Command().run("prepare", Samples.coffee)
    #expect(
      outcome.status == 0 && outcome.errors.contains("nothing was written") && outcome.errors.contains("-o"))
    let shown = try await Command().run("prepare", Samples.coffee, "--base64")
    #expect(!shown.errors.contains("nothing was written"))
  }

  @Test func `folders and patterns are expanded to their pictures`() async throws {
    let folder = try TemporaryFolder()
    let coffee = try Samples.bytes(Samples.coffee)
    for name in ["in/sub", "in/.git"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    for name in ["in/a.png", "in/b.PNG", "in/sub/a.png", "in/words.txt", "in/.git/c.png"] {
      try folder.write(coffee, as: name)
    }
    let command = Command(folder: folder.path)
    let plain = try await command.run("prepare", "in/", "-o", "one")
    #expect(plain.lines == ["one/a.png", "one/b.png"])
    let pattern = try await command.run("prepare", "in/[a-b].*", "none*.png", "-o", "two", "--json")
    #expect(pattern.status == 66)
    #expect(try pattern.objects().map { $0["output"] as? String } == ["two/a.png", "two/b.png", nil])
    for _ in 0..<2 {
      let tree = try await command.run("prepare", "in", "--recursive", "-o", "in/out", "--overwrite")
      #expect(tree.lines == ["in/out/a.png", "in/out/b.png", "in/out/sub/a.png"], "\(tree.errors)")
    }
    let inspected = try await command.run("inspect", "in", "in/sub/*", "--json")
    #expect(
      try inspected.objects().map { $0["source"] as? String } == ["in/a.png", "in/b.PNG", "in/sub/a.png"])
    #expect(try await command.run("inspect", "in/.git/..", "--recursive", "--json").lines.count == 6)
    #expect(try await command.run("prepare", "in", "-o", "x.jpg").status == 64)
  }

  @Test func `a template names the output files, and existing files are skipped`() async throws {
    let folder = try TemporaryFolder()
    for name in ["a.png", "b.png"] { try folder.write(Samples.bytes(Samples.coffee), as: name) }
    let command = Command(folder: folder.path)
    let made = try await command.run("prepare", "a.png", "--output-template", "{stem}-{n}.webp")
    #expect(made.lines == ["a-1.webp"], "\(made.errors)")
    #expect(try folder.read("a-1.webp").starts(with: "RIFF".utf8))
    try folder.write([1, 2, 3], as: "a-small.jpg")
    let rest = try await command.run(
      "prepare", "a.png", "none.png", "b.png", "--output-template", "{stem}-small.{ext}", "--skip-existing",
      "--json")
    let objects = try rest.objects()
    #expect(rest.status == 66 && objects.map { $0["skipped"] as? String } == ["exists", nil, nil])
    #expect(objects.map { $0["output"] as? String } == ["a-small.jpg", nil, "b-small.png"])
    #expect(try folder.read("a-small.jpg") == [1, 2, 3])
    let one = try await command.run("prepare", "b.png", "-o", "a-small.jpg", "--skip-existing")
    #expect(one.status == 0 && one.lines.isEmpty, "\(one.errors)")
    #expect(try folder.read("a-small.jpg") == [1, 2, 3])
    for arguments in [
      ["--output-template", "{who}.{ext}"], ["--output-template", "all.{ext}"],
      ["--output-template", "{stem}.gif"],
      ["-o", "x.png", "--output-template", "{stem}.{ext}"], ["--skip-existing"],
      ["-o", "out", "--skip-existing", "--overwrite"],
    ] {
      let outcome = try await command.run(["prepare", "a.png", "b.png"] + arguments)
      #expect(outcome.status == 64, "\(arguments): \(outcome.errors)")
    }
  }
}
