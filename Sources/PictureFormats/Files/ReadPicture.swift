public import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An error from reading a file as the bytes of a picture.
public enum ReadError: Error, Sendable, Equatable {
  /// No file has this path.
  case missing
  /// The path is not a regular file. The value names what it is: "a folder", "a fifo", …
  case notARegularFile(String)
  /// The file cannot be opened or read. The value is the system's message, such as "Permission denied".
  case unreadable(String)
  /// The file has no bytes.
  case empty
  /// The file is larger than the limit.
  case tooLarge(ByteCount, limit: ByteCount)
}

extension ReadError {
  /// Converts an error from a file that was already open.
  package init(_ error: ContentError) {
    switch error {
    case .changed: self = .unreadable("it changed while it was being read")
    case .unreadable(_, let why): self = .unreadable(why)
    }
  }
}

extension ReadError: CustomStringConvertible {
  /// The error as a clause whose subject is "it", the file.
  public var description: String {
    switch self {
    case .missing: "there is no such file"
    case .notARegularFile(let kind): "it is \(kind), not a file"
    case .unreadable(let why): "it cannot be read: \(why)"
    case .empty: "it is empty"
    case .tooLarge(let size, let limit): "it has \(size), over the limit of \(limit)"
    }
  }
}

/// Opens picture files. Nothing else opens them, so libvips never sees a file name.
package enum PictureFile {
  /// The maximum size of a file, in bytes: a hundred megapixels with 16 bits in each of three channels,
  /// uncompressed, and some more.
  package static let sizeLimit = ByteCount(640_000_000)
  /// The maximum size of a stream from a network or a pipe, whose length is unknown in advance.
  package static let streamLimit = ByteCount.megabytes(256)

  /// Reads a regular file completely.
  package static func read(
    _ path: String, limit: ByteCount = sizeLimit
  ) throws(ReadError) -> PictureBytes {
    let file = try open(path, limit: limit)
    do throws(ContentError) { return try file.readAll() } catch { throw ReadError(error) }
  }

  /// Opens a regular file, whatever the Unicode normalization form of its name on disk. Refuses folders,
  /// FIFOs and devices, which could block or never end.
  package static func open(_ name: String, limit: ByteCount = sizeLimit) throws(ReadError) -> OpenFile {
    let path = Path(name).asOnDisk.string
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(lastSystemError())
    }
    try requireRegular(status)
    let descriptor = systemOpen(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .unreadable(lastSystemError()) }
    // Check again, on the file that was opened.
    guard fstat(descriptor, &status) == 0 else {
      defer { close(descriptor) }
      throw .unreadable(lastSystemError())
    }
    let file = OpenFile(adopting: descriptor, status, name: name)
    try requireRegular(status)
    guard file.count <= limit.bytes else { throw .tooLarge(ByteCount(file.count), limit: limit) }
    guard file.count > 0 else { throw .empty }
    return file
  }

  /// The size of a regular file that may be read. Zero for everything else; reading then reports the reason.
  package static func size(of path: String) -> ByteCount {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return ByteCount(0) }
    let size = ByteCount(Int(status.st_size))
    return size <= sizeLimit ? size : ByteCount(0)
  }

  /// Reads standard input to its end, at most `limit` bytes.
  package static func readStandardInput(limit: ByteCount = streamLimit) throws(ReadError) -> PictureBytes {
    var pieces: [UInt8] = []
    while pieces.count <= limit.bytes {
      let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 20) { room, count throws(ReadError) in
        count = try fill(UnsafeMutableRawBufferPointer(room), from: 0)
      }
      if piece.isEmpty { break }
      pieces += piece
    }
    guard pieces.count <= limit.bytes else { throw .tooLarge(ByteCount(pieces.count), limit: limit) }
    guard !pieces.isEmpty else { throw .empty }
    return PictureBytes(pieces)
  }

  private static func requireRegular(_ status: stat) throws(ReadError) {
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFREG else { return }
    let names: [mode_t: String] = [
      S_IFDIR: "a folder", S_IFIFO: "a fifo", S_IFCHR: "a device", S_IFBLK: "a device", S_IFSOCK: "a socket",
    ]
    throw .notARegularFile(names[kind] ?? "something else")
  }

  /// Reads until `room` is full or the input ends. Returns the number of bytes.
  private static func fill(
    _ room: UnsafeMutableRawBufferPointer, from descriptor: Int32
  ) throws(ReadError) -> Int {
    var filled = 0
    while filled < room.count {
      let count = systemRead(descriptor, room.baseAddress.map { $0 + filled }, room.count - filled)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(lastSystemError())
      }
      filled += count
    }
    return filled
  }
}

/// The system calls whose names the functions above shadow.
private let systemOpen: @Sendable (UnsafePointer<CChar>, Int32) -> Int32 = { open($0, $1) }
private let systemRead: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = { read($0, $1, $2) }

/// The system's message for `errno`.
package func lastSystemError() -> String { String(cString: strerror(errno)) }
