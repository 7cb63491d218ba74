package import Gateways

/// The expected number of tokens of an edit. Some gateways bill by tokens.
public struct Tokens: Encodable, Sendable, Equatable {
  /// The tokens of the references and the prompt, over all requests.
  public package(set) var input: Int
  /// The tokens of the pictures made.
  public package(set) var output: Int

  package init(input: Int, output: Int) { (self.input, self.output) = (input, output) }
}

extension Tokens {
  /// Computes the tokens of an edit. Returns `nil` if the model's counts are unknown.
  ///
  /// - Parameters:
  ///   - references: the number of pictures sent.
  ///   - parts: the number of pictures in each request.
  package init?(_ model: Model, _ tier: Tier, references: Int, promptBytes: Int, parts: [Int]) {
    guard let counts = model.tokens, let made = counts.perPicture[tier] else { return nil }
    // Each request sends all references and the prompt.
    input = parts.count * (counts.perReference * references + TokenCounts.prompt(promptBytes))
    output = parts.reduce(0, +) * made
  }
}
