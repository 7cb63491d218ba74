extension StringProtocol {
  /// The name of an option, key, or column in American spelling. Earlier versions used British names, which stay accepted.
  package var inAmericanSpelling: String {
    String(self).replacing("colour", with: "color").replacing("honoured", with: "honored")
  }
}
