import Core
import Editing
import Ledger

extension Editor {
  /// The state of a job, as far as it is known without asking a gateway.
  enum Outlook: Sendable {
    case underWay, paid, ambiguous
    /// Pictures with these numbers are to be sent for; `nil`: all. `isPaid`: something may be fetched first.
    /// The errors are of others that are lost, or whose outcome is unknown.
    case toDo([Int]?, isPaid: Bool = false, [PlantainError] = [])
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
    guard Path(store.path).exists else { return .toDo(nil) }
    let keys = try await keys(of: item.prompt, item.references, item.options)
    let number = try await number(of: item, keys)
    let pictures = try await store.pictures(
      ofJob: keys.map { $0.text(ofVariant: number) }, count: item.options.count, again)
    if pictures.isUnderWay { return .underWay }
    let isPaid = !pictures.paid.isEmpty
    guard pictures.missing.isEmpty else {
      return .toDo(pictures.rest, isPaid: isPaid || !pictures.fetchable.isEmpty, pictures.errors)
    }
    if isPaid { return .paid }
    if !pictures.unknown.isEmpty { return .ambiguous }
    if let entry = pictures.lost.first { return .lost(entry) }
    if try item.results(of: pictures) != nil { return .done(isInPlace: true) }
    if try await recovery.canCopy(pictures) { return .done(isInPlace: false) }
    guard let entry = pictures.newestResult else { return .toDo(nil) }
    return .gone(entry)
  }

  /// The state of an item's job, for which everything is to be sent if its pictures cannot be read: that is
  /// reported when the job runs.
  ///
  /// - Throws: `ledgerUnusable` when the ledger cannot be read: what was paid for is not known then.
  func presumedOutlook(
    of item: Manifest.Item, _ again: ResendPolicy
  ) async throws(PlantainError) -> Outlook {
    do throws(PlantainError) {
      return try await outlook(of: item, again)
    } catch {
      guard error.code != .ledgerUnusable else { throw error }
      return .toDo(nil)
    }
  }
}

extension Manifest.Item {
  /// The results of a job at the item's output, if all of them are there.
  func results(of pictures: JobPictures) throws(PlantainError) -> (id: String, outputs: [String])? {
    let plan = try OutputPlan(options, first: references.first)
    return pictures.results(at: plan)
  }
}
