import CZlib
import NIOHTTP1

/// What is done to a body on its way (RFC 9110, 8.4), by its header.
enum ContentCoding {
  case none
  case gzip
  case deflate
  /// One that was not asked for; its name.
  case unknown(String)

  /// What requests say is taken.
  static let accepted = "gzip, deflate"

  init(_ headers: HTTPHeaders) {
    let names = headers[canonicalForm: "Content-Encoding"].map { $0.lowercased() }
      .filter { !["identity", ""].contains($0) }
    switch names.count {
    case 0: self = .none
    case 1 where ["gzip", "x-gzip"].contains(names[0]): self = .gzip
    case 1 where names[0] == "deflate": self = .deflate
    default: self = .unknown(String(names.joined(separator: ", ").prefix(60)))
    }
  }

  /// `nil` where there is nothing to undo.
  var decoder: ContentDecoder? {
    switch self {
    case .gzip: ContentDecoder(isGzip: true)
    case .deflate: ContentDecoder(isGzip: false)
    case .none, .unknown: nil
    }
  }

  /// Why a body cannot be read; `nil` where it can.
  var explanation: String? {
    guard case .unknown(let name) = self else { return nil }
    return "it is compressed by \(name), which was not asked for: \(Self.accepted) are taken"
  }
}

/// Undoes gzip and deflate as a body comes.
final class ContentDecoder: @unchecked Sendable {
  // Used by one thread at a time, as whoever holds it promises.
  private let decoder: OpaquePointer
  private var state = ContentCodingGoesOn
  private let isGzip: Bool
  /// Some say gzip of what they send as it is.
  private var isPlain: Bool?

  /// - Returns: `nil` when there is no memory.
  init?(isGzip: Bool) {
    guard let decoder = content_coding_new() else { return nil }
    self.decoder = decoder
    self.isGzip = isGzip
  }

  deinit { content_coding_free(decoder) }

  /// Whether all of it has come, and was right.
  var isWhole: Bool { isPlain == true || state == ContentCodingEnded }
  var isDamaged: Bool { state == ContentCodingDamaged }

  /// - Parameter take: is given what comes out, in pieces of at most 64 KB, until it says that it is enough.
  func decode(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Bool) {
    guard let first = bytes.first else { return }
    let isPlain = isPlain ?? (isGzip && first != 0x1F)
    self.isPlain = isPlain
    if isPlain {
      _ = take(bytes)
      return
    }
    var rest = bytes
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { room in
      while true {
        var (used, written) = (0, 0)
        state = content_coding_decode(
          decoder, rest.baseAddress, rest.count, &used, room.baseAddress, room.count, &written)
        rest = UnsafeRawBufferPointer(rebasing: rest[used...])
        if written > 0, !take(UnsafeRawBufferPointer(rebasing: room[..<written])) { return }
        // A full room may mean that more is to come without further bytes.
        if state == ContentCodingDamaged || rest.isEmpty && written < room.count || used + written == 0 {
          return
        }
      }
    }
  }
}
