#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory whose last byte is followed by an inaccessible page. An access one byte too far ends the process.
struct PageEdge: ~Copyable {
  private let start: UnsafeMutableRawPointer
  /// The size of the accessible part in bytes, a multiple of the page size.
  private let size: Int
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  init(_ count: Int) {
    size = max(1, (count + Self.page - 1) / Self.page) * Self.page
    start = mmap(nil, size + Self.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mprotect(start + size, Self.page, PROT_NONE)
  }

  deinit { munmap(start, size + Self.page) }

  /// The last `count` bytes before the inaccessible page.
  func end(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start + size - count, count: count)
  }
}

/// Runs `work` on a copy of `input` and on `room` bytes of output. Both end at an inaccessible page.
///
/// - Returns: the output.
func atPageEdge(
  _ input: [UInt8], room: Int, _ work: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int
) -> [UInt8] {
  let source = PageEdge(input.count)
  let target = PageEdge(room)
  source.end(input.count).copyBytes(from: input)
  let count = work(UnsafeRawBufferPointer(source.end(input.count)), target.end(room))
  return Array(target.end(room).prefix(count))
}
