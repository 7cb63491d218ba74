/// Bytes of a picture that come piece by piece, whose number is only guessed before.
///
/// Room that is never written to is no memory in use, so a high guess costs nothing.
package struct ByteAccumulator: ~Copyable {
  private static let firstRoom = 1 << 16

  private let expected: Int
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  package private(set) var count = 0

  /// - Parameter expected: how many there may be; taken at its word only when the first 64 KiB are full.
  package init(expecting expected: Int = 0) {
    self.expected = expected
  }

  deinit {
    if let memory { LargeMemory.release(memory, capacity) }
  }

  /// Lends room for `most` further bytes to `fill`, which returns how many it wrote.
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
      // Where there is not room for the guess there may be for what is needed.
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

  /// The bytes, in just as much memory.
  package consuming func finish() -> PictureBytes {
    guard let memory, count > 0 else { return PictureBytes([]) }
    let exact = LargeMemory.shrink(memory, from: capacity, to: count)
    self.memory = nil
    return PictureBytes(adopting: UnsafeRawBufferPointer(start: exact, count: count)) { [count] in
      LargeMemory.release(UnsafeMutableRawPointer(mutating: $0), count)
    }
  }
}
