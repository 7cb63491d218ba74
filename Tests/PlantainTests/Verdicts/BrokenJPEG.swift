import TestSupport

/// A JPEG in its parts (ITU-T T.81, annex B).
private struct JPEGParts {
  /// A marker segment and, if it begins a scan, the data after it.
  struct Part {
    var marker: UInt8
    var payload: [UInt8]
    var data: [UInt8] = []

    var bytes: [UInt8] {
      let length = payload.count + 2
      return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload + data
    }
  }

  var parts: [Part] = []

  init(_ file: [UInt8]) {
    var at = 2
    while at + 4 <= file.count, file[at + 1] != 0xD9 {
      let end = at + 2 + Int(file[at + 2]) << 8 + Int(file[at + 3])
      var part = Part(marker: file[at + 1], payload: Array(file[at + 4..<end]))
      at = end
      while part.marker == 0xDA, at + 1 < file.count,
        file[at] != 0xFF || file[at + 1] == 0 || (0xD0...0xD7).contains(file[at + 1])
      {
        part.data.append(file[at])
        at += 1
      }
      parts.append(part)
    }
  }

  var bytes: [UInt8] { [0xFF, 0xD8] + parts.flatMap(\.bytes) + [0xFF, 0xD9] }

  func indices(of marker: UInt8) -> [Int] { parts.indices.filter { parts[$0].marker == marker } }

  /// The file with one part changed. Parts are counted among those of the same marker.
  func changing(_ marker: UInt8, _ number: Int = 0, _ change: (inout Part) -> Void) -> [UInt8] {
    var copy = self
    let found = indices(of: marker)
    if number < found.count { change(&copy.parts[found[number]]) }
    return copy.bytes
  }

  func without(_ marker: UInt8, _ number: Int = 0) -> [UInt8] {
    var copy = self
    let found = indices(of: marker)
    if number < found.count { copy.parts.remove(at: found[number]) }
    return copy.bytes
  }
}

extension BrokenFile {
  static func jpegs() throws -> [BrokenFile] {
    let main = try ["baseline", "progressive"].map { name in
      let file = try Samples.fixture("\(name).jpg")
      return [
        usual(name, file), headers(name, file), scans(name, file), ends(name, file), segments(name, file),
      ]
    }
    let others = try ["arithmetic", "ycck", "camera", "sampled440"].map {
      usual($0, try Samples.fixture("\($0).jpg"))
    }
    return Array((main.flatMap(\.self) + others).joined())
  }

  private static func headers(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let jpeg = JPEGParts(file)
    let frame: UInt8 = name == "progressive" ? 0xC2 : 0xC0
    let sizes: [[UInt8]] = [
      [0, 0, 0, 80], [0, 60, 0, 0], [255, 255, 255, 255], [0, 61, 0, 80], [1, 0, 0, 80],
    ]
    var all = sizes.map { size in
      BrokenFile(
        "\(name) size \(size)", jpeg.changing(frame) { $0.payload.replaceSubrange(1..<5, with: size) })
    }
    let bytes: [(String, Int, UInt8)] = [
      ("12 bits", 0, 12), ("no component", 5, 0), ("two components", 5, 2), ("five components", 5, 5),
      ("sampling 0", 7, 0), ("sampling 5", 7, 0x55), ("table 9", 8, 9), ("equal components", 9, 1),
    ]
    all += bytes.map { title, at, value in
      BrokenFile("\(name) frame: \(title)", jpeg.changing(frame) { $0.payload[at] = value })
    }
    for marker in [frame, 0xDB, 0xC4, 0xDA, 0xE0] {
      all.append(BrokenFile("\(name) without \(marker)", jpeg.without(marker)))
      let twice = jpeg.changing(marker) { part in part.data = part.data.isEmpty ? part.bytes : part.data }
      all.append(BrokenFile("\(name) twice \(marker)", twice))
      for length in [0, 1, 2, 3, 0xFFFF] {
        let changed = jpeg.changing(marker) { _ in }
        guard let at = changed.firstRange(of: [0xFF, marker])?.upperBound else { continue }
        let value = [UInt8(length >> 8), UInt8(length & 255)]
        all.append(BrokenFile("\(name) length \(length) of \(marker)", replacing(changed, at, value)))
      }
    }
    return all
  }

