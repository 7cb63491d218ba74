package import Core

/// A writable EXIF block: three directories of fields (CIPA DC-008; TIFF 6.0 for the layout).
package struct EXIFBlock: Sendable, Equatable {
  /// A field whose value is encoded in the byte order of the block.
  package struct Field: Sendable, Equatable {
    let tag: Int
    /// The TIFF type number, 1…12.
    package let type: Int
    package let count: Int
    package let value: [UInt8]

    /// Values start at even offsets.
    var paddedValue: [UInt8] { value.count % 2 == 1 ? value + [0] : value }
  }

  let isBigEndian: Bool
  /// The fields of the image, of how it was taken (Exif directory), and of where (GPS directory).
  package var picture: [Field] = []
  var photograph: [Field] = []
  package var place: [Field] = []

  package init(isBigEndian: Bool = false) {
    self.isBigEndian = isBigEndian
  }

  package var isEmpty: Bool { picture.isEmpty && photograph.isEmpty && place.isEmpty }

  /// Bytes per value, by TIFF type number 1…12.
  static let widths = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

  /// Adds a field to a directory, or replaces the one with the same tag.
  package mutating func set(_ field: Field, in directory: WritableKeyPath<EXIFBlock, [Field]>) {
    self[keyPath: directory].removeAll { $0.tag == field.tag }
    self[keyPath: directory].append(field)
  }

  package func text(_ tag: Int, _ text: String) -> Field {
    let value = Array(text.utf8) + [0]
    return Field(tag: tag, type: 2, count: value.count, value: value)
  }

  package func short(_ tag: Int, _ number: Int) -> Field {
    Field(tag: tag, type: 3, count: 1, value: bytes(number, 2))
  }

  package func long(_ tag: Int, _ number: Int) -> Field {
    Field(tag: tag, type: 4, count: 1, value: bytes(number, 4))
  }

  func undefined(_ tag: Int, _ value: [UInt8]) -> Field {
    Field(tag: tag, type: 7, count: value.count, value: value)
  }

  func rational(_ tag: Int, _ number: Int) -> Field {
    Field(tag: tag, type: 5, count: 1, value: bytes(number, 4) + bytes(1, 4))
  }

  private func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBigEndian ? little.reversed() : little
  }

  /// The encoded block, starting with the byte order mark.
  package var encoded: [UInt8] {
    let header = (isBigEndian ? Array("MM".utf8) : Array("II".utf8)) + bytes(42, 2) + bytes(8, 4)
    // The first directory stores the offsets of the others, which depend on its own length.
    let pointers = [(0x8769, photograph), (0x8825, place)].filter { !$0.1.isEmpty }
    var next = header.count + Self.length(picture, further: pointers.count)
    var first = picture
    var further: [UInt8] = []
    for (tag, fields) in pointers {
      first.append(Field(tag: tag, type: 4, count: 1, value: bytes(next, 4)))
      further += directory(fields, at: next)
      next += Self.length(fields)
    }
    return header + directory(first, at: header.count) + further
  }

  private static func length(_ fields: [Field], further: Int = 0) -> Int {
    2 + 12 * (fields.count + further) + 4
      + fields.reduce(0) { $0 + ($1.value.count > 4 ? $1.paddedValue.count : 0) }
  }

  /// Encodes a directory: entries sorted by tag, followed by the values that do not fit into an entry.
  private func directory(_ fields: [Field], at start: Int) -> [UInt8] {
    var entries = bytes(fields.count, 2)
    var values: [UInt8] = []
    let data = start + 2 + 12 * fields.count + 4
    for field in fields.sorted(by: { $0.tag < $1.tag }) {
      entries += bytes(field.tag, 2) + bytes(field.type, 2) + bytes(field.count, 4)
      if field.value.count <= 4 {
        entries += field.value + [UInt8](repeating: 0, count: 4 - field.value.count)
      } else {
        entries += bytes(data + values.count, 4)
        values += field.paddedValue
      }
    }
    return entries + bytes(0, 4) + values
  }
}

extension EXIFBlock {
  /// Sets the fields that describe the picture: color space and size.
  ///
  /// - Parameter isSRGB: whether the colors are sRGB. Otherwise an embedded profile defines them.
  package mutating func describe(_ size: PixelSize, isSRGB: Bool) {
    guard !photograph.isEmpty else { return }
    set(short(0xA001, isSRGB ? 1 : 0xFFFF), in: \.photograph)
    set(long(0xA002, size.width), in: \.photograph)
    set(long(0xA003, size.height), in: \.photograph)
  }

  /// Creates a block with nothing but creator and copyright.
  package init(_ attribution: Attribution) {
    self.init()
    take(attribution)
  }

  package mutating func take(_ attribution: Attribution) {
    if let creator = attribution.creator { set(text(0x013B, creator), in: \.picture) }
    if let copyright = attribution.copyright { set(text(0x8298, copyright), in: \.picture) }
  }
}
