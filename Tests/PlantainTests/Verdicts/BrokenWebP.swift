import TestSupport

extension BrokenFile {
  static func webps() throws -> [BrokenFile] {
    try ["lossy", "lossless", "alpha", "animated"].flatMap { name in
      let file = try Samples.fixture("\(name).webp")
      return usual(name, file) + lengths(name, file) + chunks(name, file)
    }
  }

  private static func number(_ file: [UInt8], _ at: Int) -> Int {
    (0..<4).reversed().reduce(0) { $0 << 8 | Int(file[at + $1]) }
  }

  private static func little(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// Wrong lengths of the file and of its chunks, by a little or completely.
  private static func lengths(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    var places = [("file", 4)]
    var at = 12
    while at + 8 <= file.count {
      places.append((String(decoding: file[at..<at + 4], as: UTF8.self), at + 4))
      at += 8 + (number(file, at + 4) + 1) / 2 * 2
    }
    return places.enumerated().flatMap { position, place in
      let length = number(file, place.1)
      return [0, 1, length - 2, length - 1, length + 1, length + 2, 0xFFFF_FFFF].map { value in
        BrokenFile(
          "\(name) length \(value) of \(place.0) \(position)", replacing(file, place.1, little(value)))
      }
    }
  }

  private static func chunks(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let body = Array(file[12...])
    func riff(_ body: [UInt8]) -> [UInt8] {
      Array("RIFF".utf8) + little(4 + body.count) + Array("WEBP".utf8) + body
    }
    let unknown = Array("ABCD".utf8) + little(2) + [1, 2]
    let canvas = Array("VP8X".utf8) + little(10) + [0, 0, 0, 0, 255, 255, 255, 255, 255, 255]
    let exif = Array("EXIF".utf8) + little(2) + [1, 2]
    let profile = Array("ICCP".utf8) + little(4) + [1, 2, 3, 4]
    return [
      BrokenFile("\(name) without chunks", riff([])),
      BrokenFile("\(name) its chunks twice", riff(body + body)),
      BrokenFile("\(name) an unknown chunk first", riff(unknown + body)),
      BrokenFile("\(name) an unknown chunk last", riff(body + unknown)),
      BrokenFile("\(name) EXIF last", riff(body + exif)),
      BrokenFile("\(name) a profile first", riff(profile + body)),
      BrokenFile("\(name) a canvas of 16,777,216", riff(canvas + body)),
    ]
  }
}
