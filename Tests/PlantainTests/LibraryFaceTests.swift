import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

/// What a program that imports the library uses beside `edit`.
@Suite(.endsInTime) struct `Foundation's types` {
  @Test func `a file URL is a path, whatever is in its name`() throws {
    for path in ["/tmp/a b.jpg", "/tmp/50%.jpg", "/tmp/ü?#.png"] {
      guard case .file(let found) = Reference(URL(filePath: path)) else {
        Issue.record("\(path) is no file")
        continue
      }
      #expect(found == path)
    }
    let odd = try #require(URL(string: "file:///tmp/%FF.jpg"))
    guard case .mangled = Reference(odd) else {
      Issue.record("a name that is not UTF-8 would open another file: \(Reference(odd))")
      return
    }
  }

  @Test func `other URLs are addresses, and data URLs their own content`() throws {
    let address = try #require(URL(string: "https://a.example/b.jpg?x=1"))
    guard case .url("https://a.example/b.jpg?x=1") = Reference(address) else {
      Issue.record("\(Reference(address))")
      return
    }
    let inline = try #require(URL(string: "data:image/png;base64,iVBORw0KGgo="))
    guard case .dataURI = Reference(inline) else {
      Issue.record("\(Reference(inline))")
      return
    }
  }

  @Test func `data is edited, and the results are data and files`() async throws {
    let folder = try TemporaryFolder()
    let picture = Data(try Samples.bytes(Samples.rocket))
    let result = try await withSimulator { simulator in
      try await withTestEditor(gateway: .apiyi, key: key, baseURL: simulator.baseURL) {
        try await $0.edit("warm", references: [Reference(picture, name: "launch.jpg")])
      }
    }
    let image = result.image
    #expect(Array(image.data) == image.bytes.array && image.output == nil)
    let url = URL(filePath: folder.file("new/a.jpg"))
    try image.write(to: url)
    #expect(try Data(contentsOf: url) == image.data)
    #expect(throws: PlantainError.self) { try image.write(to: url) }
    try image.write(to: url.path(), overwriting: true)
    let other = #expect(throws: PlantainError.self) { try image.write(to: folder.file("a.png")) }
    #expect(other?.code == .usage && other?.hint?.contains(".jpg") == true)
    let web = try #require(URL(string: "https://a.example/b.jpg"))
    let refused = #expect(throws: PlantainError.self) { try image.write(to: web) }
    #expect(refused?.code == .usage)
    #expect(folder.names(in: "new") == ["a.jpg"], "a temporary file stays")

    let prepared = try #require(result.prepared.first)
    #expect(Array(try prepared.data()) == (try prepared.bytes().array))
    try prepared.write(to: URL(filePath: folder.file("sent.jpg")))
    #expect(try folder.read("sent.jpg") == prepared.bytes().array)
    let finished = try await Finisher(options: FinishOptions()).finish(
      Reference(image.data), source: Reference(picture))
    try finished.write(to: URL(filePath: folder.file("b.jpg")))
    #expect(try Data(folder.read("b.jpg")) == finished.data)
    // A picture never gets the name of another format.
    for write in [
      { try prepared.write(to: folder.file("c.png")) }, { try finished.write(to: folder.file("c.webp")) },
    ] {
      let misnamed = #expect(throws: PlantainError.self) { try write() }
      #expect(misnamed?.code == .usage && misnamed?.hint?.contains(".jpg") == true)
    }
    #expect(!folder.names(in: "").contains { $0.hasPrefix("c.") })
  }

  @Test func `points in time are dates, within what can be written`() throws {
    let date = Date(timeIntervalSince1970: 1_795_457_175.25)
    #expect(Timestamp(date).date == date)
    #expect("\(Timestamp(date))" == "2026-11-23T18:06:15Z")
    for (odd, year) in [
      (-1e300, "1970"), (1e300, "9999"), (.nan, "1970"), (.infinity, "9999"), (-.infinity, "1970"),
    ] {
      #expect("\(Timestamp(Date(timeIntervalSince1970: odd)))".hasPrefix(year), "\(odd)")
    }
  }

  @Test func `empty data is an error of the picture`() async throws {
    let error = await #expect(throws: PlantainError.self) {
      try await Preparer().prepare(Reference(Data(), name: "none"))
    }
    #expect(error?.message.contains("none") == true)
  }
}

@Suite(.endsInTime) struct `The events of an edit` {
  private func names(_ events: EditEvents) async throws -> [String] {
    var names: [String] = []
    for try await event in events { names.append(String("\(event)".prefix { $0.isLetter })) }
    return names
  }

