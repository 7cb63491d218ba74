/// A number of bytes, such as a file's size or a limit on one. Never negative.
public struct ByteCount: Hashable, Comparable, Sendable, Codable {
  /// The number of bytes, at least 0.
  public let bytes: Int

  /// Creates a count. Negative numbers become 0.
  public init(_ bytes: Int) {
    self.bytes = max(0, bytes)
  }

  /// Creates a count of decimal megabytes, 1,000,000 bytes each.
  public static func megabytes(_ count: Double) -> ByteCount { ByteCount(Int(count * 1_000_000)) }

  /// Parses `10MB` (1,000,000 bytes each), `10MiB` (1,048,576), `KB`, `KiB`, `GB`, `GiB`, `B`, or plain
  /// bytes. A decimal fraction and a space before the unit are allowed; case does not matter. Returns `nil`
  /// for anything else, including zero and numbers that do not fit in an `Int`.
  package init?(parsing text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Double(digits), let factor = Self.factors[unit] else { return nil }
    let product = (number * factor).rounded()
    guard product >= 1, product < Double(Int.max) else { return nil }
    self.init(Int(product))
  }

  private static let factors: [String: Double] = [
    "": 1, "b": 1,
    "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000,
    "kib": 1_024, "mib": 1_048_576, "gib": 1_073_741_824,
  ]

  /// Compares the numbers of bytes.
  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  /// Decodes a plain number of bytes.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(Int.self))
  }

  /// Encodes a plain number of bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}

extension ByteCount: CustomStringConvertible {
  /// The exact number with separators, as in "9,999,871 bytes". Limits are exact, so their messages are too.
  public var description: String {
    "\(bytes.grouped) \(bytes == 1 ? "byte" : "bytes")"
  }
}

extension Int {
  /// The number with a comma between groups of three digits, as in `12,345`.
  package var grouped: String {
    var text = String(magnitude)
    var position = text.count - 3
    while position > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: position))
      position -= 3
    }
    return self < 0 ? "-" + text : text
  }
}
