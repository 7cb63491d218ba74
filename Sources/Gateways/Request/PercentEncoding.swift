/// Percent-encodes everything but unreserved characters (RFC 3986), for model and task ids in a path.
func percentEncoded(_ text: String) -> String {
  text.utf8.reduce(into: "") { result, byte in
    let character = Character(UnicodeScalar(byte))
    if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
      result.append(character)
    } else {
      let digits = String(byte, radix: 16, uppercase: true)
      result += "%" + (byte < 16 ? "0" : "") + digits
    }
  }
}
