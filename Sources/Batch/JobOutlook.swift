import Core
import Editing
import Ledger

extension Editor {
  /// The state of a job, as far as it is known without asking a gateway.
  enum Outlook: Sendable {
    case toDo, done, underWay, paid, ambiguous
    /// The user has settled it as lost.
    case lost(EditEntry)
    /// It is done, and its results no longer exist.
    case gone(EditEntry)
  }

  /// The state of an item's job. Does not create a ledger.
  ///
  /// - Throws: 66 when a picture cannot be read.
  func outlook(of item: Manifest.Item, _ again: ResendPolicy) async throws(PlantainError) -> Outlook {
    guard OutputFile.exists(store.path) else { return .toDo }
    let keys = try await keys(of: item.prompt, item.references, item.options)
    let number = try await number(of: item, keys)
    var last = Outlook.toDo
    for key in keys {
      for (entry, standing) in try await standings(of: key.text(ofVariant: number)) {
        switch standing {
        case .underWay: return .underWay
        case .paid: return .paid
        case .done where !again.passesOver(entry): return entry.isGone ? .gone(entry) : .done
        case .unknown where !again.passesOver(entry): return .ambiguous
        case .lost where !again.passesOver(entry): last = .lost(entry)
        case .done, .unknown, .lost, .nothing, .withoutPicture: continue
        }
      }
    }
    return last
  }
}
