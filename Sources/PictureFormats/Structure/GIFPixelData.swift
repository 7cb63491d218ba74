import Core

extension GIFFrame {
  /// Whether all of its pixels are there, according to the LZW codes (GIF89a, appendix F). All blocks may be
  /// present while their content is cut or belongs to another file. libnsgif accepts pixels that end early.
  package func isWhole(_ bytes: RawSpan) -> Bool {
    guard let area, let width = bytes.byte(data), (1...11).contains(width) else { return false }
    var codes = GIFCodes(at: data + 1, end: end)
    var counter = GIFPixelCounter(codeWidth: Int(width))
    while counter.count < area.size.pixelCount {
      guard let code = codes.next(counter.codeWidth, of: bytes), counter.take(code) else { return false }
    }
    // The bytes of another file would hardly end with the last pixel, too. After it, only clear and end codes
    // may follow.
    return counter.count == area.size.pixelCount && codes.restCount <= Self.maximumBytesBehind
  }

  /// Two codes of 12 bits, the header of a block, and the last block.
  private static let maximumBytesBehind = 6

  /// A color that none of its pixels has; `nil` if all are used. Each used color has its own code in the
  /// data.
  func unusedColor(_ bytes: RawSpan) -> UInt8? {
    guard let width = bytes.byte(data) else { return nil }
    guard width >= 8 else { return .max }
    guard width <= 11 else { return nil }
    var counter = GIFPixelCounter(codeWidth: Int(width))
    var codes = GIFCodes(at: data + 1, end: end)
    var isUsed = [Bool](repeating: false, count: 256)
    while let code = codes.next(counter.codeWidth, of: bytes), counter.take(code) {
      if code < isUsed.count { isUsed[code] = true }
    }
    return isUsed.lastIndex(of: false).map { UInt8(truncatingIfNeeded: $0) }
  }
}

/// The LZW codes in a frame's blocks, lowest bit first.
private struct GIFCodes {
  private var at: Int
  private let end: Int
  private var leftInBlock = 0
  private var bits = 0
  private var bitCount = 0

  init(at start: Int, end: Int) {
    (at, self.end) = (start, end)
  }

  /// The number of bytes in the blocks that were not read, including the last length of 0.
  var restCount: Int { end - at }

  /// - Parameter width: in bits, at most 12.
  mutating func next(_ width: Int, of bytes: RawSpan) -> Int? {
    while bitCount < width {
      guard let byte = nextByte(bytes) else { return nil }
      bits |= Int(byte) << bitCount
      bitCount += 8
    }
    defer {
      bits >>= width
      bitCount -= width
    }
    return bits & (1 << width - 1)
  }

  private mutating func nextByte(_ bytes: RawSpan) -> UInt8? {
    if leftInBlock == 0 {
      guard at < end, let length = bytes.byte(at), length > 0 else { return nil }
      leftInBlock = Int(length)
      at += 1
    }
    guard at < end else { return nil }
    leftInBlock -= 1
    at += 1
    return bytes.byte(at - 1)
  }
}

/// Counts the pixels that a sequence of codes stands for. Each code stands for the pixels of an earlier code
/// and one more.
private struct GIFPixelCounter {
  private(set) var count = 0
  private(set) var codeWidth: Int
  private let clear: Int
  var endCode: Int { clear + 1 }
  /// The pixel count of each known code.
  private var lengths: [Int]
  /// The pixel count of the previous code; `nil` after a clear code.
  private var last: Int?

  private static let maximumCodes = 4_096

  init(codeWidth: Int) {
    clear = 1 << codeWidth
    self.codeWidth = codeWidth + 1
    // Including the clear and end codes.
    lengths = [Int](repeating: 1, count: clear + 2)
    lengths.reserveCapacity(Self.maximumCodes)
  }

  /// - Returns: whether the code is valid and not the end code.
  mutating func take(_ code: Int) -> Bool {
    if code == clear {
      lengths.removeSubrange((clear + 2)...)
      codeWidth = clear.trailingZeroBitCount + 1
      last = nil
      return true
    }
    guard code != endCode, let length = length(of: code) else { return false }
    count += length
    if let last, lengths.count < Self.maximumCodes { lengths.append(last + 1) }
    if lengths.count == 1 << codeWidth, codeWidth < 12 { codeWidth += 1 }
    last = length
    return true
  }

  private func length(of code: Int) -> Int? {
    if code < lengths.count { return code < clear || last != nil ? lengths[code] : nil }
    guard code == lengths.count, code < Self.maximumCodes, let last else { return nil }
    return last + 1
  }
}
