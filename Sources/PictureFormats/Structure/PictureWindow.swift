package import Core

/// Random access to the bytes of a picture. Of a file, only some bytes around the last read position are in
/// memory, so a walk from front to back never needs room for the whole file.
package final class PictureWindow {
  package let byteCount: Int
  private let content: PictureContent
  /// The bytes in memory, and their offset in the picture.
  private var memory: UnsafeRawBufferPointer
  private var start = 0
  /// The buffer for bytes of a file.
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// Why bytes could not be read. They then count as missing, as if the file ended before them.
  package private(set) var failure: ContentError?

  /// The minimum number of bytes to read from a file at a time.
  private let portion: Int
  /// The maximum number of bytes to lend together. No block that is examined as a whole is larger; anything
  /// beyond is ignored.
  private static let maximumTogether = 16 << 20

  package init(_ content: PictureContent, portion: Int = PictureContent.usualPortion) {
    self.content = content
    self.portion = portion
    byteCount = content.count
    memory = content.inMemory?.stableMemory ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  deinit { room.deallocate() }

  /// - Throws: if bytes could not be read, or a file has changed since it was opened.
  func requireWhole() throws(ContentError) {
    if let failure { throw failure }
    try content.requireUnchanged()
  }

  /// The bytes in memory from `offset` on: at least `count`, unless the picture ends earlier. They are valid
  /// until the next read.
  package func bytes(at offset: Int, atLeast count: Int = 1) -> UnsafeRawBufferPointer {
    let end = min(byteCount, offset + count)
    guard offset >= 0, offset < end else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    if offset < start || end > start + memory.count { load(offset..<end) }
    return UnsafeRawBufferPointer(rebasing: memory[min(memory.count, offset - start)...])
  }

  private func load(_ range: Range<Int>) {
    let wanted = min(byteCount - range.lowerBound, max(range.count, portion))
    if room.count < wanted {
      room.deallocate()
      room = .allocate(byteCount: wanted, alignment: 1)
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: room[..<wanted])
    start = range.lowerBound
    do throws(ContentError) {
      try content.copy(from: start, to: part)
      memory = UnsafeRawBufferPointer(part)
    } catch {
      failure = error
      memory = UnsafeRawBufferPointer(start: nil, count: 0)
    }
  }

  /// Lends the bytes of `range` from front to back, in as many portions as needed, until `body` returns
  /// `false`.
  func visit<E: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> Bool
  ) throws(E) {
    var at = range.lowerBound
    while at < range.upperBound {
      let portion = bytes(at: at)
      let part = UnsafeRawBufferPointer(rebasing: portion.prefix(range.upperBound - at))
      guard !part.isEmpty, try body(part) else { return }
      at += part.count
    }
  }

  /// Lends the bytes of `range` together, up to the end of the picture.
  package func withSpan<Value>(_ range: Range<Int>, _ body: (RawSpan) -> Value) -> Value {
    let count = min(range.count, Self.maximumTogether)
    let portion = bytes(at: range.lowerBound, atLeast: count)
    return body(UnsafeRawBufferPointer(rebasing: portion.prefix(count)).bytes)
  }
}

/// The same reads as of a span: `nil` past the end.
extension PictureWindow {
  package func byte(_ offset: Int) -> UInt8? { withSpan(offset..<offset + 1) { $0.byte(0) } }
  func bigEndian16(_ offset: Int) -> Int? { withSpan(offset..<offset + 2) { $0.bigEndian16(0) } }
  func bigEndian32(_ offset: Int) -> Int? { withSpan(offset..<offset + 4) { $0.bigEndian32(0) } }
  package func array(_ range: Range<Int>) -> [UInt8] { withSpan(range) { $0.array(0..<range.count) } }

  package func has(_ text: StaticString, at offset: Int) -> Bool {
    withSpan(offset..<offset + text.utf8CodeUnitCount) { $0.has(text, at: 0) }
  }
}
