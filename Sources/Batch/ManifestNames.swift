import Core
import Editing
import Finishing
import PictureFormats
import Ledger

extension Manifest {
  /// Names results after the pictures' whole names where the results of two pictures would otherwise have the
  /// same name.
  ///
  /// - Parameter writers: the pictures whose results earlier runs have written, from `LedgerStore.writers`.
  ///   Default: none.
  mutating func nameResults(as writers: [String: String] = [:]) {
    let named = items.indices.filter { items[$0].isNamedAfterPicture }
    let results = ResultNames(named.compactMap { items[$0].result }, writers: writers).results
    for (position, result) in zip(named, results) { items[position].options.usesWholeName = result.isWhole }
  }
}

extension Manifest.Item {
  fileprivate var isNamedAfterPicture: Bool {
    if case .folder = options.output { !references.isEmpty && !isNameSettled } else { false }
  }

  /// The names that its result may have, as absolute paths.
  fileprivate var result: ResultNames.Result? {
    references.first.map { picture in
      ResultNames.Result(picture) { isWhole in
        var options = options
        options.usesWholeName = isWhole
        let plan = try? OutputPlan(options, first: picture)
        return plan?.entry?.path.replacing("/./", with: "/") ?? ""
      }
    }
  }
}

extension LedgerStore {
  /// The pictures whose results earlier runs have written to the paths that a manifest's results may have:
  /// file names by absolute path without extension. Does not create a ledger.
  func writers(of manifest: Manifest) async throws(PlantainError) -> [String: String] {
    let results = manifest.items.filter(\.isNamedAfterPicture).compactMap(\.result)
    guard !results.isEmpty, Path(path).exists else { return [:] }
    let places = Set(results.flatMap { [$0.ofStem, $0.ofWholeName] })
    let entries = try await with { ledger throws(LedgerError) in
      try await ledger.edits(under: places.sorted())
    }
    var writers: [String: String] = [:]
    for entry in entries where !entry.writtenPlaces.isEmpty {
      guard let place = entry.output?.path, let source = entry.sources.first?.name else { continue }
      writers[place.replacing("/./", with: "/")] = Path(source).name
    }
    return writers
  }
}
