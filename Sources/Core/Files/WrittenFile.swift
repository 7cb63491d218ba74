/// A file that was written, with what is needed to recognize it later.
package struct WrittenFile: Sendable, Equatable {
  /// The absolute path.
  package let path: String
  /// The SHA-256 of its bytes; `nil` if they contain another result's pixels.
  package let sha256: String?

  package init(path: String, sha256: String?) {
    (self.path, self.sha256) = (path, sha256)
  }
}
