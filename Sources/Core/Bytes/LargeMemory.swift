#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory for the bytes of whole pictures. Blocks of 1 MiB or more are mapped from the system and returned to
/// it at once. A general allocator keeps blocks of that size, one set per thread, so a program that handles
/// one picture after another would hold many of them.
enum LargeMemory {
  private static let threshold = 1 << 20

  /// Allocates uninitialized memory. Ends the process when there is none, as Swift's own allocations do.
  ///
  /// - Parameter isFilledAtOnce: maps all pages now. Faulting them in one by one at first use costs twice as
  ///   much. Default: `false`.
  static func allocate(_ count: Int, isFilledAtOnce: Bool = false) -> UnsafeMutableRawPointer {
    guard let memory = allocateIfPossible(count, isFilledAtOnce: isFilledAtOnce) else {
      fatalError("out of memory")
    }
    return memory
  }

  /// The same, but returns `nil` when there is no memory.
  static func allocateIfPossible(_ count: Int, isFilledAtOnce: Bool = false) -> UnsafeMutableRawPointer? {
    count >= threshold ? map(count, isFilledAtOnce) : malloc(max(1, count))
  }

  /// Frees memory that was allocated with this `count`.
  static func release(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    if count >= threshold { munmap(memory, count) } else { free(memory) }
  }

  /// Shrinks a block to its first `new` bytes, which may move.
  static func shrink(_ memory: UnsafeMutableRawPointer, from old: Int, to new: Int) -> UnsafeMutableRawPointer
  {
    if new >= threshold {
      let (kept, all) = (wholePages(new), wholePages(old))
      if kept < all { munmap(memory + kept, all - kept) }
      return memory
    }
    if old < threshold { return realloc(memory, max(1, new)) ?? memory }
    let other = allocate(new)
    other.copyMemory(from: memory, byteCount: new)
    release(memory, old)
    return other
  }

  /// Requests 2 MB pages where the system has them: faulting in 20 MB of small pages takes longer than
  /// filling them. Smaller blocks do not request them: on a virtual machine whose host has reclaimed the
  /// memory, the first use of each large page takes milliseconds.
  static func preferHugePages(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    #if os(Linux)
      if count >= 8 << 20 { madvise(memory, count, MADV_HUGEPAGE) }
    #endif
  }

  private static func wholePages(_ count: Int) -> Int {
    let page = Int(getpagesize())
    return (count + page - 1) / page * page
  }

  private static func map(_ count: Int, _ isFilledAtOnce: Bool) -> UnsafeMutableRawPointer? {
    var flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
    #if os(Linux)
      if isFilledAtOnce { flags |= MAP_POPULATE }
    #endif
    let memory = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }
}
