import Foundation
import TestSupport
import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `Configuration files` {
  private func configuration(_ text: String) throws -> Configuration {
    try Configuration(parsing: text, folder: "/home/user/.config/plantain")
  }

  @Test(arguments: ["", "# nothing\n", "{}"])
  func `a configuration may be empty`(text: String) throws {
    #expect(try configuration(text).gateways.map(\.id) == Gateway.all.map(\.id))
  }

  @Test func `a configuration defines custom gateways`() throws {
    let settled = try configuration(
      """
      gateway: [house, apiyi]
      ledger: ledger.sqlite
      gateways:
        house:
          dialect: task
          url: https://images.example.com
          path: /api/images
          key_name: HOUSE_KEY
          authorization: query
          carrier: base64
          models: [nano, nano-pro]
          references: 3
          picture_bytes: 2MB
          request_bytes: 9MB
          formats: [jpeg, webp]
          text_to_image: false
          idempotency_header: X-Request-Name
          idempotency_honoured: true
          prices: {1K: 0.05 USD, 4K: 0.2 USD}
        my-mirror:
          like: aimlapi
          url: https://mirror.example.com
      """)
    let house = try #require(settled.gateways.first { $0.id == "house" })
    #expect(house.dialect == .task)
    #expect(house.baseURL == "https://images.example.com")
    #expect(house.path == "/api/images")
    #expect(house.keyVariables == ["HOUSE_KEY"])
    #expect(house.authorization == .query)
    #expect(house.carrier == .rawBase64)
    #expect(house.models.map(\.id) == ["nano", "nano-pro"])
    #expect(house.limits.references == 3)
    #expect(house.limits.pictureBytes == .megabytes(2))
    #expect(house.limits.requestBytes == .megabytes(9))
    #expect(house.limits.formats == [.jpeg, .webp])
    #expect(!house.takesPromptAlone)
    #expect(house.idempotency?.header == "X-Request-Name")
    #expect(house.idempotency?.isHonored == true)
    #expect(house.defaultModel.prices[.four]?.money.millionths == 200_000)
    #expect(house.defaultModel.prices[.two] == nil)
    let mirror = try #require(settled.gateways.first { $0.id == "my-mirror" })
    #expect(mirror.dialect == .images)
    #expect(mirror.keyVariables == ["MY_MIRROR_API_KEY"])
    #expect(mirror.addressVariable == "PLANTAIN_MY_MIRROR_URL")
    #expect(mirror.limits.references == 5)
    #expect(try settled.gateways(named: nil).map(\.id) == ["house", "apiyi"])
    #expect(try settled.gateways(named: "my-mirror").map(\.id) == ["my-mirror"])
    #expect(settled.ledger(named: nil) == .file("/home/user/.config/plantain/ledger.sqlite"))
    #expect(settled.ledger(named: "x") == .file("x"))
  }

  @Test func `a known gateway is changed without becoming another one`() throws {
    let settled = try configuration(
      "gateways: {apiyi: {url: 'https://vip.apiyi.com', prices: {1K: 0.04 USD}}}")
    let apiyi = try #require(settled.gateways.first { $0.id == "apiyi" })
    #expect(apiyi.baseURL == "https://vip.apiyi.com")
    #expect(apiyi.defaultModel.prices[.one]?.money.millionths == 40_000)
    #expect(
      apiyi.defaultModel.prices[.two]?.money == Gateway.apiyi.defaultModel.prices[.two]?.money)
    #expect(apiyi.keyVariables == Gateway.apiyi.keyVariables)
    #expect(settled.gateways.count == Gateway.all.count)
  }

  /// Lines count from 1. `sk-canary-7f3a` is a misplaced key, which messages must not quote.
  @Test(arguments: [
    (
      "gatway: apiyi", 1,
      "unknown name gatway in the file; expected one of gateway, gateways, ledger, max_cost, max_cost_per_day"
    ),
    ("ledger:\n  prompts: no", 2, "expected on or off for prompts"),
    ("ledger:\n  folder: x", 2, "unknown name folder in ledger; expected one of file, prompts"),
    ("max_cost: much", 1, "expected a sum such as 5 USD for max_cost"),
    ("gateway: nobody", 1, "expected one of myrouter, gccai"),
    (
      "ledger: x\ngateways:\n  house:\n    dialect: task\n    uri: https://a.example", 5,
      "unknown name uri in a gateway"
    ),
    (
      "gateways:\n  house:\n    url: https://a.example", 2,
      "house needs a dialect (native-gemini, v3, images, task)"
    ),
    ("gateways:\n  apiyi:\n    dialect: task", 2, "apiyi is a built-in gateway"),
    ("gateways:\n  House:\n    dialect: task", 2, "consists of a-z, 0-9 and -"),
    ("gateways:\n  h:\n    dialect: tasks", 3, "expected native-gemini, v3, images, task for dialect"),
    ("gateways:\n  h:\n    like: nobody", 3, "for like"),
    (
      "gateways:\n  h:\n    like: apiyi\n    key_name: sk-canary-7f3a", 4,
      "the name of an environment variable"
    ),
    ("gateways:\n  h:\n    like: apiyi\n    references: 0", 4, "a whole number in 1…100"),
    ("gateways:\n  h:\n    like: apiyi\n    picture_bytes: big", 4, "a size such as 7MB"),
    ("gateways:\n  h:\n    like: apiyi\n    formats: [jpeg, tiff]", 4, "expected jpeg, png or webp"),
    (
      "gateways:\n  h:\n    like: apiyi\n    idempotency_honored: true", 4,
      "requires an idempotency_header"
    ),
    ("gateways:\n  h:\n    like: apiyi\n    prices: {1K: 5}", 4, "a price such as 0.055 USD"),
    ("gateways:\n  h:\n    like: apiyi\n    prices: {8K: 5 USD}", 4, "unknown name 8K in prices"),
    ("gateways:\n  h:\n    like: apiyi\n    carrier: base64", 4, "does not support a choice of carrier"),
    ("gateways:\n  h:\n    like: apiyi\n    path: /edit", 4, "contains {model}"),
    ("gateways:\n  h:\n    like: gccai\n    task_path: /tasks", 4, "contains {task}"),
    ("gateways:\n  h:\n    like: apiyi\n    url: http://example.com", 4, "without TLS"),
    ("gateways:\n  h:\n    like: apiyi\n    url: https://me:sk-canary-7f3a@example.com", 4, "base URL"),
    ("gateways:\n  h:\n    like: apiyi\n    url: sk-canary-7f3a", 4, "base URL"),
    ("gateways:\n  h:\n    like: apiyi\n    key_file: k\n    key_command: c", 5, "not both"),
    ("gateways: [apiyi]", 1, "expected a mapping of names to values for gateways"),
    ("gateway: apiyi\ngateway: google", 1, "occurs more than once"),
    ("a: [1, 2", 2, "it is not YAML"), ("- apiyi", 1, "expected a mapping of names to values for the file"),
  ])
  func `an invalid configuration names the mistake's line`(text: String, line: Int, words: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(Array(text.utf8), as: "config.yaml")
    let path = folder.file("config.yaml")
    let error = #expect(throws: PlantainError.self) { try Configuration.read(path) }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains("\(path): line \(line): ") == true, "\(String(describing: error))")
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.message.contains("canary") == false)
  }

  @Test func `an empty file is valid`() throws {
    let folder = try TemporaryFolder()
    try folder.write([], as: "config.yaml")
    #expect(try Configuration.read(folder.file("config.yaml")).gateways.count == Gateway.all.count)
  }

  @Test func `a named configuration file must exist`() throws {
    let error = #expect(throws: PlantainError.self) { try Configuration.read("/nowhere/config.yaml") }
    #expect(error?.exitStatus == 66)
  }
}

