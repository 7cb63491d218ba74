extension StringProtocol {
  /// The American spelling of the name of an option, key, or column. Earlier versions used British names,
  /// which are still accepted.
  package var inAmericanSpelling: String {
    String(self).replacing("colour", with: "color").replacing("honoured", with: "honored")
  }
}
