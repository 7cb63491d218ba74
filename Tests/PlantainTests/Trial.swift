import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

// The constant is well-formed.
// swift-format-ignore: NeverUseForceTry
private let key = APIKey.Source.value(try! APIKey("sk-canary-7f3a"))

/// A fault with the fields that `change` sets.
func fault(_ change: (inout Fault) -> Void) -> Fault {
  var fault = Fault()
  change(&fault)
  return fault
}

/// The outcome of one edit at a simulated gateway.
struct Trial {
  var result: EditResult?
  var error: PlantainError?
  var counts = Simulator.Counts()
  var keptReplies: [String] = []

  private typealias Outcome = (EditResult?, PlantainError?, Simulator.Counts)

  init(
    _ gateway: Gateway, _ faults: [Fault], prompt: String = "in grayscale",
    _ change: @Sendable (inout EditOptions) -> Void = { _ in }
  ) async throws {
    let ledger = try TemporaryFolder()
    let picture = PictureBytes(try Synthetic.jpeg(PixelSize(width: 96, height: 64)))
    var options = EditOptions()
    options.tier = gateway.defaultModel.tiers[0]
    options.output = .file(ledger.file("out.jpg"))
    change(&options)
    let outcome: Outcome = try await withSimulator(faults: faults) { [options] simulator in
      try await withTestEditor(
        gateway: gateway, key: key, baseURL: simulator.baseURL(for: gateway), ledger: ledger
      ) { editor in
        do throws(PlantainError) {
          let result = try await editor.edit(
            prompt, references: [.bytes(picture, name: "p")], options: options)
          return (result, nil, await simulator.counts)
        } catch {
          return (nil, error, await simulator.counts)
        }
      }
    }
    (result, error, counts) = outcome
    keptReplies = try ledger.keptReplies
    #expect(try !Self.holdsCanary(ledger), "the key is in the ledger's folder")
    #expect(!"\(error.map { "\($0)" } ?? "")".contains("canary"))
  }

  private static func holdsCanary(_ folder: TemporaryFolder) throws -> Bool {
    let root = folder.file("")
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.contains { name in
      let bytes = FileManager.default.contents(atPath: root + "/" + name) ?? Data()
      return bytes.range(of: Data("canary-7f3a".utf8)) != nil
    }
  }
}
