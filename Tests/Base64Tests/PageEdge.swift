#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory whose last byte is followed by a page that may not be touched: one byte too far ends the process.
struct PageEdge: ~Copyable {
  private let start: UnsafeMutableRawPointer
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init() {
    start = mmap(nil, 2 * Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mprotect(start + Self.page, Self.page, PROT_NONE)
  }

  deinit { munmap(start, 2 * Self.page) }

  /// The last `count` bytes before the forbidden page.
  func end(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start + Self.page - count, count: count)
  }
}

/// Runs `work` on a copy of `input` and on `room` bytes of output, both ending where memory ends.
///
/// - Returns: the output.
func atPageEdge(
  _ input: [UInt8], room: Int, _ work: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int
) -> [UInt8] {
  let source = PageEdge()
  let target = PageEdge()
  source.end(input.count).copyBytes(from: input)
  let count = work(UnsafeRawBufferPointer(source.end(input.count)), target.end(room))
  return Array(target.end(room).prefix(count))
}
