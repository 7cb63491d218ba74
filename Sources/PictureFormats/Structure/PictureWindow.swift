package import Core

/// The bytes of a picture by their place. Of those in a file only some around where it was read last are in memory, so whoever
/// walks through them from front to back needs no room for the whole.
package final class PictureWindow {
  package let byteCount: Int
  private let content: PictureContent
  /// What is in memory, and where it begins.
  private var memory: UnsafeRawBufferPointer
  private var start = 0
  /// Where bytes of a file are read into.
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// Why bytes could not be had. They are missing then as if the file had ended before them.
  package private(set) var failure: ContentError?

  /// So much of a file is in memory where nothing asks for more.
  private let portion: Int
  /// No block of a picture that is looked at as a whole is as large; what is behind is not looked at.
  private static let maximumTogether = 16 << 20

  package init(_ content: PictureContent, portion: Int = PictureContent.usualPortion) {
    self.content = content
    self.portion = portion
    byteCount = content.count
    memory = content.inMemory?.stableMemory ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  deinit { room.deallocate() }

  /// - Throws: when bytes could not be had, or a file is not what it was when it was opened.
  func requireWhole() throws(ContentError) {
    if let failure { throw failure }
    try content.requireUnchanged()
  }

  /// The bytes from `offset` on that are in memory, which are at least `count` where there are so many. They stay until others
  /// are asked for.
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

  /// Lends the bytes of `range`, from front to back and in as many portions as it takes, until `body` says no.
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

  /// Lends the bytes of `range` together, as far as there are so many.
  package func withSpan<Value>(_ range: Range<Int>, _ body: (RawSpan) -> Value) -> Value {
    let count = min(range.count, Self.maximumTogether)
    let portion = bytes(at: range.lowerBound, atLeast: count)
    return body(UnsafeRawBufferPointer(rebasing: portion.prefix(count)).bytes)
  }
}

/// As of a span: `nil` past the end.
extension PictureWindow {
  package func byte(_ offset: Int) -> UInt8? { withSpan(offset..<offset + 1) { $0.byte(0) } }
  func bigEndian16(_ offset: Int) -> Int? { withSpan(offset..<offset + 2) { $0.bigEndian16(0) } }
  func bigEndian32(_ offset: Int) -> Int? { withSpan(offset..<offset + 4) { $0.bigEndian32(0) } }
  package func array(_ range: Range<Int>) -> [UInt8] { withSpan(range) { $0.array(0..<range.count) } }

  package func has(_ text: StaticString, at offset: Int) -> Bool {
    withSpan(offset..<offset + text.utf8CodeUnitCount) { $0.has(text, at: 0) }
  }
}
