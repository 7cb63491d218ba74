import Gateways
import Preparation

/// References by how they are handled: prepared here, or passed on by URL to a gateway that fetches them
/// itself. The picture to edit is always prepared here, so that its shape is known.
struct SortedReferences {
  private enum Handling { case prepared, passedOn(String), left(Reference) }

  private let all: [Reference]
  private let places: [Handling]

  init(_ references: [Reference], _ gateway: Gateway, isDry: Bool) {
    all = references
    places = references.enumerated().map { position, reference in
      guard case .url(let address) = reference else { return .prepared }
      if gateway.fetches(address, at: position) { return .passedOn(address) }
      return isDry ? .left(reference) : .prepared
    }
  }

  var prepared: [Reference] {
    zip(all, places).compactMap { if case .prepared = $1 { $0 } else { nil } }
  }

  var passedOn: [String] {
    places.compactMap { if case .passedOn(let address) = $0 { address } else { nil } }
  }

  /// The references that a dry run does not fetch.
  var left: [Reference] { places.compactMap { if case .left(let reference) = $0 { reference } else { nil } } }

  /// Whether the first reference is among the prepared ones.
  var isEditedPrepared: Bool { if case .prepared? = places.first { true } else { false } }

  /// All references that are sent, in their order.
  func joined(_ prepared: [Preparer.Result]) -> [EditRequest.Reference] {
    var rest = prepared[...]
    return places.compactMap { place in
      switch place {
      case .left: nil
      case .passedOn(let address): .address(address)
      case .prepared:
        rest.popFirst().map { .picture($0.reference.mediaType, $0.reference.content) }
      }
    }
  }
}
