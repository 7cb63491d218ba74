/// A TIFF written by hand: pages of any kind, 32-bit or 64-bit offsets, either byte order. Each page is one
/// strip.
package struct HandmadeTIFF {
  package struct Page {
    package var width: Int
    package var height: Int
    package var bits = 8
    package var samples = 3
    /// The samples; those of 16 bits in the file's byte order.
    package var pixels: [UInt8]
    /// Additional tags, or replacements of those that are written. Each value is a 32-bit integer.
    package var tags: [Int: Int] = [:]
    package var artist: String?

    /// A page of one gray value.
    package init(_ width: Int, _ height: Int, value: UInt8, _ tags: [Int: Int] = [:]) {
      (self.width, self.height, self.tags) = (width, height, tags)
      pixels = [UInt8](repeating: value, count: width * height * 3)
    }
  }

  private let isBig: Bool
  private let bigEndian: Bool

  package static func file(_ pages: [Page], isBig: Bool = false, bigEndian: Bool = false) -> [UInt8] {
    HandmadeTIFF(isBig: isBig, bigEndian: bigEndian).file(pages)
  }

  private func file(_ pages: [Page]) -> [UInt8] {
    let mark = Array((bigEndian ? "MM" : "II").utf8)
    var file = mark + (isBig ? number(43, 2) + number(8, 2) + number(0, 2) : number(42, 2)) + offset(0)
    var link = file.count - offset(0).count
    for page in pages {
      let pixels = append(page.pixels, to: &file)
      let artist = append(Array((page.artist ?? "").utf8) + [0], to: &file)
      let start = append([], to: &file)
      file.replaceSubrange(link..<link + offset(0).count, with: offset(start))
      let entries = tags(of: page, pixels).sorted { $0.key < $1.key }
        .map { entry($0.key, type: 4, count: 1, number($0.value, 4)) }
      let text = page.artist.map { entry(315, type: 2, count: $0.utf8.count + 1, offset(artist)) }
      let all = entries + (text.map { [$0] } ?? [])
      file += number(all.count, isBig ? 8 : 2) + all.flatMap { $0 }
      link = file.count
      file += offset(0)
    }
    return file
  }

  private func append(_ bytes: [UInt8], to file: inout [UInt8]) -> Int {
    let start = file.count
    file += bytes
    if file.count % 2 == 1 { file.append(0) }
    return start
  }

  private func tags(of page: Page, _ pixels: Int) -> [Int: Int] {
    let own = [
      256: page.width, 257: page.height, 258: page.bits, 259: 1, 262: page.samples < 3 ? 1 : 2, 273: pixels,
      277: page.samples, 278: page.height, 279: page.pixels.count,
    ]
    return own.merging(page.tags) { $1 }
  }

  private func entry(_ tag: Int, type: Int, count: Int, _ value: [UInt8]) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: offset(0).count - value.count)
    return number(tag, 2) + number(type, 2) + offset(count) + value + padding
  }

  private func offset(_ value: Int) -> [UInt8] { number(value, isBig ? 8 : 4) }

  private func number(_ value: Int, _ count: Int) -> [UInt8] {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return bigEndian ? bytes.reversed() : bytes
  }
}
