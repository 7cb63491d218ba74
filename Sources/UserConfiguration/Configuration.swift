public import Editing
public import Gateways
package import Core
import Options
import Yams

/// The user's configuration: gateways of their own, keys, prices, the default gateway, and the path of the
/// ledger.
///
/// Values that the caller gives override the environment, which overrides the file, which overrides the
/// built-in values.
public struct Configuration: Sendable {
  /// The built-in gateways with the file's changes, then the user's own.
  public private(set) var gateways = Gateway.all
  private var keys: [String: APIKey.Source] = [:]
  private var chosen: [String] = []
  private var ledgerFile: String?
  /// Whether prompts are recorded in the ledger; `ledger.prompts: off` turns it off. Default: `true`.
  public private(set) var recordsPrompts = true
  /// The spending limits: `max_cost` per run and `max_cost_per_day`. Default: no limits.
  public private(set) var spending = SpendingLimits()

  /// Creates the built-in configuration.
  public init() {}

  /// Reads a configuration file.
  ///
  /// - Parameter path: the file. Default: `$XDG_CONFIG_HOME/plantain/config.yaml`, else
  ///   `~/.config/plantain/config.yaml`, which may be missing.
  /// - Throws: `PlantainError` with the code `tooLarge` when it is larger than 1 MB; `missing`, `notAFile` or
  ///   `unreadable` when a named file cannot be read; `configuration` with the line of an error in it.
  public static func read(_ path: String? = nil) throws(PlantainError) -> Configuration {
    guard let path = path ?? ConfigurationPath.standard() else { return Configuration() }
    let text = try TextFile.read(path, as: "a configuration", mayBeEmpty: true)
    do throws(YAMLObject.Mistake) {
      return try Configuration(parsing: text, folder: Path(path).parent.string)
    } catch {
      let place = error.line.map { "line \($0): " } ?? ""
      throw PlantainError(
        .configuration, .configuration, "cannot use the configuration \(path): \(place)\(error.message)",
        hint: "Fix it, or pass another file with `config`.", subject: path)
    }
  }

  /// - Parameter folder: the folder that relative paths in it are resolved against.
  package init(parsing text: String, folder: String) throws(YAMLObject.Mistake) {
    guard var file = try YAMLObject(parsing: text) else { return }
    if let (_, node) = file.take("gateways") {
      var entries = try YAMLObject(node, "gateways")
      for (id, line, value) in entries.takeAll() {
        try add(try GatewayEntry(id, line: line, value, folder: folder))
      }
    }
    let known = gateways.map(\.id)
    chosen =
      try file.takeList("gateway", expected: "one of \(known.joined(separator: ", "))") {
        known.contains($0) ? $0 : nil
      } ?? []
    if let (_, node) = file.take("ledger") { try readLedger(node, folder: folder) }
    spending.perRun = try file.take("max_cost", expected: "a sum such as 5 USD", Money.init(parsing:))
    spending.perDay = try file.take(
      "max_cost_per_day", expected: "a sum such as 20 USD", Money.init(parsing:))
    let ofOptions = OptionRow.configurationKeys
    try file.requireNothingLeft(known: (ofOptions + ["gateways", "max_cost_per_day"]).sorted())
  }

  /// A file name, or a mapping with `file` and `prompts`.
  private mutating func readLedger(_ node: Node, folder: String) throws(YAMLObject.Mistake) {
    if let name = node.scalar?.string, !name.isEmpty {
      ledgerFile = ConfigurationPath.resolved(name, in: folder)
      return
    }
    var ledger = try YAMLObject(node, "ledger")
    ledgerFile = try ledger.takeText("file").map { ConfigurationPath.resolved($0, in: folder) }
    recordsPrompts =
      try ledger.take("prompts", expected: "on or off") { ["on": true, "off": false][$0] } ?? true
    try ledger.requireNothingLeft(known: ["file", "prompts"])
  }

  private mutating func add(_ entry: GatewayEntry) throws(YAMLObject.Mistake) {
    keys[entry.gateway.id] = entry.key
    if let place = gateways.firstIndex(where: { $0.id == entry.gateway.id }) {
      gateways[place] = entry.gateway
    } else {
      gateways.append(entry.gateway)
    }
  }
}

