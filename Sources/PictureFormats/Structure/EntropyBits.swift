/// Bit reader for the entropy-coded data of a scan, up to a marker.
struct EntropyBits {
  private let window: PictureWindow
  private var portion = UnsafeRawBufferPointer(start: nil, count: 0)
  private var portionStart = 0
  /// The offset of the next byte in the file.
  private var at = 0
  private var held: UInt64 = 0
  private var count = 0

  init(_ window: PictureWindow) {
    self.window = window
  }

  package mutating func begin(at offset: Int) {
    (at, held, count) = (offset, 0, 0)
  }

  /// The offset after the last byte that was used, even if only partly.
  package var end: Int {
    var end = at
    for _ in 0..<count / 8 {
      // A byte of ones is followed by a stuffed zero.
      end -= window.byte(end - 1) == 0 && window.byte(end - 2) == 0xFF ? 2 : 1
    }
    return end
  }

  /// Encoders pad the last byte with ones (F.1.2.3).
  var isFilledWithOnes: Bool {
    let unused = (UInt64(1) << UInt64(count % 8)) - 1
    return (held >> UInt64(count / 8 * 8)) & unused == unused
  }

  private mutating func byte(_ offset: Int) -> UInt8? {
    if offset < portionStart || offset >= portionStart + portion.count {
      (portion, portionStart) = (window.bytes(at: offset), offset)
    }
    return portion.isEmpty ? nil : portion[offset - portionStart]
  }

  /// Reads bytes until sixteen bits are held or the data ends.
  private mutating func fill() {
    while count < 16, let next = byte(at) {
      if next == 0xFF {
        guard byte(at + 1) == 0 else { return }
        at += 1
      }
      at += 1
      held = (held << 8 | UInt64(next)) & 0xFF_FFFF
      count += 8
    }
  }

  package mutating func symbol(_ table: HuffmanTable) -> UInt8? {
    fill()
    let next = count >= 16 ? held >> UInt64(count - 16) : held << UInt64(16 - count)
    guard let symbol = table.symbol(Int(next & 0xFFFF)), symbol.length <= count else { return nil }
    count -= symbol.length
    return symbol.value
  }

  package mutating func number(_ length: Int) -> Int? {
    fill()
    guard length <= count else { return nil }
    count -= length
    return Int(held >> UInt64(count)) & (1 << length - 1)
  }

  package mutating func skip(_ length: Int) -> Bool {
    var left = length
    while left > 0 {
      let step = min(left, 16)
      guard number(step) != nil else { return false }
      left -= step
    }
    return true
  }

  mutating func skipDC(_ table: HuffmanTable?) -> Bool {
    guard let table, let length = symbol(table), length <= 15 else { return false }
    return skip(Int(length))
  }

  /// Moves past the restart marker with that number.
  mutating func restart(_ number: Int) -> Bool {
    // All bytes before a marker are held by now, so only padding may be left.
    fill()
    guard count < 8 else { return false }
    while byte(at) == 0xFF, byte(at + 1) == 0xFF { at += 1 }
    guard byte(at) == 0xFF, byte(at + 1) == 0xD0 + UInt8(number % 8) else { return false }
    begin(at: at + 2)
    return true
  }
}
