#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory for the bytes of whole pictures. From a megabyte on it comes from the system and goes back there at once: an
/// allocator keeps blocks that size, one set for each thread, and a program that handles one picture after the other then
/// holds many.
enum LargeMemory {
  private static let threshold = 1 << 20

  /// Uninitialized. Ends the process when there is no memory, as Swift's own allocations do.
  ///
  /// - Parameter isFilledAtOnce: all pages come now; one by one, at the first use of each, they cost twice as much.
  static func allocate(_ count: Int, isFilledAtOnce: Bool = false) -> UnsafeMutableRawPointer {
    guard let memory = allocateIfPossible(count, isFilledAtOnce: isFilledAtOnce) else {
      fatalError("out of memory")
    }
    return memory
  }

  static func allocateIfPossible(_ count: Int, isFilledAtOnce: Bool = false) -> UnsafeMutableRawPointer? {
    count >= threshold ? map(count, isFilledAtOnce) : malloc(max(1, count))
  }

  static func release(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    if count >= threshold { munmap(memory, count) } else { free(memory) }
  }

  /// The first `new` bytes in no more room than they need.
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

  /// Asks for pages of 2 MB where there are such: getting 20 MB in small ones takes longer than filling them. Not for less:
  /// on a virtual machine whose host has taken back the memory, each large one takes milliseconds the first time.
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
