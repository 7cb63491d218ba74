import CIsolation
package import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An error in the communication between a program and one of its workers.
package enum ChannelError: Error, Sendable, Equatable {
  /// The other end has closed the connection.
  case closed
  /// No complete message arrived within the timeout.
  case timedOut
  /// The other end no longer makes progress.
  case stalled
  /// The received bytes are not a message, or exceed its maximum size.
  case malformed
  /// The system's error message.
  case failed(String)
}

/// One end of the socket between a program and a worker. Messages are short texts. Files travel beside them
/// as descriptors and are never copied through the socket.
///
/// A message is a magic number, the length of the text, and the length of the file, eight bytes each in
/// native byte order, because both ends are on one machine. Then comes the text. The file's descriptor is
/// attached to the first byte.
package final class WorkerChannel: Sendable {
  /// A text, and the file that is attached to it.
  package struct Message: Sendable {
    package let text: [UInt8]
    package let file: OpenFile?
  }

  /// The text by which a worker reports that it has decoded everything and continues with its own pixels.
  package static let decoded: [UInt8] = Array("decoded".utf8)

  /// A worker's reply to a job.
  package struct Reply: Sendable {
    package let text: [UInt8]
    package let files: [OpenFile]

    /// Collects the messages of a reply.
    ///
    /// - Parameters:
    ///   - first: the message with the text.
    ///   - results: the number of files in a reply that has one.
    ///   - next: receives the next message. It is called only if the first one has a file.
    package init(
      _ first: Message, of results: Int, next: () throws(ChannelError) -> Message
    ) throws(ChannelError) {
      text = first.text
      var files = [first.file].compactMap(\.self)
      while !files.isEmpty, files.count < results {
        guard let file = try next().file else { throw .malformed }
        files.append(file)
      }
      self.files = files
    }
  }

  private static let magic: UInt64 = 0x1A7E_504C_414E_5441
  private static let headLength = 24
  /// The maximum length of a text, 1 MiB. Options and reports take a few kilobytes.
  private static let longestText = 1 << 20

  private let descriptor: Int32

  /// Takes ownership of one end of a socket.
  package init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Creates a connected pair: this process's end, and the descriptor that becomes the child's standard
  /// input.
  package static func pair() throws(ChannelError) -> (own: WorkerChannel, child: Int32) {
    var ends: [Int32] = [-1, -1]
    guard isolation_socket_pair(&ends) else { throw .failed(systemError()) }
    return (WorkerChannel(adopting: ends[0]), ends[1])
  }

  /// Sends a message.
  ///
  /// - Parameter file: content to attach. A file is attached directly, anything else as an unnamed file.
  ///   Default: `nil`.
  /// - Returns: `false` when the other end has closed the connection.
  package func send(_ text: [UInt8], file: PictureContent? = nil) throws(ChannelError) -> Bool {
    guard let file else { return try send(text, 0, -1) }
    let held = if let own = file.asFile { own } else { try Self.namelessFile(holding: file) }
    return try held.withDescriptor { descriptor throws(ChannelError) in
      try send(text, held.count, descriptor)
    }
  }

  private func send(_ text: [UInt8], _ count: Int, _ attached: Int32) throws(ChannelError) -> Bool {
    var message: [UInt8] = []
    for number in [Self.magic, UInt64(text.count), UInt64(count)] {
      withUnsafeBytes(of: number) { message.append(contentsOf: $0) }
    }
    message += text
    if isolation_send(descriptor, message, message.count, attached) { return true }
    guard errno == EPIPE || errno == ECONNRESET else { throw .failed(Self.systemError()) }
    return false
  }

  /// Receives the next message.
  ///
  /// - Parameters:
  ///   - timeout: the maximum time for the whole message. Default: `nil`, no limit.
  ///   - largestFile: the maximum size of an attached file; a larger one is refused.
  ///   - isAtWork: called about every second while nothing arrives. When it returns `false`, `receive` throws
  ///     `stalled`.
  package func receive(
    timeout: Duration? = nil, largestFile: ByteCount, while isAtWork: @escaping () -> Bool = { true }
  ) throws(ChannelError) -> Message {
    let deadline = Deadline(end: timeout.map { ContinuousClock.now + $0 }, isAtWork: isAtWork)
    var attached: Int32 = -1
    defer { if attached >= 0 { close(attached) } }
    let head = try fill(Self.headLength, deadline, &attached)
    let numbers = head.withUnsafeBytes { bytes in
      (0..<3).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    }
    guard numbers[0] == Self.magic, numbers[1] <= Self.longestText,
      numbers[2] <= UInt64(largestFile.bytes), (numbers[2] > 0) == (attached >= 0)
    else { throw .malformed }
    var none: Int32 = -1
    let text = try fill(Int(numbers[1]), deadline, &none)
    guard none < 0 else {
      close(none)
      throw .malformed
    }
    guard attached >= 0 else { return Message(text: text, file: nil) }
    var status = stat()
    guard fstat(attached, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == numbers[2]
    else {
      throw .malformed
    }
    let file = OpenFile(adopting: attached, status, name: "the file from the other process")
    // The `OpenFile` now owns the descriptor and closes it.
    attached = -1
    return Message(text: text, file: file)
  }

  /// Closes the connection in both directions and wakes a thread that waits for a message.
  package func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Whether a read would return at once, also because the other end has closed.
  package var hasInput: Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, 0) > 0
  }

  private func fill(
    _ count: Int, _ deadline: Deadline, _ attached: inout Int32
  ) throws(ChannelError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      var found: Int32 = -1
      let received = bytes.withUnsafeMutableBytes { room in
        isolation_receive(
          descriptor, room.baseAddress.map { $0 + filled }, count - filled, deadline.nextWait, &found)
      }
      if found >= 0 {
        if attached >= 0 { close(attached) }
        attached = found
      }
      if received == 0 { throw .closed }
      guard received > 0 else {
        switch errno {
        case ETIMEDOUT:
          try deadline.check()
          continue
        case ECONNRESET, EPIPE: throw .closed
        default: throw .failed(Self.systemError())
        }
      }
      filled += received
    }
    return bytes
  }

  /// The time limit for a message, and the check to make while waiting.
  private struct Deadline {
    let end: ContinuousClock.Instant?
    let isAtWork: () -> Bool

    /// The next wait in milliseconds, the unit of `poll`, at most a second.
    var nextWait: Int32 {
      guard let end else { return 1_000 }
      let (seconds, attoseconds) = ContinuousClock.now.duration(to: end).components
      guard seconds < 1 else { return 1_000 }
      return Int32(max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }

    func check() throws(ChannelError) {
      if let end, ContinuousClock.now >= end { throw .timedOut }
      if !isAtWork() { throw .stalled }
    }
  }

  private static func namelessFile(holding content: PictureContent) throws(ChannelError) -> OpenFile {
    let memory = isolation_memory_file()
    let held: OpenFile?
    do throws(ContentError) {
      held = memory >= 0 ? try .filled(memory, with: content) : try .nameless(holding: content)
    } catch {
      throw .failed("\(error)")
    }
    guard let held else { throw .failed("no memory or disk space to pass the picture to the other process") }
    return held
  }

  private static func systemError() -> String { String(cString: strerror(errno)) }
}
