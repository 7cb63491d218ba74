package import Gateways
import Preparation

/// The plan of an edit: everything that is known before the first byte goes to the network.
public struct EditPlan: Sendable {
  /// The edit's id in messages, reports and the ledger.
  public let id: String
  /// The id of the gateway.
  public let gateway: String
  /// The id of the model.
  public let model: String
  /// The references as they were prepared.
  public let prepared: [Preparer.Result]
  /// The reports on `prepared`. They are made before anything is sent, because a picture may change on disk
  /// later.
  package let reports: [PrepareReport]
  /// The size and options of the request.
  public let request: EditResult.Request
  /// The URLs of references that the gateway fetches itself.
  public let passedOn: [String]
  /// The URLs of references that a plan does not fetch. `request.bytes` does not include them.
  public let notFetched: [String]
  /// The expected cost of all pictures.
  public let cost: EditResult.Cost
  /// The expected number of tokens, by the model vendor's counts; `nil` if unknown.
  public let tokens: Tokens?
  /// The warnings that are known before sending.
  public package(set) var warnings: [EditWarning]
  /// Whether the picture is mirror-padded to the shape of the answer; `nil` if unknown.
  package var isMirrored: Bool?
  /// The SHA-256 of all that the edit sends.
  package var requestDigest = ""
  /// Why the model id may be a mistake; `nil` if the model is known.
  public package(set) var modelDoubt: String?
  /// The id of an equal earlier edit that is paid for. Its result would be fetched before anything is sent.
  public package(set) var paidFor: String?
  /// The numbers of the pictures that each request asks for; `nil` where a single picture is wanted, and in
  /// edits of earlier versions.
  package var numbers: [[Int]]?
  /// How the results are finished; `nil` if they are not.
  package var finishing: EditFinishing?
  /// The highest price of a picture among the routes; `nil` if unknown.
  package var dearest: (price: Price, gateway: String)?

  /// The cost of all pictures if the route with the highest price makes them.
  package var highestCost: EditResult.Cost {
    EditResult.Cost(price: dearest?.price ?? cost.price, count: request.count)
  }
}
