/// How damaged files are handled.
package enum DecodingTolerance: Sendable {
  /// Any warning of the decoder is an error, so that a half-gray picture is never passed on.
  case strict
  /// The decodable part of the picture is used.
  case lenient
}
