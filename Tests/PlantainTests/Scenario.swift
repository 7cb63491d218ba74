import PlantainSimulator
import TestSupport
import Core

@testable import Batch
@testable import Editing
@testable import Plantain

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
/// A fake key, which must be in requests only.
let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

/// A fault with the fields that `change` sets.
func fault(_ change: (inout Fault) -> Void) -> Fault {
  var fault = Fault()
  change(&fault)
  return fault
}

/// Options with the fields that `change` sets.
func editOptions(_ change: (inout EditOptions) throws -> Void = { _ in }) rethrows -> EditOptions {
  var options = EditOptions()
  try change(&options)
  return options
}

/// What most tests of edits and batches need: a folder with a picture, manifests, results, and a ledger, and
/// an editor in front of a gateway that is simulated or that gives answers by a script.
struct Scenario: Sendable {
  /// The folder of everything: the ledger is `ledger.sqlite`, the manifest `m.jsonl`, and the results of
  /// batches are in `out`.
  let folder: TemporaryFolder

  /// Creates a folder with one picture, `a.jpg`.
  init(_ size: PixelSize = PixelSize(width: 48, height: 36)) throws {
    folder = try TemporaryFolder(pictures: "a.jpg", size: size)
  }

  init(in folder: TemporaryFolder) { self.folder = folder }

  /// `a.jpg` as a file.
  var picture: Reference { .file(folder.file("a.jpg")) }

  /// `a.jpg` as bytes without a path.
  func pictureBytes(name: String = "p") throws -> Reference {
    .bytes(PictureBytes(try folder.read("a.jpg")), name: name)
  }

  /// What the ledger of this folder tells.
  var history: History { get throws { try History(ledger: .file(folder.file("ledger.sqlite"))) } }

  /// The path of a result, as an option.
  func output(_ name: String) -> EditOptions.Output { .file(folder.file(name)) }

  /// Reads `m.jsonl`.
  func manifest(
    for gateway: Gateway = .google, _ change: (inout Manifest.Defaults) -> Void = { _ in }
  ) throws -> Manifest {
    var defaults = Manifest.Defaults(folder: folder.file("out"))
    change(&defaults)
    return try Manifest(reading: folder.file("m.jsonl"), defaults, for: gateway)
  }

  /// Writes and reads a manifest that edits `a.jpg` several times.
  func manifest(
    jobs count: Int, for gateway: Gateway = .google, _ change: (inout Manifest.Defaults) -> Void = { _ in }
  ) throws -> Manifest {
    try folder.writeManifest(jobs: count)
    return try manifest(for: gateway, change)
  }

  /// Runs `body` with an editor in front of a simulator.
  ///
  /// - Parameter gateways: the routes, in order of preference.
  func simulated<Value: Sendable>(
    _ faults: [Fault] = [], by gateways: Gateway..., key: APIKey.Source = key,
    _ body: @Sendable (Editor, Simulator) async throws -> Value
  ) async throws -> Value {
    try await simulated(faults, by: gateways.isEmpty ? [.google] : gateways, key: key, body)
  }

  func simulated<Value: Sendable>(
    _ faults: [Fault] = [], by gateways: [Gateway], key: APIKey.Source = key,
    _ body: @Sendable (Editor, Simulator) async throws -> Value
  ) async throws -> Value {
    try await withSimulator(faults: faults) { simulator in
      let routes = try gateways.map { try Route($0, key: key, baseURL: simulator.baseURL(for: $0)) }
      return try await withTestEditor(routes: routes, ledger: folder) { try await body($0, simulator) }
    }
  }

  /// Runs `body` with an editor in front of a gateway that gives these answers.
  func scripted<Value>(
    _ answers: [ScriptedGateway.Answer], by gateway: Gateway = .apiyi, key: APIKey.Source = key,
    _ body: (Editor, ScriptedGateway) async throws -> Value
  ) async throws -> Value {
    try await ScriptedGateway.run(answers) { server in
      try await withTestEditor(gateway: gateway, key: key, baseURL: server.baseURL, ledger: folder) {
        try await body($0, server)
      }
    }
  }
}
