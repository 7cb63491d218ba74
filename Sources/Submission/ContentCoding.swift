import CZlib
import NIOHTTP1

/// The content coding of a body (RFC 9110, 8.4), from its header.
enum ContentCoding {
  case none
  case gzip
  case deflate
  /// An unsupported coding, with its name.
  case unknown(String)

  /// The value of the `Accept-Encoding` header.
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

  /// The decoder for this coding; `nil` if the body is not compressed or the coding is not supported.
  var decoder: ContentDecoder? {
    switch self {
    case .gzip: ContentDecoder(isGzip: true)
    case .deflate: ContentDecoder(isGzip: false)
    case .none, .unknown: nil
    }
  }

  /// The reason why a body cannot be decoded; `nil` if it can.
  var explanation: String? {
    guard case .unknown(let name) = self else { return nil }
    return "it is compressed with \(name), but only \(Self.accepted) are supported"
  }
}

/// A streaming decoder for gzip and deflate.
final class ContentDecoder: @unchecked Sendable {
  // Safe: the owner guarantees that only one thread at a time uses it.
  private let decoder: OpaquePointer
  private var state = ContentCodingGoesOn
  private let isGzip: Bool
  /// Whether the body is not compressed: some servers declare gzip for a plain body. `nil` before the first
  /// byte.
  private var isPlain: Bool?

  /// Creates a decoder; `nil` if there is not enough memory.
  init?(isGzip: Bool) {
    guard let decoder = content_coding_new() else { return nil }
    self.decoder = decoder
    self.isGzip = isGzip
  }

  deinit { content_coding_free(decoder) }

  /// Whether the body is complete and valid.
  var isWhole: Bool { isPlain == true || state == ContentCodingEnded }
  var isDamaged: Bool { state == ContentCodingDamaged }

  /// Decodes the next bytes of the body.
  ///
  /// - Parameter take: Receives the decoded bytes, in pieces of at most 64 KB, and returns whether to go on.
  ///   A body that is not compressed is passed on as it is.
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
        // If the buffer is full, the decoder may have more output without further input.
        if state == ContentCodingDamaged || rest.isEmpty && written < room.count || used + written == 0 {
          return
        }
      }
    }
  }
}
