package import Gateways
import Core

extension Gateway {
  /// The warning about a model id that the gateway is not known to have, given before anything is billed.
  package func doubt(about model: String?) -> String? {
    guard let model, !models.contains(where: { $0.id == model }) else { return nil }
    let known = models.map(\.id)
    let meant =
      known.nearest(to: model, within: max(2, model.count / 3)).map { "did you mean \($0)?" }
      ?? "known models: \(known.joined(separator: ", "))."
    return
      "\(id) is not known to have a model \(model): \(meant) It is sent as it is, and its price is unknown"
  }
}
