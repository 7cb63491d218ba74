import Base64
import Core

/// Divides a request's byte limit among its references.
///
/// Pictures that need less than their share leave the rest to the others. The picture to edit, which is the
/// first, counts twice. Pure arithmetic.
struct RequestBudget: Equatable {
  /// Bytes for the JSON around the pictures, apart from the prompt.
  private static let envelope = 4_096
  /// A picture of fewer bytes is not worth sending.
  private static let smallestShare = 1_000

  /// File bytes for all references together.
  private let room: Int

  /// `nil` when less than a kilobyte is left for each reference, counting the first twice.
  init?(request: ByteCount, references: Int, promptBytes: Int) {
    // Escaping makes a prompt at most six times as long; base64 is written in groups of four.
    let text = request.bytes - Self.envelope - promptBytes * 6 - 4 * references
    room = text / 4 * 3
    guard room >= Self.smallestShare * (references + 1) else { return nil }
  }

  /// The byte limits that make pictures of these sizes fit; `nil` for those that can stay as they are.
  package func limits(for sizes: [ByteCount]) -> [ByteCount?] {
    guard sizes.reduce(0, { $0 + $1.bytes }) > room else { return sizes.map { _ in nil } }
    var left = room
    var open = Array(sizes.indices)
    while true {
      let weights = open.reduce(0) { $0 + Self.weight($1) }
      let unit = left / max(1, weights)
      let content = open.filter { sizes[$0].bytes <= unit * Self.weight($0) }
      if content.isEmpty {
        return sizes.indices.map { open.contains($0) ? ByteCount(unit * Self.weight($0)) : nil }
      }
      left -= content.reduce(0) { $0 + sizes[$1].bytes }
      open.removeAll(where: content.contains)
    }
  }

  private static func weight(_ position: Int) -> Int { position == 0 ? 2 : 1 }
}
