import TestSupport

extension BrokenFile {
  static func tiffs() throws -> [BrokenFile] {
    let names = ["fields", "pages", "tiled", "rgb16", "cmyk", "grey", "lab", "lab8", "alpha", "orientation6"]
    return try names.flatMap { name in
      let file = try Samples.fixture("\(name).tif")
      return usual(name, file) + entries(name, file)
    } + usual("big", try Samples.fixture("big.tif"))
  }

  private static func number(_ file: [UInt8], _ at: Int, _ count: Int) -> Int {
    at + count <= file.count ? (0..<count).reversed().reduce(0) { $0 << 8 | Int(file[at + $1]) } : 0
  }

  private static func little(_ number: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Changes to every entry of the first directory of a little-endian file, and to the offset of the next
  /// directory.
  private static func entries(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    guard file[0] == 0x49 else { return [] }
    let start = number(file, 4, 4)
    let count = number(file, start, 2)
    var all: [BrokenFile] = []
    for entry in 0..<count {
      let at = start + 2 + 12 * entry
      let tag = number(file, at, 2)
      let values = [0, 1, 2, 65_535, 0x7FFF_FFFF, 0xFFFF_FFFF]
      for value in values {
        all.append(BrokenFile("\(name) tag \(tag) = \(value)", replacing(file, at + 8, little(value))))
      }
      for many in [0, 2, 0x7FFF_FFFF] {
        all.append(BrokenFile("\(name) tag \(tag) × \(many)", replacing(file, at + 4, little(many))))
      }
      all.append(BrokenFile("\(name) tag \(tag) of type 99", replacing(file, at + 2, [99, 0])))
      all.append(BrokenFile("\(name) without tag \(tag)", replacing(file, at, [0xF0, 0xFF])))
    }
    let link = start + 2 + 12 * count
    for (title, place) in [
      ("itself", start), ("the header", 0), ("the end", file.count), ("its middle", start + 3),
    ] {
      all.append(BrokenFile("\(name) next directory at \(title)", replacing(file, link, little(place))))
    }
    all.append(BrokenFile("\(name) of 65,535 entries", replacing(file, start, [255, 255])))
    all.append(BrokenFile("\(name) without entries", replacing(file, start, [0, 0])))
    return all
  }
}
