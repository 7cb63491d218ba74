import TestSupport

/// A GIF written by hand: one color per frame, with codes of at most three bits.
private struct HandmadeGIF {
  var width = 40
  var height = 30
  var frames: [Frame] = []

  struct Frame {
    var x = 0
    var y = 0
    var width = 40
    var height = 30
    var color = 1
    /// The transparent color; none by default.
    var transparent: UInt8?
    /// The share of the pixels that are written.
    var share = 1.0
  }

  private static func little(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8 & 255)] }

  var header: [UInt8] {
    let colors: [UInt8] = [255, 255, 255, 200, 40, 30, 0, 160, 0, 0, 0, 255]
    return Array("GIF89a".utf8) + Self.little(width) + Self.little(height) + [0x91, 0, 0] + colors
  }

  static func bytes(_ frame: Frame) -> [UInt8] {
    var (bits, count, data) = (0, 0, [UInt8]())
    func put(_ code: Int) {
      bits |= code << count
      count += 3
      if count > 7 {
        data.append(UInt8(bits & 255))
        (bits, count) = (bits >> 8, count - 8)
      }
    }
    put(4)
    for pixel in 0..<Int(Double(frame.width * frame.height) * frame.share) {
      put(frame.color)
      // A clear code, before codes would get longer.
      if pixel % 2 == 1 { put(4) }
    }
    put(5)
    data.append(UInt8(bits & 255))
    let blocks = stride(from: 0, to: data.count, by: 255).flatMap { at in
      [UInt8(min(255, data.count - at))] + data[at..<min(at + 255, data.count)]
    }
    let control: [UInt8] = frame.transparent.map { [0x21, 0xF9, 4, 1, 0, 0, $0, 0] } ?? []
    let place = [frame.x, frame.y, frame.width, frame.height].flatMap(little)
    return control + [0x2C] + place + [0, 2] + blocks + [0]
  }

  var open: [UInt8] { header + frames.flatMap(Self.bytes) }
  var bytes: [UInt8] { open + [0x3B] }
}

extension BrokenFile {
  static func gifs() throws -> [BrokenFile] {
    try ["fields", "transparent", "animated"].flatMap { usual($0, try Samples.fixture("\($0).gif")) }
      + outside() + afterTheFirst() + odd()
  }

  /// Frames of other sizes than the canvas, or outside it, as first and as second frame.
  private static func outside() -> [BrokenFile] {
    let places = [
      (0, 0, 80, 60), (0, 0, 41, 30), (0, 0, 40, 31), (20, 15, 40, 30), (39, 29, 40, 30), (40, 30, 40, 30),
      (60, 0, 10, 10), (0, 60, 10, 10), (10, 5, 20, 15), (0, 0, 20, 30), (0, 0, 1, 1), (39, 29, 1, 1),
      (65_535, 65_535, 1, 1), (0, 0, 65_535, 65_535), (0, 0, 0, 0),
    ]
    return places.flatMap { x, y, width, height in
      let share = width > 1_000 ? 0 : 1.0
      return [UInt8?.none, 3].flatMap { transparent in
        let frame = HandmadeGIF.Frame(
          x: x, y: y, width: width, height: height, transparent: transparent, share: share)
        let title = "(\(x), \(y)) \(width)×\(height)" + (transparent == nil ? "" : " transparent")
        return [
          BrokenFile("gif first frame \(title)", HandmadeGIF(frames: [frame]).bytes),
          BrokenFile("gif second frame \(title)", HandmadeGIF(frames: [HandmadeGIF.Frame(), frame]).bytes),
        ]
      }
    }
  }

  /// Truncated or damaged after the first complete frame.
  private static func afterTheFirst() -> [BrokenFile] {
    let one = HandmadeGIF(frames: [HandmadeGIF.Frame()])
    let second = HandmadeGIF.bytes(HandmadeGIF.Frame(color: 2))
    let behind: [(String, [UInt8])] = [
      ("nothing", []), ("zeros", [UInt8](repeating: 0, count: 30)), ("text", Array("junk".utf8)),
      ("another GIF", one.bytes), ("half a control block", [0x21, 0xF9, 4]),
      ("a comment", [0x21, 0xFE, 3, 1, 2, 3, 0]),
      ("half a comment", [0x21, 0xFE, 30, 1]), ("a block that is none", [0x21, 0x00, 0]),
      ("a picture's mark", [0x2C]), ("half a header", Array(second.prefix(6))),
      ("a header", Array(second.prefix(11))),
    ]
    var all = behind.flatMap { title, bytes in
      [
        BrokenFile("gif then \(title)", one.open + bytes),
        BrokenFile("gif then \(title), and its end", one.open + bytes + [0x3B]),
      ]
    }
    for tenth in 1...9 {
      let part = Array(second.prefix(second.count * tenth / 10))
      all.append(BrokenFile("gif then \(tenth)0 % of a second frame", one.open + part))
    }
    for share in [0.0, 0.5, 0.99] {
      let frame = HandmadeGIF.Frame(color: 2, share: share)
      all.append(
        BrokenFile(
          "gif second frame with \(share) of its pixels", one.open + HandmadeGIF.bytes(frame) + [0x3B]))
    }
    return all
  }

  private static func odd() -> [BrokenFile] {
    let one = HandmadeGIF(frames: [HandmadeGIF.Frame()])
    let many = [HandmadeGIF.Frame](repeating: HandmadeGIF.Frame(width: 2, height: 2), count: 3_000)
    var all = [0.0, 0.5, 0.99].map { share in
      BrokenFile(
        "gif with \(share) of its pixels", HandmadeGIF(frames: [HandmadeGIF.Frame(share: share)]).bytes)
    }
    all += [
      BrokenFile("gif of 3,000 frames", HandmadeGIF(frames: many).bytes),
      BrokenFile(
        "gif of 30,000 by 30,000", HandmadeGIF(width: 30_000, height: 30_000, frames: one.frames).bytes),
      BrokenFile("gif of 0 by 30", HandmadeGIF(width: 0, frames: one.frames).bytes),
      BrokenFile("gif without a frame", HandmadeGIF().bytes),
    ]
    for depth in [0, 1, 9, 11, 12, 13, 255] as [UInt8] {
      let at = one.header.count + 10
      all.append(BrokenFile("gif with codes of \(depth) bits", replacing(one.bytes, at, [depth])))
    }
    return all
  }
}