  @Test func `they end with the result, and the edit runs once`() async throws {
    let scenario = try Scenario()
    try await scenario.simulated { editor, simulator in
      let events = editor.events(of: "warm", references: [scenario.picture])
      let seen = try await names(events)
      #expect(seen == ["prepared", "sending", "answered", "done"])
      let result = try await events.result
      #expect(result.images.count == 1)
      let further = try await names(events)
      #expect(further.isEmpty)
      #expect(await simulator.counts.received == 1)
    }
  }

  @Test func `they throw the error of the edit, once`() async throws {
    let scenario = try Scenario()
    try await scenario.simulated([fault { $0.status = 400 }]) { editor, _ in
      let events = editor.events(of: "warm", references: [scenario.picture])
      var iterator = events.makeAsyncIterator()
      let error = await #expect(throws: PlantainError.self) { while try await iterator.next() != nil {} }
      #expect(error?.code == .requestRejected && error?.billed == .no)
      let after = try await iterator.next()
      #expect(after == nil)
    }
  }

  @Test func `canceling the task that iterates cancels the edit, and tells whether it was billed`()
    async throws
  {
    let scenario = try Scenario()
    try await scenario.simulated([fault { $0.connection = .stall }]) { editor, simulator in
      let events = editor.events(of: "warm", references: [scenario.picture])
      let task = Task { try await names(events) }
      try await waitUntil("the work is done") { await simulator.counts.billed == 1 }
      task.cancel()
      let error = await #expect(throws: PlantainError.self) { try await task.value }
      #expect(error?.code == .interrupted && error?.billed == .unknown)
    }
  }

  @Test func `leaving the loop early cancels the edit`() async throws {
    let scenario = try Scenario()
    try await scenario.simulated([fault { $0.connection = .stall }]) { editor, simulator in
      func leave() async throws {
        for try await event in editor.events(of: "warm", references: [scenario.picture]) {
          if case .sending = event { break }
        }
      }
      try await leave()
      try await waitUntil("the edit has ended") {
        try await scenario.history.edits().allSatisfy { !$0.isUnderWay }
      }
      #expect(await simulator.counts.billed <= 1)
    }
  }
}

@Suite(.endsInTime) struct `A gateway of the program's own` {
  private let model = Model(
    id: "painter-1", tiers: [.one, .two], ratios: [AspectRatio(1, 1), AspectRatio(4, 3)],
    prices: [.one: Price(millionths: 20_000, currency: "USD", readOn: "2026-11-29")])

  @Test func `a copy of a known one speaks its dialect at its own address`() async throws {
    let gateway = Gateway("studio", like: .google, models: ["painter-1"])
    #expect(gateway.keyVariables == ["STUDIO_API_KEY"] && gateway.defaultModel.id == "painter-1")
    #expect(gateway.defaultModel.prices.isEmpty && gateway.baseURL == nil)
    let scenario = try Scenario()
    let result = try await withSimulator { simulator in
      try await withTestEditor(gateway: gateway, key: key, baseURL: simulator.baseURL(for: .google)) {
        try await $0.edit("warm", references: [scenario.picture])
      }
    }
    #expect(result.gateway == "studio" && result.model == "painter-1")
  }

  @Test func `one that is described in full is used as described`() async throws {
    let gateway = Gateway(
      id: "studio", dialect: .nativeGemini, path: Gateway.google.path,
      limits: Gateway.Limits(references: 2, formats: [.png]), carrier: .inlineData,
      fields: Gateway.google.fields, errorDialect: .google, models: [model])
    let scenario = try Scenario()
    let result = try await withSimulator { simulator in
      try await withTestEditor(gateway: gateway, key: key, baseURL: simulator.baseURL(for: .google)) {
        try await $0.edit("warm", references: [scenario.picture])
      }
    }
    #expect(result.prepared.first?.reference.mediaType == .png)
    #expect(result.cost.amount == 0.02 && result.model == "painter-1")
  }

  @Test func `one that cannot work is refused before anything is sent`() throws {
    let usual = Gateway("studio", like: .google, baseURL: "https://a.example")
    let changes: [(String, (inout Gateway) -> Void)] = [
      ("no model", { $0.models = [] }), ("tier", { $0.models[0].tiers = [] }),
      ("ratio", { $0.models[0].ratios = [] }), ("{model}", { $0.path = "/v1/edit" }),
      ("begin with /", { $0.path = "v1/{model}" }), ("limits", { $0.limits.references = 0 }),
      ("carrier", { $0.carrier = .rawBase64 }),
      ("{task}", { $0.mode = .task(Gateway.TaskRoute(path: "/tasks")) }),
    ]
    _ = try Route(usual)
    for (word, change) in changes {
      var gateway = usual
      change(&gateway)
      let error = #expect(throws: PlantainError.self) { try Route(gateway) }
      #expect(
        error?.code == .configuration && error?.message.contains(word) == true, "\(word): \(error as Any)")
    }
  }
}
