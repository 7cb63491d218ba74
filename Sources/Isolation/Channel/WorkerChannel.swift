import CIsolation
package import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What can go wrong between a program and one of its workers.
package enum ChannelError: Error, Sendable, Equatable {
  /// The other end is gone.
  case closed
  /// Nothing came within the time that was given.
  case timedOut
  /// The other end does nothing any more.
  case stalled
  /// What came is no message, or larger than messages are.
  case malformed
  /// The system's words.
  case failed(String)
}

/// One end of the socket between a program and a worker. Messages are short texts; files travel beside them as
/// descriptors, never as copies through the socket.
///
/// A message: a magic word, the length of the text and of the file (eight bytes each, in the machine's own order: both
/// ends are on one machine), then the text. The file's descriptor is attached to the first byte.
package final class WorkerChannel: Sendable {
  /// A text, and the file beside it.
  package struct Message: Sendable {
    package let text: [UInt8]
    package let file: OpenFile?
  }

  /// Says that a worker has decoded everything, and goes on with its own pixels.
  package static let decoded: [UInt8] = Array("decoded".utf8)

  /// What a worker answers.
  package struct Reply: Sendable {
    package let text: [UInt8]
    package let files: [OpenFile]

    /// - Parameter first: the message with the text; the others follow where it has a file.
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
  /// Options and reports are a few kilobytes.
  private static let longestText = 1 << 20

  private let descriptor: Int32

  /// Takes ownership of one end of a socket.
  package init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// This process's end, and the descriptor that the child gets as its standard input.
  package static func pair() throws(ChannelError) -> (own: WorkerChannel, child: Int32) {
    var ends: [Int32] = [-1, -1]
    guard isolation_socket_pair(&ends) else { throw .failed(systemError()) }
    return (WorkerChannel(adopting: ends[0]), ends[1])
  }

  /// - Parameter file: goes as it is when it is a file already, else through one without a name.
  /// - Returns: `false` when the other end is gone.
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

  /// The next message.
  ///
  /// - Parameters:
  ///   - timeout: for the whole message. `nil`: for ever.
  ///   - largestFile: a larger file beside it is refused.
  ///   - isAtWork: asked about every second while nothing comes; when it says no, waiting ends.
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
    let file = OpenFile(adopting: attached, status, name: "what the other process sent")
    // The file closes it from now on.
    attached = -1
    return Message(text: text, file: file)
  }

  /// Ends it for both ends, and for whoever waits for a message.
  package func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Whether something can be read at once, the end included.
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

  /// Until when a message is waited for, and what is asked meanwhile.
  private struct Deadline {
    let end: ContinuousClock.Instant?
    let isAtWork: () -> Bool

    /// In milliseconds, as poll counts: at most a second.
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
    guard let held else { throw .failed("there is no room for the picture on its way to the other process") }
    return held
  }

  private static func systemError() -> String { String(cString: strerror(errno)) }
}
