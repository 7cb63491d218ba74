extension Gateway {
  /// All built-in gateways.
  public static let all: [Gateway] = [myrouter, gccai, apiyi, aimlapi, crazyrouter, google, simulator]

  /// The gateway with an id; `nil` if there is none.
  public static func named(_ id: String) -> Gateway? {
    all.first { $0.id == id }
  }
}
