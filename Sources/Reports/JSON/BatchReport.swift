package import Batch
package import Editing
import Finishing
import Gateways
import PictureFormats
import Ledger
import Core

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The outcome of one batch item as a JSON object: that of an edit or an error, with the item's own `id` and
/// its `output`.
package struct BatchLine: Encodable, Sendable {
  private let item: Manifest.Item
  private let content: Content

  private enum Content {
    case ended(Batch.Outcome)
    case planned(Result<EditPlan, PlantainError>)
  }

  /// The outcome of an item in a run.
  package init(_ item: Manifest.Item, _ outcome: Batch.Outcome) {
    (self.item, content) = (item, .ended(outcome))
  }

  /// The outcome of an item in a dry run.
  package init(_ item: Manifest.Item, _ outcome: Result<EditPlan, PlantainError>) {
    (self.item, content) = (item, .planned(outcome))
  }

  private enum CodingKeys: CodingKey { case id, line, output, skipped, error, edit, variant, missing }

  /// Encodes the edit or error, then the item's `line`, `id` and `variant`.
  package func encode(to encoder: any Encoder) throws {
    // The edit's own members come first: an `id` of the manifest replaces the ledger's, which is also in
    // `edit`.
    switch content {
    case .ended(let outcome): try encode(outcome, to: encoder)
    case .planned(.success(let plan)): try EditReport(plan).encode(to: encoder)
    case .planned(.failure(let error)): try ErrorReport(error).encode(to: encoder)
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(item.line, forKey: .line)
    if let id = item.id { try container.encode(id, forKey: .id) }
    try container.encodeIfPresent(item.variant, forKey: .variant)
  }

  private func encode(_ outcome: Batch.Outcome, to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch outcome {
    case .done(let result), .incomplete(let result?, _):
      try EditReport(result).encode(to: encoder)
      try container.encode(result.id, forKey: .edit)
      try container.encodeIfPresent(result.image.output, forKey: .output)
    case .skipped(let id, let outputs):
      try container.encode(id == nil ? "exists" : "done", forKey: .skipped)
      try container.encodeIfPresent(id, forKey: .edit)
      try container.encodeIfPresent(outputs.last, forKey: .output)
    case .elsewhere:
      try container.encode("under-way", forKey: .skipped)
      try container.encodeIfPresent(item.place, forKey: .output)
    case .incomplete(nil, _), .ambiguous, .failed:
      let errors = outcome.errors
      guard let error = outcome.openErrors.first ?? errors.first else { return }
      try ErrorReport(error).encode(to: encoder)
      if errors.count > 1 { try container.encode(errors.map(ErrorReport.Content.init), forKey: .missing) }
      try container.encodeIfPresent(error.editID, forKey: .edit)
      try container.encodeIfPresent(item.place, forKey: .output)
    }
  }
}
