/// The bytes of a picture file that waits to be sent or written. They are in memory, or in an open file that
/// is read in portions on demand.
package struct PictureContent: Sendable {
  /// Consecutive bytes from one source.
  package enum Piece: Sendable {
    case memory(PictureBytes)
    case file(OpenFile, Range<Int>)

    var count: Int {
      switch self {
      case .memory(let bytes): bytes.count
      case .file(_, let range): range.count
      }
    }
  }

  private let pieces: [Piece]
  /// The offset at which each piece begins.
  private let starts: [Int]
  /// The number of bytes.
  package let count: Int
  /// The number of bytes, as a `ByteCount`.
  package var byteCount: ByteCount { ByteCount(count) }

  package init(_ pieces: [Piece]) {
    self.pieces = pieces.filter { $0.count > 0 }
    var starts: [Int] = []
    var count = 0
    for piece in self.pieces {
      starts.append(count)
      count += piece.count
    }
    self.starts = starts
    self.count = count
  }

  /// Wraps bytes that are in memory.
  package init(_ bytes: PictureBytes) {
    self.init([.memory(bytes)])
  }

  /// All bytes, if they are one piece in memory.
  package var inMemory: PictureBytes? {
    if pieces.count == 1, case .memory(let bytes) = pieces[0] { bytes } else { nil }
  }

  /// Reads all bytes into memory.
  ///
  /// - Throws: `ContentError` when they are in a file that has changed since it was prepared, or that cannot
  ///   be read.
  package func read() throws(ContentError) -> PictureBytes {
    if let bytes = inMemory { return bytes }
    return try PictureBytes(capacity: count) { room throws(ContentError) in
      try copy(from: 0, to: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
      try requireUnchanged()
      return count
    }
  }

  /// Fills `room` with the bytes from `offset` on. There must be at least that many. Does not check whether a
  /// file has changed.
  package func copy(from offset: Int, to room: UnsafeMutableRawBufferPointer) throws(ContentError) {
    var filled = 0
    var position = lastStart(upTo: offset)
    while filled < room.count {
      let first = offset + filled - starts[position]
      let part = first..<min(pieces[position].count, first + room.count - filled)
      let target = UnsafeMutableRawBufferPointer(rebasing: room[filled..<filled + part.count])
      switch pieces[position] {
      case .memory(let bytes):
        bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[part])) }
      case .file(let file, let range): try file.read(into: target, at: range.lowerBound + part.lowerBound)
      }
      filled += part.count
      position += 1
    }
  }

  /// The index of the piece that holds the byte at `offset`.
  private func lastStart(upTo offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// Checks that no file has changed since it was opened.
  ///
  /// - Throws: `changed` when one of the files has; `unreadable` when that cannot be determined.
  package func requireUnchanged() throws(ContentError) {
    var last: OpenFile?
    for case .file(let file, _) in pieces where file !== last {
      try file.requireUnchanged()
      last = file
    }
  }

  /// Whether any of the bytes are in a file.
  package var isInFile: Bool { pieces.contains { if case .file = $0 { true } else { false } } }

  /// The file that holds exactly these bytes, if there is one.
  package var asFile: OpenFile? {
    guard pieces.count == 1, case .file(let file, let range) = pieces[0], range == 0..<file.count else {
      return nil
    }
    return file
  }

  /// All bytes of an open file.
  package init(_ file: OpenFile) {
    self.init([.file(file, 0..<file.count)])
  }

  /// The size in bytes of the portions in which a whole file is read.
  package static let usualPortion = 1 << 18

  /// Calls `body` with all bytes, portion by portion, until it returns `false`. Only one portion of a file is
  /// in memory at a time.
  package func visit(_ body: (UnsafeRawBufferPointer) -> Bool) throws(ContentError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.usualPortion, alignment: 1)
    defer { room.deallocate() }
    for portion in portions(upTo: Self.usualPortion) {
      let goesOn: Bool
      if let bytes = portion.inMemory {
        goesOn = bytes.withUnsafeBytes(body)
      } else {
        let count = try portion.copy(to: room)
        goesOn = body(UnsafeRawBufferPointer(rebasing: room[..<count]))
      }
      guard goesOn else { return }
    }
  }

  /// Writes all bytes, portion by portion. Only one portion of a file is in memory at a time.
  ///
  /// - Returns: 0, or the `errno` of the write that failed.
  package func write(to descriptor: Int32) throws(ContentError) -> Int32 {
    var code: Int32 = 0
    try visit {
      code = writeAll($0, to: descriptor)
      return code == 0
    }
    return code
  }

  /// The bytes in order, in portions. Each piece in memory is one portion; a file is read in portions of at
  /// most `maximum` bytes.
  package func portions(upTo maximum: Int) -> [Portion] {
    return pieces.enumerated().flatMap { position, piece -> [Portion] in
      guard case .file(let file, let range) = piece else { return [Portion(piece: piece)] }
      return stride(from: range.lowerBound, to: range.upperBound, by: maximum).map { start in
        let end = min(range.upperBound, start + maximum)
        return Portion(
          piece: .file(file, start..<end),
          isLastOfFile: end == range.upperBound && !isUsed(file, after: position))
      }
    }
  }

  private func isUsed(_ file: OpenFile, after position: Int) -> Bool {
    pieces[(position + 1)...].contains { if case .file(let other, _) = $0 { other === file } else { false } }
  }

  /// Bytes that are read in one call.
  package struct Portion: Sendable {
    private let piece: Piece
    private let isLastOfFile: Bool

    fileprivate init(piece: Piece, isLastOfFile: Bool = false) {
      self.piece = piece
      self.isLastOfFile = isLastOfFile
    }

    /// The bytes, if they are available without waiting for a disk.
    package var inMemory: PictureBytes? { if case .memory(let bytes) = piece { bytes } else { nil } }

    /// Reads the bytes into memory. Throws `changed` for the last portion of a file
    /// that has changed.
    package func load() throws(ContentError) -> PictureBytes {
      if let inMemory { return inMemory }
      return try PictureBytes(capacity: piece.count) { room throws(ContentError) in try copy(to: room) }
    }

    /// Copies the bytes to the start of `room`.
    ///
    /// - Returns: how many bytes were copied.
    func copy(to room: UnsafeMutableRawBufferPointer) throws(ContentError) -> Int {
      switch piece {
      case .memory(let bytes): bytes.withUnsafeBytes { room.copyMemory(from: $0) }
      case .file(let file, let range):
        try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: room[..<range.count]), at: range.lowerBound)
        if isLastOfFile { try file.requireUnchanged() }
      }
      return piece.count
    }
  }
}
