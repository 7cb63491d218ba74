import Core

extension Gateway {
  /// Plantain's own simulator on the loopback interface, which uses Google's format and costs nothing. To use
  /// it with another dialect, select a gateway of that dialect and set its base URL to the simulator's.
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
        prices: Price.everyTier(Price(millionths: 0, currency: "USD", readOn: "2026-11-21")))
    ],
    documentation: "README.md",
    checked: "2026-11-21")
}
