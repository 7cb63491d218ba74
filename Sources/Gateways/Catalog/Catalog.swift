extension Gateway {
  /// Every gateway that has a name on the command line.
  public static let all: [Gateway] = [myrouter, gccai, apiyi, aimlapi, crazyrouter, google, simulator]

  public static func named(_ id: String) -> Gateway? {
    all.first { $0.id == id }
  }
}
