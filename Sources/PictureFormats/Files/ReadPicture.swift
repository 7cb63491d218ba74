public import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be read as the bytes of a picture.
public enum ReadError: Error, Sendable, Equatable {
  case missing
  /// What it is instead of a regular file: "a folder", "a fifo", …
  case notARegularFile(String)
  /// The system's words, such as "Permission denied".
  case unreadable(String)
  case empty
  case tooLarge(ByteCount, limit: ByteCount)
}

extension ReadError {
  /// What went wrong with a file that was open already.
  package init(_ error: ContentError) {
    switch error {
    case .changed: self = .unreadable("it has changed while it was read")
    case .unreadable(_, let why): self = .unreadable(why)
    }
  }
}

extension ReadError: CustomStringConvertible {
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

/// Files are opened here and nowhere else, so that libvips never sees a name.
package enum PictureFile {
  /// The largest file that is read at all: a hundred megapixels with 16 bits in each of three channels, as they are.
  package static let sizeLimit = ByteCount(640_000_000)
  /// Of what comes over a network or through a pipe, which no one sees coming.
  package static let streamLimit = ByteCount.megabytes(256)

  /// The whole of a regular file.
  package static func read(
    _ path: String, limit: ByteCount = sizeLimit
  ) throws(ReadError) -> PictureBytes {
    let file = try open(path, limit: limit)
    do throws(ContentError) { return try file.readAll() } catch { throw ReadError(error) }
  }

  /// A regular file, opened, whatever the Unicode normal form of its name. Folders, fifos and devices are refused before they can
  /// block or never end.
  package static func open(_ name: String, limit: ByteCount = sizeLimit) throws(ReadError) -> OpenFile {
    let path = FileSpelling.onDisk(name) ?? name
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(lastSystemError())
    }
    try requireRegular(status)
    let descriptor = systemOpen(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .unreadable(lastSystemError()) }
    // Once more on what was really opened.
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

  /// The size of a regular file that may be read; zero for everything else, of which reading will tell why not.
  package static func size(of path: String) -> ByteCount {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return ByteCount(0) }
    let size = ByteCount(Int(status.st_size))
    return size <= sizeLimit ? size : ByteCount(0)
  }

  /// Everything that standard input holds, up to `limit`.
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

  /// Reads until `room` is full or the input ends.
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

/// The system calls, which the functions above hide by their names.
private let systemOpen: @Sendable (UnsafePointer<CChar>, Int32) -> Int32 = { open($0, $1) }
private let systemRead: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = { read($0, $1, $2) }

/// The system's words for `errno`.
package func lastSystemError() -> String { String(cString: strerror(errno)) }
