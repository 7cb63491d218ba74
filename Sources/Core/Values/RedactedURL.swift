extension StringProtocol where SubSequence == Substring {
  /// The URL without the parts that may hold secrets: a user name and password become `***`; the query and
  /// the fragment are removed.
  package var withoutURLSecrets: String {
    let visible = prefix { $0 != "?" && $0 != "#" }
    guard let scheme = visible.firstRange(of: "://") else { return String(visible) }
    let rest = visible[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return String(visible) }
    return visible[..<scheme.upperBound] + "***" + rest[at...]
  }

  /// `withoutURLSecrets`, with an ellipsis where the query or the fragment was.
  package var loggableURL: String {
    guard let cut = first(where: { $0 == "?" || $0 == "#" }) else { return withoutURLSecrets }
    return withoutURLSecrets + "\(cut)…"
  }
}
