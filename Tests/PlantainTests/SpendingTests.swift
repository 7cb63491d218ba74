import Core
import Imaging
import PictureFormats
import Ledger
import PlantainSimulator
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `Spending limits` {
  private func usd(_ amount: String) throws -> Money { try #require(Money(parsing: "\(amount) USD")) }

  @Test(arguments: [
    ("5USD", 5_000_000), ("0.055 USD", 55_000), ("0USD", 0), ("1000000USD", 1_000_000_000_000),
  ])
  func `sums of money are read`(text: String, millionths: Int) {
    #expect(Money(parsing: text) == Money(millionths: millionths, currency: "USD"))
  }

  @Test(arguments: [
    ("5usd", "5 USD"), ("$5", "5 USD"), ("5$", "5 USD"), ("US$0.5", "0.5 USD"), ("0.05 EUR", "0.05 EUR"),
    ("€5", "5 EUR"), ("5 €", "5 EUR"), ("£2", "2 GBP"), ("cny 3", "3 CNY"), (" 5 USD ", "5 USD"),
  ])
  func `sums are read in all usual spellings`(text: String, sum: String) {
    #expect(Money(parsing: text)?.description == sum)
  }

  @Test(arguments: [
    "", "5", "USD", "-5USD", "5 U SD", "5  5USD", "5 $ €", "USD5USD", "5.5.5USD", "¥5", "$", "1e3USD",
    "infUSD", "2000000USD",
  ])
  func `text that is not a sum is refused, not guessed`(text: String) {
    #expect(Money(parsing: text) == nil)
  }

  /// A 1K picture of this model costs 0.067 USD by Google's price table.
  private func edit(
    _ folder: TemporaryFolder, _ faults: [Fault] = [], times: Int = 1, by gateway: Gateway = .google,
    _ change: (inout EditOptions) throws -> Void
  ) async throws -> (errors: [PlantainError?], received: Int) {
    let options = try editOptions {
      if gateway.id == "google" { $0.model = "gemini-3.1-flash-image" }
      try change(&$0)
    }
    let picture = Reference.bytes(
      PictureBytes(try Synthetic.jpeg(PixelSize(width: 64, height: 64))), name: "p.jpg")
    return try await Scenario(in: folder).simulated(faults, by: gateway) { editor, simulator in
      var errors: [PlantainError?] = []
      for _ in 0..<times {
        do throws(PlantainError) {
          _ = try await editor.edit("x", references: [picture], options: options)
          errors.append(nil)
        } catch {
          errors.append(error)
        }
      }
      return (errors, await simulator.counts.received)
    }
  }

  @Test func `the limit of a call is checked before anything is sent`() async throws {
    for (count, limit, isAllowed) in [
      (1, "0.067", true), (1, "0.066", false), (3, "0.2", false), (3, "0.201", true),
    ] {
      let (errors, received) = try await edit(TemporaryFolder()) {
        $0.count = count
        $0.spending.perRun = try usd(limit)
      }
      #expect((errors[0] == nil) == isAllowed, "\(count) for \(limit)")
      #expect(received == (isAllowed ? count : 0))
      if !isAllowed {
        #expect(errors[0]?.exitStatus == 81 && errors[0]?.billed == .no)
        #expect(errors[0]?.message.contains(limit) == true && errors[0]?.hint?.contains("`max-cost`") == true)
      }
    }
  }

  @Test func `an unknown price or another currency is refused, unless a price is given`() async throws {
    // AIMLAPI's page states no price.
    let unknown = try await edit(TemporaryFolder(), by: .aimlapi) { $0.spending.perRun = try usd("5") }
    #expect(unknown.errors[0]?.exitStatus == 81 && unknown.received == 0)
    #expect(unknown.errors[0]?.hint?.contains("`price`") == true)
    let told = try await edit(TemporaryFolder(), by: .aimlapi) {
      $0.spending.perRun = try usd("5")
      $0.price = try usd("0.04")
    }
    #expect(told.errors[0] == nil && told.received == 1)
    let other = try await edit(TemporaryFolder()) { $0.spending.perDay = Money(parsing: "5EUR") }
    #expect(other.errors[0]?.exitStatus == 81 && other.errors[0]?.message.contains("EUR") == true)
    // Without a limit no price is needed.
    #expect(try await edit(TemporaryFolder(), by: .aimlapi) { _ in }.errors[0] == nil)
  }

  @Test func `a day's limit covers all processes on the ledger, and unbilled edits do not count`()
    async throws
  {
    let folder = try TemporaryFolder()
    let first = try await edit(folder, times: 2) { $0.spending.perDay = try usd("0.21") }
    #expect(first.errors.compactMap(\.self).isEmpty)
    // A refusal, which costs nothing, and then the third picture.
    let refused = try await edit(folder, [fault { $0.status = 401 }], times: 3) {
      $0.spending.perDay = try usd("0.21")
    }
    #expect(refused.errors.map { $0?.exitStatus } == [77, nil, 81])
    #expect(refused.received == 2)
    #expect(
      refused.errors[2]?.message.contains("0.201 USD were spent today") == true,
      "\(String(describing: refused.errors[2]))")
    // Yesterday's edits do not count.
    let ledger = try Ledger(path: folder.file("ledger.sqlite"))
    for var entry in try await ledger.edits(maximum: 10) {
      entry.created -= 86_400_000
      try await ledger.save(entry)
    }
    #expect(try await edit(folder) { $0.spending.perDay = try usd("0.21") }.errors[0] == nil)
  }

  private enum Holder: CaseIterable { case alive, gone, ofOtherSystem, ofEarlierVersion }

  @Test(arguments: Holder.allCases)
  private func `a reservation ends with its process, if that is known to be gone`(holder: Holder)
    async throws
  {
    let folder = try TemporaryFolder()
    let store = try LedgerStore(.file(folder.file("ledger.sqlite")))
    let entry = EditEntry(
      id: "e1", created: .now, prompt: "x", gateway: "google", model: "m", tier: "1K", aspect: nil, count: 1,
      sources: [], output: nil, priceMillionths: 67_000, currency: "USD", finishing: nil, run: "r1")
    try await store.record(entry, within: SpendingLimits(perDay: try usd("0.1")))
    let path = try store.ledger().replyPath("e1.reserved")
    let system = try #require(RunningSystem.id)
    var lock: JobLock?
    switch holder {
    case .alive: lock = store.lockReservation(of: "e1")
    case .gone: try folder.write(Array(system.utf8), as: "ledger.sqlite.replies/e1.reserved")
    case .ofOtherSystem: try folder.write(Array("other".utf8), as: "ledger.sqlite.replies/e1.reserved")
    case .ofEarlierVersion: break
    }
    let isGone = holder == .gone
    #expect(try await store.spentToday(in: "USD") == (isGone ? 0 : 67_000))
    #expect(Path(path).exists == ![.gone, .ofEarlierVersion].contains(holder))
    let next = try await edit(folder) { $0.spending.perDay = try usd("0.1") }
    #expect(next.errors[0]?.exitStatus == (isGone ? nil : 81))
    #expect(try await store.attempts(of: entry).isEmpty)
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: [-5, 1e300, Double.infinity])
  func `a cost that cannot be one, from an earlier version, counts as the price`(cost: Double) async throws {
    let folder = try TemporaryFolder()
    let store = try LedgerStore(.file(folder.file("ledger.sqlite")))
    let entry = EditEntry(
      id: "e1", created: .now, prompt: "x", gateway: "google", model: "m", tier: "1K", aspect: nil, count: 1,
      sources: [], output: nil, priceMillionths: 67_000, currency: "USD", finishing: nil, run: "r1")
    try await store.record(entry, within: SpendingLimits())
    var attempt = AttemptEntry(
      edit: "e1", part: 1, number: 1, gateway: "google", model: "m", baseURL: "https://a.example",
      state: "done", started: .now, reply: "e1.reply", idempotencyKey: nil)
    (attempt.costAmount, attempt.costCurrency) = (cost, "USD")
    _ = try await store.ledger().insert(attempt)
    #expect(try await store.spentToday(in: "USD") == 67_000)
  }

  @Test func `the reservation of a killed process leaves what it may have sent`() async throws {
    let folder = try TemporaryFolder()
    let store = try LedgerStore(.file(folder.file("ledger.sqlite")))
    let system = try #require(RunningSystem.id)
    for (id, state, spent) in [
      ("e1", "sending", 67_000), ("e2", "unbilled", 67_000), ("e3", "done", 134_000),
    ] {
      let entry = EditEntry(
        id: id, created: .now, prompt: "x", gateway: "google", model: "m", tier: "1K", aspect: nil, count: 1,
        sources: [], output: nil, priceMillionths: 67_000, currency: "USD", finishing: nil, run: "r1")
      try await store.record(entry, within: SpendingLimits(perDay: try usd("1")))
      _ = try await store.ledger().insert(
        AttemptEntry(
          edit: id, part: 1, number: 1, gateway: "google", model: "m", baseURL: "https://a.example",
          state: state, started: .now, reply: "\(id).reply", idempotencyKey: nil))
      try folder.write(Array(system.utf8), as: "ledger.sqlite.replies/\(id).reserved")
      #expect(try await store.spentToday(in: "USD") == spent, "\(state)")
    }
  }

  @Test func `concurrent edits do not exceed the limit, and unknown outcomes count`() async throws {
    let folder = try TemporaryFolder()
    let ambiguous = try await edit(folder, [fault { $0.status = 500 }]) { $0.spending.perDay = try usd("1") }
    #expect(ambiguous.errors[0]?.exitStatus == 76)
    let picture = Reference.bytes(
      PictureBytes(try Synthetic.jpeg(PixelSize(width: 64, height: 64))), name: "p.jpg")
    var options = EditOptions()
    options.model = "gemini-3.1-flash-image"
    options.spending.perDay = try usd("0.4")
    let settled = options
    try await Scenario(in: folder).simulated { editor, simulator in
      let done = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<12 {
          group.addTask {
            (try? await editor.edit("x \(number)", references: [picture], options: settled)) != nil
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      // 0.067 USD are spent. Four more edits make 0.335, five 0.402.
      #expect(done == 4)
      #expect(await simulator.counts.received == 4)
    }
  }
}
