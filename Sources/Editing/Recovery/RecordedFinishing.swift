import Core
package import Ledger
import Finishing
import PictureWork
import Preparation

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Recovery {
  /// Restores the finishing of an edit from its ledger entry.
  ///
  /// - Returns: `nil` when the edit requested no finishing.
  /// - Throws: an error when the original or the mask is missing or has changed.
  package func finishing(_ entry: EditEntry) async throws(PlantainError) -> EditFinishing? {
    guard let known = entry.finishing else { return nil }
    let stored = try? JSONDecoder().decode(StoredFinishing.self, from: Data(known.options.utf8))
    guard let stored, let options = FinishingOptions(stored) else {
      throw .ledger("cannot read how to finish the edit \(entry.id)", store.path)
    }
    var contents = FinishingContents()
    if let digest = known.sha256 {
      guard let path = known.original else {
        throw .usage("the original of the edit \(entry.id) was not a file", hint: nil)
      }
      let original = try await processor.keep(.file(path))
      guard try await original.digest() == digest else { throw .losing(.changed(path)) }
      let mask = try await mask(known)
      contents = FinishingContents(original: original, mask: mask?.content)
    }
    return EditFinishing(
      original: known.original, mask: known.mask, options: options.with(Provenance(entry)),
      maximumDrift: known.maximumDrift, comparison: known.comparison, contents: contents, entry: known)
  }

  private func mask(_ known: EditEntry.Finishing) async throws(PlantainError) -> PreparedReference? {
    guard let maskDigest = known.maskSHA256 else { return nil }
    guard let path = known.mask else { throw .usage("the mask of the edit was not a file", hint: nil) }
    guard try await processor.keep(.file(path)).digest() == maskDigest else { throw .losing(.changed(path)) }
    return try await processor.prepareMask(.file(path))
  }
}
