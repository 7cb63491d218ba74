import Finishing
import Foundation
import Ledger
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Partly failed edits` {
  private func reference() throws -> Reference {
    .bytes(PictureBytes(try Synthetic.jpeg(PixelSize(width: 96, height: 64))), name: "p")
  }

  private func options(_ folder: TemporaryFolder, count: Int) -> EditOptions {
    editOptions {
      $0.output = .file(folder.file("out.jpg"))
      $0.count = count
    }
  }

  @Test func `one request of three with an unknown outcome is reported`() async throws {
    let ledger = try TemporaryFolder()
    let lost = fault { $0.connection = .resetReply }
    try await withSimulator(faults: [lost]) { simulator in
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: ledger
      ) { editor in
        let result = try await editor.edit(
          "x", references: [reference()], options: options(ledger, count: 3))
        #expect(result.images.count == 2)
        #expect(result.warnings.contains(.outcomeUnknown))
        #expect(result.attempts.map(\.state).sorted() == ["ambiguous", "done", "done"])
        // All three may have been billed.
        #expect(result.cost.amount == 3 * 0.055)
      }
      #expect(await simulator.counts.received == 3)
    }
  }

  @Test func `one unbilled request of three is not counted`() async throws {
    let ledger = try TemporaryFolder()
    try await withSimulator(faults: [fault { $0.status = 401 }]) { simulator in
      try await withTestEditor(
        gateway: .apiyi, key: key, baseURL: simulator.baseURL(for: .apiyi), ledger: ledger
      ) { editor in
        let result = try await editor.edit(
          "x", references: [reference()], options: options(ledger, count: 3))
        #expect(result.images.count == 2)
        #expect(!result.warnings.contains(.outcomeUnknown))
        #expect(result.warnings.contains(.fewerPictures))
        // 1,120 tokens for each picture in or out, and one for the word in each request.
        #expect(result.reply.usage?.totalTokens == 4 * 1_120 + 2)
        #expect(result.cost.amount == 2 * 0.055)
      }
    }
  }

  /// Even if files may be replaced: the existing ones are this edit's own results, and paid for.
  @Test(arguments: [true, false])
  func `a recovered result is written beside existing files`(overwrites: Bool) async throws {
    let folder = try TemporaryFolder()
    for name in ["out.jpg", "out-1.jpg"] { try folder.write(Array("paid for".utf8), as: name) }
    let place = EditEntry.Output(
      path: folder.file("out.jpg"), isFile: true, overwrites: overwrites, format: nil)
    let plan = OutputPlan(place, comparison: nil, written: 2)
    try plan.check()
    try plan.prepareFolder()
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 8, height: 8)))
    let finished = try await ImageProcessor.inProcess.finish(picture, FinishingOptions(wanted: nil))
    let paths = try plan.write([finished, finished])
    #expect(paths == [folder.file("out-3.jpg"), folder.file("out-4.jpg")])
    #expect(try folder.read("out.jpg") == Array("paid for".utf8))
    #expect(try folder.read("out-1.jpg") == Array("paid for".utf8))
  }

  /// By the requested count, not by the number received.
  @Test(arguments: [1, 2, 4]) func `each of several results has a numbered name`(come: Int) async throws {
    let folder = try TemporaryFolder()
    let picture = PictureBytes(try Synthetic.png(PixelSize(width: 8, height: 8)))
    let finished = try await ImageProcessor.inProcess.finish(picture, FinishingOptions(wanted: nil))
    var options = EditOptions()
    for (output, template, names) in [
      (EditOptions.Output.file(folder.file("many.PNG")), nil, (1...4).map { "many-\($0).PNG" }),
      (.folder(folder.path), nil, (1...4).map { "p.edited-\($0).png" }),
      (.folder(folder.path), "{n} of {stem}.{ext}", (1...4).map { "\($0) of p.png" }),
    ] {
      options.output = output
      options.outputTemplate = try template.map { text throws(PlantainError) in try NameTemplate(text) }
      options.count = 3
      let plan = try OutputPlan(options, first: reference())
      try plan.check()
      let paths = try plan.write([FinishedPicture](repeating: finished, count: come))
      #expect(paths == names.prefix(come).map(folder.file))
      // The paths that were checked before, and no others.
      #expect(throws: PlantainError.self) { try plan.check() }
      // A single result has no number.
      options.count = 1
      if template == nil {
        #expect(throws: Never.self) { try OutputPlan(options, first: reference()).check() }
      }
    }
  }

  @Test func `the rest of a numbered edit continues its numbers`() async throws {
    let folder = try TemporaryFolder()
    let place = EditEntry.Output(
      path: folder.file("{n}-a.png"), isFile: true, overwrites: false, format: "image/png")
    let picture = PictureBytes(try Synthetic.png(PixelSize(width: 8, height: 8)))
    let finished = try await ImageProcessor.inProcess.finish(picture, FinishingOptions(wanted: nil))
    let plan = OutputPlan(place, asked: 3, comparison: nil, written: 1)
    #expect(try plan.write([finished, finished]) == [folder.file("2-a.png"), folder.file("3-a.png")])
  }

  @Test(arguments: [Fault.Connection.cutReply, .stallReply])
  func `an incomplete reply stays incomplete`(connection: Fault.Connection) async throws {
    let ledger = try TemporaryFolder()
    try await Scenario(in: ledger).simulated([fault { $0.connection = connection }]) { editor, _ in
      var options = options(ledger, count: 1)
      options.timeout = .seconds(4)
      let settled = options
      let picture = try reference()
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: [picture], options: settled)
      }
      let id = try #require(error?.editID)
      let history = try History(ledger: .file(ledger.file("ledger.sqlite")))
      #expect(try await history.edit(id).billed == "yes")
      for _ in 0..<2 {
        let again = await #expect(throws: PlantainError.self) { try await editor.replay(id) }
        #expect(again?.code == .outcomeUnknown, "\(String(describing: again))")
        #expect(try await history.edit(id).state == "ambiguous")
      }
    }
  }

  @Test func `the ledger records the route that an edit finally used`() async throws {
    let ledger = try TemporaryFolder()
    let refused = fault {
      $0.gateway = "apiyi"
      $0.status = 401
    }
    try await withSimulator(faults: [refused]) { simulator in
      let routes = try [Gateway.apiyi, .google].map {
        try Route($0, key: key, baseURL: simulator.baseURL(for: $0))
      }
      let result = try await withTestEditor(routes: routes, ledger: ledger) { editor in
        try await editor.edit("x", references: [reference()], options: options(ledger, count: 1))
      }
      let entry = try await History(ledger: .file(ledger.file("ledger.sqlite"))).edit(result.id)
      #expect(entry.gateway == "google")
      #expect(entry.cost.amount == 0.0336)
      #expect(entry.attempts.map(\.gateway) == ["apiyi", "google"])
    }
  }

  @Test func `a URL with a password is not passed on`() async throws {
    let ledger = try TemporaryFolder()
    try await withTestEditor(
      gateway: .gccai, key: key, baseURL: "https://images.example.com", ledger: ledger
    ) { editor in
      let settled = options(ledger, count: 1)
      let references = [try reference(), .url("https://me:secret-77@example.com/a.jpg")]
      let error = await #expect(throws: PlantainError.self) {
        try await editor.edit("x", references: references, options: settled)
      }
      #expect(error?.exitStatus == 66)
      #expect(!"\(String(describing: error))".contains("secret-77"))
    }
  }
}
