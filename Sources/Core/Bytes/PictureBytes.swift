#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of one picture file: immutable, stored once, and shared by reference between stages.
///
/// The memory never moves, so a lazily decoding image can read from it for as long as it holds a reference.
public final class PictureBytes: Sendable {
  private nonisolated(unsafe) let memory: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawPointer) -> Void

  /// Takes ownership of `memory`, which `release` frees when the last reference is gone.
  package init(
    adopting memory: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawPointer) -> Void
  ) {
    self.memory = memory
    self.release = release
  }

  /// Allocates `capacity` bytes and lets `fill` write to them. `fill` returns how many it wrote.
  package convenience init<E: Error>(
    capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) {
    let room = LargeMemory.allocate(capacity, isFilledAtOnce: true)
    let written: Int
    do {
      written = try fill(UnsafeMutableRawBufferPointer(start: room, count: capacity))
    } catch {
      LargeMemory.release(room, capacity)
      throw error
    }
    self.init(adopting: UnsafeRawBufferPointer(start: room, count: min(written, capacity))) {
      LargeMemory.release(UnsafeMutableRawPointer(mutating: $0), capacity)
    }
  }

  /// Creates a copy of `bytes`.
  public convenience init(_ bytes: [UInt8]) {
    self.init(capacity: bytes.count) { room in
      room.copyBytes(from: bytes)
      return bytes.count
    }
  }

  deinit {
    if let start = memory.baseAddress { release(start) }
  }

  /// The number of bytes.
  public var count: Int { memory.count }
  /// The number of bytes, as a `ByteCount`.
  public var byteCount: ByteCount { ByteCount(memory.count) }

  /// Calls `body` with a pointer to the bytes, which is valid only during the call.
  public func withUnsafeBytes<Result, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> Result
  ) throws(E) -> Result {
    try body(memory)
  }

  /// Calls `body` with a bounds-checked span of the bytes.
  public func withSpan<Result, E: Error>(_ body: (RawSpan) throws(E) -> Result) throws(E) -> Result {
    try body(memory.bytes)
  }

  /// The bytes, at an address that is valid as long as this object lives.
  package var stableMemory: UnsafeRawBufferPointer { memory }

  /// A copy of the bytes.
  public var array: [UInt8] { [UInt8](memory) }

  /// Whether both hold the same bytes.
  package func hasSameContent(as other: PictureBytes) -> Bool {
    guard count == other.count, let mine = memory.baseAddress, let theirs = other.memory.baseAddress else {
      return count == other.count
    }
    return memcmp(mine, theirs, count) == 0
  }
}
