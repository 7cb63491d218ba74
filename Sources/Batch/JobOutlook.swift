import Core
import Editing
import Ledger

extension Editor {
  /// How a job stands, as far as that is known without asking a gateway.
  enum Outlook: Sendable {
    case toDo, done, underWay, paid, ambiguous
    /// Its user has settled it so.
    case lost(EditEntry)
    /// It is done, and its results are not there any more.
    case gone(EditEntry)
  }

  /// Makes no ledger where there is none.
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
