/// A file that was written, by which it is known again.
package struct WrittenFile: Sendable, Equatable {
  /// From the root.
  package let path: String
  /// SHA-256 of its bytes; `nil` where they are made of another result's pixels.
  package let sha256: String?

  package init(path: String, sha256: String?) {
    (self.path, self.sha256) = (path, sha256)
  }
}