@Suite(.endsInTime) struct `Where keys come from` {
  private func key(_ source: APIKey.Source) async -> Result<String, APIKey.KeyError> {
    do throws(APIKey.KeyError) {
      return .success(try await source.read().revealed)
    } catch {
      return .failure(error)
    }
  }

  @Test func `a key is the first line of a file or of a command's output`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("  sk-1\nnot this\n".utf8), as: "key")
    #expect(await key(.file(folder.file("key"))) == .success("sk-1"))
    #expect(await key(.command("echo sk-2; echo not this")) == .success("sk-2"))
    try folder.write([0xEF, 0xBB, 0xBF] + Array("sk-3\r\n".utf8), as: "marked")
    #expect(await key(.file(folder.file("marked"))) == .success("sk-3"))
  }

  @Test func `an unavailable key says where it was looked for, and quotes nothing found there`() async throws
  {
    let folder = try TemporaryFolder()
    try folder.write(Array("sk canary\n".utf8), as: "key")
    #expect(await key(.file(folder.file("key"))) == .failure(.malformed))
    guard case .failure(.unavailable(let words)) = await key(.file(folder.file("none"))) else {
      Issue.record("expected no key from a missing file")
      return
    }
    #expect(words.contains("none"))
    guard case .failure(.unavailable) = await key(.command("echo sk-canary; exit 3")) else {
      Issue.record("expected no key from a failing command")
      return
    }
    guard case .failure(.unavailable) = await key(.command("true")) else {
      Issue.record("expected no key from empty output")
      return
    }
    guard case .failure(.unavailable) = await key(.command("yes | head -c 100000")) else {
      Issue.record("expected no key from too much output")
      return
    }
  }
}
