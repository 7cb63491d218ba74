#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A minimal ICC profile reader (ICC.1:2022): its name, and whether it is sRGB under another name.
package struct ICCProfile {
  private let bytes: [UInt8]
  /// The maximum size of a profile, in bytes. Larger ones are ignored.
  package static let longest = 4 << 20

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The profile's description, or its color space if the description is missing or unreadable.
  package var name: String {
    description ?? String(decoding: bytes.dropFirst(16).prefix(4), as: UTF8.self)
  }

  /// Whether the bytes are a profile (ICC.1, 7.2: length, signature) for pictures of this color model.
  package func fits(_ color: PictureStructure.ColorModel) -> Bool {
    let span = bytes.span.bytes
    guard let length = span.bigEndian32(0), length >= 132, length <= bytes.count, span.has("acsp", at: 36),
      let tags = span.bigEndian32(128), tags > 0, 132 + 12 * tags <= bytes.count
    else { return false }
    switch color {
    case .gray: return span.has("GRAY", at: 16)
    case .rgb, .palette: return span.has("RGB ", at: 16)
    case .cmyk: return span.has("CMYK", at: 16)
    case .lab: return span.has("Lab ", at: 16)
    }
  }

  /// Whether its colors equal sRGB to within what 8 bits can show, so that no conversion is needed.
  ///
  /// Compares numbers, because hundreds of profiles have "sRGB" in their names. Figures: IEC 61966-2-1,
  /// adapted to the D50 of the profile connection space.
  package var isSRGB: Bool {
    guard bytes.span.bytes.has("RGB ", at: 16) else { return false }
    let primaries: [(StaticString, [Double])] = [
      ("rXYZ", [0.4361, 0.2225, 0.0139]), ("gXYZ", [0.3851, 0.7169, 0.0971]),
      ("bXYZ", [0.1431, 0.0606, 0.7141]),
    ]
    // A profile with tables for perceptual rendering is not described by its primaries alone.
    guard tag("A2B0") == nil else { return false }
    for (name, expected) in primaries {
      guard let found = xyz(name), zip(found, expected).allSatisfy({ abs($0 - $1) < 0.003 }) else {
        return false
      }
    }
    return (["rTRC", "gTRC", "bTRC"] as [StaticString]).allSatisfy(isSRGBCurve)
  }

  /// Whether the profile has tables, which its primaries and curves do not describe.
  package var hasTables: Bool { tag("A2B0") != nil || tag("B2A0") != nil }

  /// The XYZ of red, green and blue under D50, each as a row; `nil` if the profile does not contain them.
  package var primaries: [[Double]]? {
    let found = [xyz("rXYZ"), xyz("gXYZ"), xyz("bXYZ")].compactMap(\.self)
    return found.count == 3 ? found : nil
  }

  /// The tone curve of a channel (0 red, 1 green, 2 blue): the light for a level, both from 0 to 1.
  package func light(_ channel: Int, at level: Double) -> Double? {
    let names: [StaticString] = ["rTRC", "gTRC", "bTRC"]
    return tag(names[channel]).flatMap { curve($0, at: level) }
  }

  private func tag(_ name: StaticString) -> Range<Int>? {
    let span = bytes.span.bytes
    guard let count = span.bigEndian32(128), count <= 200 else { return nil }
    for entry in 0..<count where span.has(name, at: 132 + entry * 12) {
      guard let offset = span.bigEndian32(136 + entry * 12), let length = span.bigEndian32(140 + entry * 12),
        offset + length <= bytes.count
      else { return nil }
      return offset..<offset + length
    }
    return nil
  }

  /// A signed 15.16 fixed-point number.
  private func fixed(_ offset: Int) -> Double? {
    bytes.span.bytes.bigEndian32(offset).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
  }

  private func xyz(_ name: StaticString) -> [Double]? {
    guard let range = tag(name), range.count >= 20 else { return nil }
    let values = (0..<3).compactMap { fixed(range.lowerBound + 8 + $0 * 4) }
    return values.count == 3 ? values : nil
  }

  /// Compares the curve with sRGB's at several points. Half a step of 8 bits is 0.002 where the curve is
  /// steepest.
  private func isSRGBCurve(_ name: StaticString) -> Bool {
    guard let range = tag(name) else { return false }
    return [0.02, 0.1, 0.25, 0.5, 0.75, 0.9].allSatisfy { input in
      let wanted = SRGBCurve.light(of: input)
      guard let found = curve(range, at: input) else { return false }
      return abs(found - wanted) < 0.002
    }
  }

  private func curve(_ range: Range<Int>, at input: Double) -> Double? {
    let span = bytes.span.bytes
    let start = range.lowerBound
    if span.has("curv", at: start), let count = span.bigEndian32(start + 8) {
      if count == 0 { return input }
      if count == 1 { return span.bigEndian16(start + 12).map { pow(input, Double($0) / 256) } }
      let position = input * Double(count - 1)
      guard range.count >= 12 + 2 * count, let low = span.bigEndian16(start + 12 + 2 * Int(position)),
        let high = span.bigEndian16(start + 12 + 2 * min(count - 1, Int(position) + 1))
      else { return nil }
      return (Double(low) + (Double(high) - Double(low)) * (position - position.rounded(.down))) / 65_535
    }
    // Parametric type 3: (a·x + b)^g above d, c·x below.
    guard span.has("para", at: start), span.bigEndian16(start + 8) == 3 else { return nil }
    let values = (0..<5).compactMap { fixed(start + 12 + $0 * 4) }
    guard values.count == 5 else { return nil }
    return input >= values[4] ? pow(values[1] * input + values[2], values[0]) : values[3] * input
  }

  /// The description from `desc` (version 2, ASCII) or `mluc` (version 4, UTF-16).
  private var description: String? {
    guard let range = tag("desc") else { return nil }
    let span = bytes.span.bytes
    let text: String
    if span.has("mluc", at: range.lowerBound) {
      guard let length = span.bigEndian32(range.lowerBound + 20),
        let offset = span.bigEndian32(range.lowerBound + 24), length <= 1_000
      else { return nil }
      let units = stride(from: 0, to: length - 1, by: 2).compactMap {
        span.bigEndian16(range.lowerBound + offset + $0).map { UInt16($0) }
      }
      text = String(decoding: units, as: UTF16.self)
    } else {
      guard let length = span.bigEndian32(range.lowerBound + 8), length <= 1_000 else { return nil }
      let start = range.lowerBound + 12
      text = String(decoding: span.array(start..<start + length).prefix { $0 != 0 }, as: UTF8.self)
    }
    let printable = text.filter { !$0.isNewline && $0 != "\0" }
    return printable.isEmpty ? nil : printable
  }
}
