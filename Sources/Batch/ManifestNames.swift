import Core
import Editing
import Finishing
import Imaging
import PictureFormats
import Ledger

extension Manifest {
  /// Where the results of two pictures would have one name in a folder, they are named after the pictures' whole names.
  ///
  /// - Parameter writers: of earlier runs, as `Book.writers` has them.
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
  /// Which pictures' results earlier runs have written where those of a manifest may go: the file names by absolute paths without
  /// extension. Makes no ledger where there is none.
  func writers(of manifest: Manifest) async throws(PlantainError) -> [String: String] {
    let results = manifest.items.filter(\.isNamedAfterPicture).compactMap(\.result)
    guard !results.isEmpty, OutputFile.exists(path) else { return [:] }
    let places = Set(results.flatMap { [$0.ofStem, $0.ofWholeName] })
    let entries = try await with { ledger throws(LedgerError) in
      try await ledger.edits(under: places.sorted())
    }
    var writers: [String: String] = [:]
    for entry in entries where !entry.writtenPlaces.isEmpty {
      guard let place = entry.output?.path, let source = entry.sources.first?.name else { continue }
      writers[place.replacing("/./", with: "/")] = OutputFile.name(of: source)
    }
    return writers
  }
}