extension Configuration {
  /// The gateways with these ids, else those of `PLANTAIN_GATEWAY`, else the file's. There is no silent
  /// fallback.
  ///
  /// - Parameter names: ids separated by commas; `nil`: not given.
  /// - Returns: at least one gateway, in the order to try them.
  /// - Throws: `PlantainError` with the code `usage` for an unknown or repeated id, `configuration` when none
  ///   is chosen at all.
  public func gateways(named names: String?) throws(PlantainError) -> [Gateway] {
    guard let ids = ids(named: names) else {
      throw PlantainError(
        .configuration, .configuration, "no gateway is chosen",
        hint:
          "Add `gateway` ID or set PLANTAIN_GATEWAY (\(known)). Without an account, use `gateway` simulator."
      )
    }
    var found: [Gateway] = []
    for id in ids {
      guard let gateway = gateways.first(where: { $0.id == id }) else { throw unknown(id, among: ids) }
      guard !found.contains(where: { $0.id == id }) else {
        throw .usage("the gateway \(id) is named twice", hint: "Name each once, in the order to try them.")
      }
      found.append(gateway)
    }
    return found
  }

  /// The ids of the gateways that are chosen; `nil` when none is.
  private func ids(named names: String?) -> [String]? {
    func list(_ names: String) -> [String] {
      names.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return mostSpecific(
      commandLine: names.map(list), environment: EnvironmentSettings.variable("PLANTAIN_GATEWAY").map(list),
      configuration: chosen.isEmpty ? nil : chosen)
  }

  private func unknown(_ id: String, among ids: [String]) -> PlantainError {
    let tidy = ids.map { String($0.trimmed) }.filter { !$0.isEmpty }
    if tidy != ids, !tidy.isEmpty {
      return .usage(
        "expected gateways without spaces or empty names, received \"\(ids.joined(separator: ","))\"",
        hint: "Write \(tidy.joined(separator: ",")).")
    }
    let nearest = gateways.map(\.id).nearest(to: id)
    return .usage(
      "there is no gateway called \(id)",
      hint: (nearest.map { "Did you mean \($0)? " } ?? "") + "Known gateways: \(known).", nearest: nearest)
  }

  /// The first chosen gateway, for commands that do not require one.
  ///
  /// - Parameter names: ids separated by commas; `nil`: not given.
  /// - Returns: `nil` when none is chosen.
  /// - Throws: `usage` for an unknown or repeated id.
  package func chosenGateway(named names: String?) throws(PlantainError) -> Gateway? {
    ids(named: names) == nil ? nil : try gateways(named: names)[0]
  }

  private var known: String { gateways.map(\.id).joined(separator: ", ") }

  /// A route to a gateway, with its key from the environment, else from the file's source.
  ///
  /// - Parameters:
  ///   - gateway: the gateway.
  ///   - baseURL: the base URL, as in `Route`. Default: that of the environment, the file or the gateway.
  /// - Throws: the errors of `Route`.
  public func route(to gateway: Gateway, baseURL: String? = nil) throws(PlantainError) -> Route {
    try Route(gateway, key: keySource(of: gateway), baseURL: baseURL)
  }

  /// The source of a gateway's key.
  func keySource(of gateway: Gateway) -> APIKey.Source {
    let environment = APIKey.Source.environment(gateway.keyVariables)
    let isInEnvironment = gateway.keyVariables.contains { EnvironmentSettings.variable($0) != nil }
    // The simulator accepts any key.
    let simulated = gateway.id == Gateway.simulator.id ? APIKey.Source.value(.simulated) : nil
    return mostSpecific(
      environment: isInEnvironment ? environment : nil, configuration: keys[gateway.id],
      byDefault: simulated) ?? environment
  }

  /// The base URL of a gateway: that of `PLANTAIN_<ID>_URL`, else of the file, else of its documentation.
  /// `nil`: none is known.
  package func address(of gateway: Gateway) -> String? {
    let stated = mostSpecific(
      environment: EnvironmentSettings.baseURL(for: gateway), configuration: gateway.baseURL)
    guard let address = stated else { return nil }
    // Normalized as in routes and the ledger.
    return (try? BaseURL(address, gateway))?.text ?? address
  }

  /// The spending limit of a run: the given one, else that of the file.
  ///
  /// - Parameter limit: the limit; `nil`: not given.
  package func spendingLimit(named limit: Money?) -> Money? {
    mostSpecific(commandLine: limit, configuration: spending.perRun)
  }

  /// The location of the ledger: the named file, else that of `PLANTAIN_LEDGER`, else the configuration's.
  ///
  /// - Parameter file: its path; `nil`: not given.
  public func ledger(named file: String?) -> LedgerLocation {
    mostSpecific(
      commandLine: file.map(LedgerLocation.file),
      environment: LedgerLocation.isNamedByEnvironment ? .standard : nil,
      configuration: ledgerFile.map(LedgerLocation.file)) ?? .standard
  }
}
