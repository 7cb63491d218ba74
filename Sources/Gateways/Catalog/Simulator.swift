import Core

extension Gateway {
  /// Plantain's own simulator on the loopback interface, which speaks Google's dialect and costs nothing. Its other dialects
  /// are reached by naming the gateway that speaks them and the simulator's address for it.
  public static let simulator = Gateway(
    id: "simulator",
    dialect: .nativeGemini,
    path: google.path,
    keyVariables: ["SIMULATOR_API_KEY"],
    authorization: .bearer,
    limits: apiyi.limits,
    carrier: .inlineData,
    fields: google.fields,
    takesPromptAlone: true,
    errorDialect: .google,
    models: [
      NanoBanana2.model(
        "gemini-3.1-flash-image",
        prices: Price.everyTier(Price(millionths: 0, currency: "USD", checked: "2026-11-21")))
    ],
    documentation: "README.md",
    checked: "2026-11-21")
}
