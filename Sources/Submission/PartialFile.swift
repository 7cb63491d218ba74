import AsyncHTTPClient
import Gateways
import NIOCore
import NIOHTTP1
import Core

/// A partially downloaded file, and the validator for resuming the download with a range request (RFC 9110,
/// 14.2).
final class PartialFile {
  private var bytes = ByteAccumulator()
  /// The validator: a strong `ETag`, or the value of `Last-Modified`.
  private var version: String?
  private var total: Int?
  private var decoder: ContentDecoder?

  /// The headers of a request for the rest of the file; empty if the download cannot be resumed.
  var conditions: [(String, String)] {
    guard bytes.count > 0, let version else { return [] }
    return [("Range", "bytes=\(bytes.count)-"), ("If-Range", version)]
  }

  /// Processes the head of a response. Starts over unless the response is the rest of the file.
  func begin(_ response: HTTPClientResponse, limit: ByteCount) throws(DownloadError) {
    let status = Int(response.status.code)
    let declared = response.headers.first(name: "Content-Length").flatMap { Int($0) }
    if let declared, declared > limit.bytes { throw .tooLarge(limit: limit) }
    if status == 206, bytes.count > 0, Self.start(of: response) == bytes.count {
      total = declared.map { bytes.count + $0 }
    } else {
      bytes = ByteAccumulator()
      guard status == 200 else {
        let advice = response.headers.first(name: "Retry-After").flatMap {
          RetryAfter.parse($0, now: response.headers.first(name: "Date"))
        }
        throw .status(status, retryAfter: advice)
      }
      total = declared
      let tag = response.headers.first(name: "ETag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
      version = tag ?? response.headers.first(name: "Last-Modified")
    }
    let coding = ContentCoding(response.headers)
    if case .unknown(let name) = coding { throw .unknownCoding(name) }
    decoder = coding.decoder
    // A compressed body cannot be resumed, and its decoded length is unknown.
    if decoder != nil { (version, total) = (nil, nil) }
    if let total, total > limit.bytes { throw .tooLarge(limit: limit) }
  }

  /// The start of the range in `Content-Range`, such as 5 in `bytes 5-9/10`.
  private static func start(of response: HTTPClientResponse) -> Int? {
    guard let range = response.headers.first(name: "Content-Range"), range.hasPrefix("bytes ") else {
      return nil
    }
    return Int(range.dropFirst(6).prefix { $0 != "-" })
  }

  func append(_ chunk: ByteBuffer, limit: ByteCount) throws(DownloadError) {
    let isEnough = chunk.withUnsafeReadableBytes { chunk in
      guard let decoder else { return !take(chunk, limit) }
      var isEnough = false
      decoder.decode(chunk) { decoded in
        isEnough = !take(decoded, limit)
        return !isEnough
      }
      return isEnough
    }
    if isEnough { throw .tooLarge(limit: limit) }
  }

  /// Appends decoded bytes.
  ///
  /// - Returns: `false` if the file would exceed the limit.
  private func take(_ piece: UnsafeRawBufferPointer, _ limit: ByteCount) -> Bool {
    guard bytes.count + piece.count <= limit.bytes else { return false }
    bytes.append(upTo: piece.count) { room in
      room.copyMemory(from: piece)
      return piece.count
    }
    return true
  }

  /// Checks that the file is complete.
  ///
  /// - Throws: `cutShort` if it is not.
  func requireWhole() throws(DownloadError) {
    if let total, bytes.count < total { throw .cutShort }
    if let decoder, !decoder.isWhole { throw .cutShort }
  }

  func finish() -> PictureBytes {
    var whole = ByteAccumulator()
    swap(&whole, &bytes)
    return whole.finish()
  }
}
