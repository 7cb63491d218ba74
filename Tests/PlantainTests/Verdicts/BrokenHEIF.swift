import TestSupport

extension BrokenFile {
  static func heifs() throws -> [BrokenFile] {
    try ["fields.heic", "alpha.heic", "rotated.heic", "fields.avif"].flatMap { name in
      let file = try Samples.fixture(name)
      return usual(name, file) + boxes(name, file)
    }
  }

  private static let names = [
    "ftyp", "meta", "hdlr", "pitm", "iloc", "iinf", "infe", "iref", "iprp", "ipco", "ipma", "ispe", "hvcC",
    "av1C",
    "pixi", "colr", "irot", "auxC", "mdat",
  ]

  /// Boxes that are shorter or longer than they declare, never end, contain themselves, or have another type.
  private static func boxes(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    names.flatMap { box -> [BrokenFile] in
      guard let at = file.firstRange(of: Array(box.utf8))?.lowerBound, at >= 4 else { return [] }
      let lengths: [[UInt8]] = [
        [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 7], [0, 0, 0, 8], [0, 0, 0, 9], [0x7F, 0xFF, 0xFF, 0xFF],
        [255, 255, 255, 255],
      ]
      return lengths.map { BrokenFile("\(name) length \($0) of \(box)", replacing(file, at - 4, $0)) }
        + [
          BrokenFile("\(name) without \(box)", replacing(file, at, Array("abcd".utf8))),
          BrokenFile("\(name) \(box) of ones", replacing(file, at + 4, [UInt8](repeating: 255, count: 8))),
          BrokenFile("\(name) \(box) of zeros", replacing(file, at + 4, [UInt8](repeating: 0, count: 8))),
        ]
    }
  }
}
