/// Bounds-checked reads, which return `nil` past the end and never trap.
extension RawSpan {
  package func byte(_ offset: Int) -> UInt8? {
    offset >= 0 && offset < byteCount ? unsafeLoad(fromByteOffset: offset, as: UInt8.self) : nil
  }

  func bigEndian16(_ offset: Int) -> Int? { unsigned(at: offset, count: 2, bigEndian: true) }
  func bigEndian32(_ offset: Int) -> Int? { unsigned(at: offset, count: 4, bigEndian: true) }

  /// Reads an unsigned number of 1 to 4 bytes.
  func unsigned(at offset: Int, count: Int, bigEndian: Bool) -> Int? {
    guard offset >= 0, offset <= byteCount - count else { return nil }
    var value = 0
    for step in 0..<count {
      let position = bigEndian ? step : count - 1 - step
      value = value << 8 | Int(unsafeLoad(fromByteOffset: offset + position, as: UInt8.self))
    }
    return value
  }

  package func has(_ expected: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, offset <= byteCount - expected.count else { return false }
    for step in 0..<expected.count
    where unsafeLoad(fromByteOffset: offset + step, as: UInt8.self) != expected[step] { return false }
    return true
  }

  package func has(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, offset <= byteCount - text.utf8CodeUnitCount else { return false }
    for step in 0..<text.utf8CodeUnitCount
    where unsafeLoad(fromByteOffset: offset + step, as: UInt8.self) != text.utf8Start[step] { return false }
    return true
  }

  /// The bytes of `range`, clamped to the span.
  package func array(_ range: Range<Int>) -> [UInt8] {
    let kept = range.clamped(to: 0..<byteCount)
    return withUnsafeBytes { Array($0[kept]) }
  }
}
