package import Editing
import Base64
import Finishing
import Gateways
import PictureFormats
import PictureWork
import Isolation
import Ledger
import Preparation
import Core

/// Checks what edits need: decoders, worker, keys, configuration, and ledger. Sends nothing.
package struct Doctor: Sendable {
  /// The result of one check.
  package struct Finding: Encodable, Sendable {
    /// The outcome of a check.
    package enum State: String, Encodable, Sendable {
      /// Usable, missing but not an error, or unusable.
      case good, absent, bad
    }

    /// What was checked.
    package let name: String
    /// The outcome.
    package let state: State
    /// What was found.
    package let detail: String
    /// What the user can do about it.
    package let hint: String?
    /// The code of the error; `nil` unless it is bad.
    package let code: PlantainError.Code?

    init(_ name: String, _ state: State, _ detail: String, hint: String? = nil) {
      (self.name, self.state, self.detail, self.hint, code) = (name, state, detail, hint, nil)
    }

    init(_ name: String, _ error: PlantainError) {
      self.name = name
      state = .bad
      detail = error.message
      hint = error.hint
      code = error.code
    }

    private enum CodingKeys: CodingKey { case name, state, detail, hint, exit }

    /// Encodes the name, the state, what was found, and the hint.
    package func encode(to encoder: any Encoder) throws {
      let style = MessageStyle.of(encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(state, forKey: .state)
      try container.encode(detail, forKey: .detail)
      try container.encodeIfPresent(hint.map(style.text), forKey: .hint)
      try container.encodeIfPresent(style.exitStatus(code), forKey: .exit)
    }
  }

  private let configurationPath: String?
  private let ledgerFile: String?

  /// Creates the checks.
  ///
  /// - Parameters:
  ///   - configuration: the path of the configuration. Default: the user's.
  ///   - ledger: the path of the ledger. Default: that of the configuration.
  package init(configuration: String? = nil, ledger: String? = nil) {
    configurationPath = configuration
    ledgerFile = ledger
  }

  /// Runs all checks.
  ///
  /// - Returns: bad results first; then what the next edit needs: gateway, key, configuration, ledger,
  ///   worker; missing keys of other gateways last.
  package func examine() async -> [Finding] {
    let (configuration, settled) = configurationFinding()
    let (gateway, chosen) = Self.gateway(settled)
    let keys = await keys(settled, chosen)
    let (worker, decoders) = await Self.worker()
    let all =
      gateway + keys.chosen + [configuration] + (await ledger(settled)) + [worker] + decoders
      + [Self.kernel()] + keys.others
    let isLast = { (finding: Finding) in
      finding.state == .absent && keys.others.contains { $0.name == finding.name }
    }
    return all.filter { $0.state == .bad } + all.filter { $0.state != .bad && !isLast($0) }
      + all.filter(isLast)
  }

  /// The default gateways.
  private static func gateway(_ configuration: Configuration?) -> ([Finding], chosen: [Gateway]) {
    guard let configuration else { return ([], []) }
    let name = "gateway"
    do throws(PlantainError) {
      guard try configuration.chosenGateway(named: nil) != nil else {
        return (
          [Finding(name, .absent, "none is chosen", hint: "Add `gateway` ID, or set PLANTAIN_GATEWAY.")], []
        )
      }
      let chosen = try configuration.gateways(named: nil)
      return ([Finding(name, .good, chosen.map(\.id).joined(separator: ", "))], chosen)
    } catch {
      return ([Finding(name, error)], [])
    }
  }

  /// Asks a worker for its decoders, and lets it process a small picture.
  private static func worker() async -> (worker: Finding, decoders: [Finding]) {
    do throws(IsolationError) {
      let processor = ImageProcessor(try WorkerFleet())
      let findings = (await tried(processor), await decoders(of: processor))
      await processor.close()
      return findings
    } catch {
      return (Finding("worker", .isolating(error)), [])
    }
  }

  private static func decoders(of processor: ImageProcessor) async -> [Finding] {
    do {
      let installed = try await processor.decoders()
      let names = installed.codecs.map(\.rawValue).joined(separator: ", ")
      let found = Finding("decoders", .good, "\(installed.library): \(names)")
      let missing = PictureFormat.Codec.allCases.filter { !installed.codecs.contains($0) }
      guard !missing.isEmpty else { return [found] }
      let without = missing.map(\.rawValue).joined(separator: ", ")
      let hint = "Install a libvips with support for it."
      return [found, Finding("decoders", .absent, "no decoder for \(without)", hint: hint)]
    } catch let error as ImagingError {
      return [Finding("decoders", .picture(error, "libvips", .preparation))]
    } catch {
      // The finding about the worker says why it cannot be asked.
      return []
    }
  }

  private static func tried(_ processor: ImageProcessor) async -> Finding {
    var options = PreparationOptions()
    options.maximumEdge = 16
    let size = PixelSize(width: 32, height: 32)
    let gray = RawPixels([UInt8](repeating: 99, count: size.pixelCount), PixelLayout(size, bands: 1))
    do {
      let picture = try await processor.encode(gray, as: .png)
      _ = try await processor.prepare(.bytes(picture, name: "a test picture"), options)
      return Finding("worker", .good, "a child process can decode and encode")
    } catch let error as IsolationError {
      return Finding("worker", .isolating(error))
    } catch let error as ImagingError {
      return Finding("worker", .picture(error, "libvips", .preparation))
    } catch {
      return Finding("worker", error as? PlantainError ?? .unexpected(error))
    }
  }

  private static func kernel() -> Finding {
    Finding("base64", .good, "the \(Base64.Kernel.best.name) kernel")
  }

  private func configurationFinding() -> (Finding, Configuration?) {
    do throws(PlantainError) {
      let configuration = try Configuration.read(configurationPath)
      let path = configurationPath ?? ConfigurationPath.standard()
      let finding =
        path.map { Finding("configuration", .good, $0) }
        ?? Finding("configuration", .absent, "none (optional)")
      return (finding, configuration)
    } catch {
      return (Finding("configuration", error), nil)
    }
  }

  /// Whether each gateway has a key, and where it comes from; never the key itself.
  private func keys(
    _ configuration: Configuration?, _ chosen: [Gateway]
  ) async -> (chosen: [Finding], others: [Finding]) {
    let findings = await keys(configuration)
    let names = Set(chosen.map { "key of \($0.id)" })
    return (findings.filter { names.contains($0.name) }, findings.filter { !names.contains($0.name) })
  }

  private func keys(_ configuration: Configuration?) async -> [Finding] {
    guard let configuration else { return [] }
    var findings: [Finding] = []
    for gateway in configuration.gateways where gateway.id != Gateway.simulator.id {
      let name = "key of \(gateway.id)"
      let source = configuration.keySource(of: gateway)
      do throws(APIKey.KeyError) {
        switch source {
        case .command: findings.append(Finding(name, .good, "from a command, which was not run"))
        case .value: findings.append(Finding(name, .good, "given"))
        case .environment, .file:
          _ = try await source.read()
          findings.append(Finding(name, .good, source.place))
        }
      } catch {
        let failure = PlantainError.key(error, gateway)
        if case .missing = error {
          findings.append(Finding(name, .absent, failure.message, hint: failure.hint))
        } else {
          findings.append(Finding(name, failure))
        }
      }
    }
    return findings
  }

  private func ledger(_ configuration: Configuration?) async -> [Finding] {
    let name = "ledger"
    do throws(PlantainError) {
      let location =
        configuration?.ledger(named: ledgerFile) ?? ledgerFile.map(LedgerLocation.file) ?? .standard
      let store = try LedgerStore(location)
      guard store.exists else {
        return [Finding(name, .absent, "none yet; it will be created at \(store.path)")]
      }
      defer { store.close() }
      let (faults, access) = try await store.with { ledger throws(LedgerError) in
        (try await ledger.faults(), ledger.access)
      }
      guard faults.isEmpty else {
        throw .ledger("it is damaged: \(faults.joined(separator: "; "))", store.path)
      }
      let routes = try await store.routes(since: .now - Self.remembered)
      return [Finding(name, .good, store.path)] + Self.findings(access, store.path)
        + (routes.filter(\.isTroubled) + routes.filter { !$0.isTroubled }).map(Self.finding)
    } catch {
      return [Finding(name, error)]
    }
  }

  /// Who else can read the prompts in it; empty when nobody can.
  private static func findings(_ access: LedgerAccess, _ path: String) -> [Finding] {
    let name = "ledger's privacy"
    var findings: [Finding] = []
    if let group = access.group {
      findings.append(
        Finding(
          name, .good,
          "the group \(group) can use it and read its prompts, because the group can write to its folder"))
    }
    if let foreignOwner = access.foreignOwner {
      findings.append(
        Finding(
          name, .absent, "it belongs to \(foreignOwner), and others can read its prompts",
          hint: "Ask \(foreignOwner) to run chmod -R o= \(path)*, or use your own ledger."))
    }
    if access.hasFixedPermissions {
      findings.append(
        Finding(
          name, .absent, "others can read its prompts, and its file system cannot change permissions",
          hint: "Move it to a file system with permissions, and name it with `ledger` or PLANTAIN_LEDGER."))
    }
    return findings
  }

  /// How far back route results are reported: 30 days, in milliseconds.
  private static let remembered = 30 * 86_400_000

  /// The recent results of a route are reported, not judged: `probe` tests it.
  private static func finding(_ route: RouteHealth) -> Finding {
    let pause = route.pausedUntil.map { "; rate-limited until \($0)" } ?? ""
    let bad =
      route.lastFailure.map {
        "; last failed \($0)" + (route.message.map { message in ": \(message)" } ?? "")
      }
      ?? ""
    return Finding(
      "route \(route.gateway)", .good,
      "\(route.good) of \(route.attempts) attempts at \(route.place) succeeded in 30 days\(bad)\(pause)")
  }
}
