import Vocabulary

extension Gateway {
  /// Plantain's own simulator on the loopback interface, which speaks the same dialect and costs nothing.
  public static let simulator = Gateway(
    id: "simulator",
    dialect: .nativeGemini,
    baseURL: nil,
    keyVariable: "SIMULATOR_API_KEY",
    limits: apiyi.limits,
    models: [
      NanoBanana2.model(
        "gemini-3.1-flash-image",
        prices: Dictionary(
          uniqueKeysWithValues: Tier.allCases.map {
            ($0, Price(millionths: 0, currency: "USD", checked: "2026-11-21"))
          }))
    ],
    timeouts: apiyi.timeouts,
    documentation: "README.md",
    checked: "2026-11-21")
}
