/// A growable buffer for the bytes of a picture that arrive in pieces and whose total count is only
/// estimated.
///
/// Pages that are never written to use no physical memory, so a high estimate costs nothing.
package struct ByteAccumulator: ~Copyable {
  private static let firstRoom = 1 << 16

  private let expected: Int
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  /// The number of bytes written so far.
  package private(set) var count = 0

  /// - Parameter expected: the estimated total in bytes. It is allocated only once the first 64 KiB are full.
  ///   Default: 0.
  package init(expecting expected: Int = 0) {
    self.expected = expected
  }

  deinit {
    if let memory { LargeMemory.release(memory, capacity) }
  }

  /// Lends space for up to `maximum` more bytes to `fill`, which returns how many it wrote.
  package mutating func append<E: Error>(
    upTo maximum: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) {
    if count + maximum > capacity { grow(to: count + maximum) }
    let room = UnsafeMutableRawBufferPointer(start: memory.map { $0 + count }, count: maximum)
    count += try fill(room)
  }

  private mutating func grow(to least: Int) {
    let needed = max(least, capacity == 0 ? Self.firstRoom : 2 * capacity)
    var larger = max(needed, capacity == 0 ? 0 : expected)
    var room = LargeMemory.allocateIfPossible(larger)
    if room == nil {
      // Where the estimate cannot be allocated, the bytes needed now perhaps can.
      larger = needed
      room = LargeMemory.allocate(larger)
    }
    guard let room else { return }
    LargeMemory.preferHugePages(room, larger)
    if let memory {
      room.copyMemory(from: memory, byteCount: count)
      LargeMemory.release(memory, capacity)
    }
    memory = room
    capacity = larger
  }

  /// Returns the bytes, with the buffer shrunk to their count.
  package consuming func finish() -> PictureBytes {
    guard let memory, count > 0 else { return PictureBytes([]) }
    let exact = LargeMemory.shrink(memory, from: capacity, to: count)
    self.memory = nil
    return PictureBytes(adopting: UnsafeRawBufferPointer(start: exact, count: count)) { [count] in
      LargeMemory.release(UnsafeMutableRawPointer(mutating: $0), count)
    }
  }
}
