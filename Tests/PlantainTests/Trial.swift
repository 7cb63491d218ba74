import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

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
    let scenario = try Scenario(PixelSize(width: 96, height: 64))
    let picture = try scenario.pictureBytes()
    let options = editOptions {
      $0.tier = gateway.defaultModel.tiers[0]
      $0.output = scenario.output("out.jpg")
      change(&$0)
    }
    let outcome: Outcome = try await scenario.simulated(faults, by: gateway) { editor, simulator in
      do throws(PlantainError) {
        let result = try await editor.edit(prompt, references: [picture], options: options)
        return (result, nil, await simulator.counts)
      } catch {
        return (nil, error, await simulator.counts)
      }
    }
    (result, error, counts) = outcome
    keptReplies = try scenario.folder.keptReplies
    #expect(try !Self.holdsCanary(scenario.folder), "the key is in the ledger's folder")
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