  /// Changed values in a scan header, and scans that are missing, repeated, or in another order.
  private static func scans(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let jpeg = JPEGParts(file)
    let count = jpeg.indices(of: 0xDA).count
    var all: [BrokenFile] = []
    for scan in 0..<count {
      for (title, back, value) in [
        ("Ss 1", 3, 1), ("Se 0", 2, 0), ("Se 5", 2, 5), ("Se 64", 2, 64), ("Ah 1", 1, 0x10), ("Al 1", 1, 1),
        ("Ah 2 Al 1", 1, 0x21), ("Al 15", 1, 15),
      ] as [(String, Int, UInt8)] {
        let changed = jpeg.changing(0xDA, scan) { $0.payload[$0.payload.count - back] = value }
        all.append(BrokenFile("\(name) scan \(scan): \(title)", changed))
      }
      for (title, at, value) in [("no component", 0, 0), ("component 9", 1, 9), ("table 3", 2, 0x33)]
        as [(String, Int, UInt8)]
      {
        all.append(
          BrokenFile("\(name) scan \(scan): \(title)", jpeg.changing(0xDA, scan) { $0.payload[at] = value }))
      }
      all.append(BrokenFile("\(name) scan \(scan) missing", jpeg.without(0xDA, scan)))
      all.append(BrokenFile("\(name) scan \(scan) empty", jpeg.changing(0xDA, scan) { $0.data = [] }))
      all.append(
        BrokenFile(
          "\(name) scan \(scan) half", jpeg.changing(0xDA, scan) { $0.data.removeLast($0.data.count / 2) }))
      all.append(BrokenFile("\(name) scan \(scan) twice", jpeg.changing(0xDA, scan) { $0.data += $0.bytes }))
    }
    let bomb = jpeg.changing(0xDA, count - 1) { part in part.data += (0..<200).flatMap { _ in part.bytes } }
    return all + [BrokenFile("\(name) two hundred scans", bomb)]
  }

  /// The ends of files from phones, cameras, and interrupted copies.
  private static func ends(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let open = Array(file.dropLast(2))
    let trailer =
      [0, 0, 1, 0x0A, 0x0E, 0, 0, 0] + Array("Image_UTC_Data1".utf8) + (0..<200).map { UInt8($0) }
    let data = JPEGParts(file).parts.last?.data.count ?? 0
    let middle = open.count - data / 2
    var all = [
      BrokenFile("\(name) without an end", open),
      BrokenFile("\(name) half an end", open + [0xFF]),
      BrokenFile("\(name) an end of fill bytes", open + [0xFF, 0xFF, 0xFF]),
      BrokenFile("\(name) no end and a trailer", open + trailer + Array("SEFT".utf8)),
      BrokenFile("\(name) no end and zeros", open + [UInt8](repeating: 0, count: 3_000)),
      BrokenFile("\(name) no end and another picture", open + file),
      BrokenFile("\(name) an end and a trailer", file + trailer),
      BrokenFile("\(name) an end in the middle", inserting([0xFF, 0xD9], open, middle)),
    ]
    for less in [1, 2, 4, 8, 16, 40, 100] where less < data {
      all.append(BrokenFile("\(name) \(less) bytes less, and an end", open.dropLast(less) + [0xFF, 0xD9]))
      all.append(BrokenFile("\(name) \(less) bytes less, and a trailer", open.dropLast(less) + trailer))
    }
    let scan = JPEGParts(file).parts.last?.data ?? []
    for share in 1...9 {
      let cut = open.dropLast(data) + scan.prefix(data * share / 10)
      all.append(BrokenFile("\(name) last scan \(share)0 %, and an end", cut + [0xFF, 0xD9]))
    }
    return all
  }

  /// Bytes between the segments, or in segments that no decoder needs.
  private static func segments(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let jpeg = JPEGParts(file)
    var all = [[1, 1], [0, 0], [0, 2], [2, 1], [255, 255]].map { version in
      BrokenFile(
        "\(name) JFIF \(version)",
        jpeg.changing(0xE0) { $0.payload.replaceSubrange(5..<7, with: version.map { UInt8($0) }) })
    }
    all.append(BrokenFile("\(name) JFIF of density 9", jpeg.changing(0xE0) { $0.payload[7] = 9 }))
    all.append(BrokenFile("\(name) short JFIF", jpeg.changing(0xE0) { $0.payload.removeLast(6) }))
    let junk: [(String, [UInt8])] = [
      ("a zero", [0]), ("zeros", [UInt8](repeating: 0, count: 40)), ("text", Array("junk".utf8)),
      ("fill bytes", [0xFF, 0xFF, 0xFF]), ("a restart", [0xFF, 0xD0]), ("a stuffed byte", [0xFF, 0]),
      ("unknown marker", [0xFF, 0x05, 0, 4, 1, 2]), ("an end", [0xFF, 0xD9]), ("a start", [0xFF, 0xD8]),
      ("a comment", [0xFF, 0xFE, 0, 4, 1, 2]), ("JPG0", [0xFF, 0xF0, 0, 4, 1, 2]),
    ]
    for (title, bytes) in junk {
      for (place, marker) in [("start", 0xE0), ("tables", 0xDB), ("scan", 0xDA)] as [(String, UInt8)] {
        guard let at = file.firstRange(of: [0xFF, marker])?.lowerBound else { continue }
        all.append(BrokenFile("\(name) \(title) before the \(place)", inserting(bytes, file, at)))
      }
      let middle = file.count - (jpeg.parts.last?.data.count ?? 0) / 2
      all.append(BrokenFile("\(name) \(title) in the last scan", inserting(bytes, file, middle)))
      all.append(BrokenFile("\(name) \(title) before the end", inserting(bytes, file, file.count - 2)))
    }
    return all
  }
}
