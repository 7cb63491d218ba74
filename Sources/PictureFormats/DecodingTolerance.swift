/// How strictly damage in a file is treated.
package enum DecodingTolerance: Sendable {
  /// Any warning of the decoder is an error: a half-gray picture is never passed on.
  case strict
  /// What can be decoded is.
  case lenient
}
