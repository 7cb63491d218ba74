public import Editing
public import Gateways
import Core
import Yams

/// What a user has settled once: gateways of one's own, keys, prices, the gateway to use, the place of the ledger.
///
/// A command's option comes first, then the environment, then the file, then what is built in.
public struct Configuration: Sendable {
  /// The built-in ones, as the file changes them, and then the user's own.
  public private(set) var gateways = Gateway.all
  private var keys: [String: APIKey.Source] = [:]
  private var chosen: [String] = []
  private var ledgerFile: String?
  /// Whether prompts are written into the ledger; `ledger.prompts: off` says not.
  public private(set) var recordsPrompts = true
  /// The most that may be spent: `max_cost` and `max_cost_per_day`.
  public private(set) var spending = SpendingLimits()

  /// What is built in.
  public init() {}

  /// The file at `path`; without a path `$XDG_CONFIG_HOME/plantain/config.yaml`, else the same below `~/.config`, which need
  /// not be there.
  ///
  /// - Throws: 65 when it is larger than 1 MB, 66 when a named file cannot be read, 78 with the line for what is wrong in it.
  public static func read(_ path: String? = nil) throws(PlantainError) -> Configuration {
    guard let path = path ?? ConfigurationPath.standard() else { return Configuration() }
    let text = try TextFile.read(path, as: "a configuration", mayBeEmpty: true)
    do throws(YAMLObject.Mistake) {
      return try Configuration(parsing: text, folder: ConfigurationPath.folder(of: path))
    } catch {
      let place = error.line.map { "line \($0): " } ?? ""
      throw PlantainError(
        .configuration, .configuration, "cannot use the configuration \(path): \(place)\(error.message)",
        hint: "Mend it, or name another with --config.", subject: path)
    }
  }

  /// - Parameter folder: what relative paths in it count from.
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
    try file.requireNothingLeft(known: ["gateway", "gateways", "ledger", "max_cost", "max_cost_per_day"])
  }

  /// A file's name, or a mapping with that and more.
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
  /// The gateways of these names, which commas separate, else those that `PLANTAIN_GATEWAY` names, else the file's. There is
  /// no silent fallback.
  ///
  /// - Returns: at least one.
  /// - Throws: 64 for an unknown or repeated name, 78 when there is none at all.
  public func gateways(named names: String?) throws(PlantainError) -> [Gateway] {
    let names = names ?? EnvironmentSettings.variable("PLANTAIN_GATEWAY")
    let ids =
      names.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? chosen
    guard !ids.isEmpty else {
      throw PlantainError(
        .configuration, .configuration, "no gateway is chosen",
        hint:
          "Add --gateway ID or set PLANTAIN_GATEWAY (\(known)). To try without an account: --gateway simulator."
      )
    }
    var found: [Gateway] = []
    for id in ids {
      guard let gateway = gateways.first(where: { $0.id == id }) else { throw unknown(id, among: ids) }
      guard !found.contains(where: { $0.id == id }) else {
        throw .usage("the gateway \(id) is named twice", hint: "Name each once, in the order to try.")
      }
      found.append(gateway)
    }
    return found
  }

  private func unknown(_ id: String, among ids: [String]) -> PlantainError {
    let tidy = ids.map { String($0.trimmed) }.filter { !$0.isEmpty }
    if tidy != ids, !tidy.isEmpty {
      return .usage(
        "a list of gateways has no spaces and no empty names, received \"\(ids.joined(separator: ","))\"",
        hint: "Write \(tidy.joined(separator: ",")).")
    }
    let nearest = gateways.map(\.id).nearest(to: id)
    return .usage(
      "there is no gateway called \(id)",
      hint: (nearest.map { "Did you mean \($0)? " } ?? "") + "Known are: \(known).", nearest: nearest)
  }

  /// The first of them, where none is needed.
  ///
  /// - Throws: 64 for an unknown name.
  public func chosenGateway(named names: String?) throws(PlantainError) -> Gateway? {
    let isNamed = names != nil || EnvironmentSettings.variable("PLANTAIN_GATEWAY") != nil
    return isNamed || !chosen.isEmpty ? try gateways(named: names)[0] : nil
  }

  private var known: String { gateways.map(\.id).joined(separator: ", ") }

  /// The way to one of them, with its key from the environment, else from where the file says.
  ///
  /// - Parameter baseURL: as in `Route`.
  /// - Throws: as `Route`.
  public func route(to gateway: Gateway, baseURL: String? = nil) throws(PlantainError) -> Route {
    try Route(gateway, key: keySource(of: gateway), baseURL: baseURL)
  }

  /// Where its key is read from.
  func keySource(of gateway: Gateway) -> APIKey.Source {
    let isInEnvironment = gateway.keyVariables.contains { EnvironmentSettings.variable($0) != nil }
    // The simulator takes any.
    let simulated = gateway.id == Gateway.simulator.id ? APIKey.Source.value(.simulated) : nil
    return (isInEnvironment ? nil : keys[gateway.id] ?? simulated) ?? .environment(gateway.keyVariables)
  }

  /// Where a gateway lives: what `PLANTAIN_<ID>_URL` says, else the file, else its pages. `nil`: nobody says.
  public func address(of gateway: Gateway) -> String? {
    guard let address = EnvironmentSettings.baseURL(for: gateway) ?? gateway.baseURL else { return nil }
    // As routes and the ledger call it.
    return (try? BaseURL(address, gateway))?.text ?? address
  }

  /// Where the ledger lies: the file that is named, else what `PLANTAIN_LEDGER` says, else the configuration.
  public func ledger(named file: String?) -> LedgerLocation {
    if let file { return .file(file) }
    let isInEnvironment = EnvironmentSettings.variable("PLANTAIN_LEDGER") != nil
    return isInEnvironment ? .standard : ledgerFile.map(LedgerLocation.file) ?? .standard
  }
}
