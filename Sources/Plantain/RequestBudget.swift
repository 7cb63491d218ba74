import Base64
import Vocabulary

/// How many file bytes each reference may have so that a whole request stays within its limit.
struct RequestBudget: Equatable {
  /// Room for the JSON around the pictures, beside the prompt.
  private static let envelope = 4_096

  let perReference: ByteCount

  /// `nil` when not even a kilobyte is left for each.
  init?(request: ByteCount, picture: ByteCount, references: Int, promptBytes: Int) {
    // A prompt grows at most sixfold when every byte of it is escaped.
    let text = request.bytes - Self.envelope - promptBytes * 6
    let share = text / max(1, references) / 4 * 3
    guard share >= 1_000 else { return nil }
    perReference = min(picture, ByteCount(share))
  }
}
