extension Gateway {
  /// Creates the description of another host with the same dialect as a known gateway. Prices and the address
  /// of that gateway do not apply to it.
  ///
  /// - Parameters:
  ///   - id: the short name.
  ///   - example: the gateway whose requests, replies, limits and models it shares.
  ///   - baseURL: the base URL without a trailing slash. Default: `nil`, given by each route.
  ///   - models: the ids of its models, the default one first; `nil`: those of the example. Default: `nil`.
  public init(_ id: String, like example: Gateway, baseURL: String? = nil, models: [String]? = nil) {
    self = example
    self.id = id
    self.baseURL = baseURL
    keyVariables = [Self.keyVariable(of: id)]
    documentation = "the documentation of \(example.id)"
    self.models = models?.map { example.model(named: $0) } ?? example.models
    for place in self.models.indices { self.models[place].prices = [:] }
  }

  /// The environment variable of the key of a gateway that names no other.
  static func keyVariable(of id: String) -> String { "\(variableName(of: id))_API_KEY" }

  /// The id in the spelling of environment variables.
  static func variableName(of id: String) -> String { id.uppercased().replacing("-", with: "_") }
}
