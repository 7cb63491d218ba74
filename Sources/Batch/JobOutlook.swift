import Core
import Editing
import Ledger

extension Editor {
  /// The state of a job, as far as it is known without asking a gateway.
  enum Outlook: Sendable {
    case toDo, underWay, paid, ambiguous
    /// It is done. `isInPlace`: its results are at the item's output; otherwise they are copied there.
    case done(isInPlace: Bool)
    /// The user has settled it as lost.
    case lost(EditEntry)
    /// It is done, and its results no longer exist.
    case gone(EditEntry)
  }

  /// The state of an item's job. Does not create a ledger.
  ///
  /// - Throws: `missing`, `notAFile` or `unreadable` when a picture cannot be read.
  func outlook(of item: Manifest.Item, _ again: ResendPolicy) async throws(PlantainError) -> Outlook {
    guard Path(store.path).exists else { return .toDo }
    let keys = try await keys(of: item.prompt, item.references, item.options)
    let number = try await number(of: item, keys)
    for key in keys {
      let outlook = try await outlook(of: item, key.text(ofVariant: number), again)
      guard case .toDo = outlook else { return outlook }
    }
    return .toDo
  }

  /// The same by one key, by the rules of `earlier`.
  private func outlook(
    of item: Manifest.Item, _ key: String, _ again: ResendPolicy
  ) async throws(PlantainError) -> Outlook {
    var lost: EditEntry?
    var done: [EditEntry] = []
    for (entry, standing) in try await store.standings(of: key) {
      switch standing {
      case .underWay: return .underWay
      case .done where !again.passesOver(entry): done.append(entry)
      case _ where !done.isEmpty: continue
      case .paid: return .paid
      case .unknown where !again.passesOver(entry): return .ambiguous
      case .lost where !again.passesOver(entry): lost = lost ?? entry
      case .done, .unknown, .lost, .nothing, .withoutPicture: continue
      }
    }
    guard let newest = done.first else { return lost.map { .lost($0) } ?? .toDo }
    if try item.results(of: done) != nil { return .done(isInPlace: true) }
    for entry in done where try await recovery.canCopy(entry) { return .done(isInPlace: false) }
    return .gone(newest)
  }
}

extension Manifest.Item {
  /// The results of done edits at the item's output, if one of the edits has all of its results there.
  func results(of entries: [EditEntry]) throws(PlantainError) -> (id: String, outputs: [String])? {
    let plan = try OutputPlan(options, first: references.first)
    for entry in entries {
      let outputs = plan.outputs(of: entry)
      if !outputs.isEmpty, outputs.allSatisfy({ Path($0).exists }) { return (entry.id, outputs) }
    }
    return nil
  }
}
