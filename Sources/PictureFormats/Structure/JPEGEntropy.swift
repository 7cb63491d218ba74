import Core

/// Walks the Huffman-coded data of a JPEG through all scans, without decoding pixels, to check that it is
/// complete and to find where the last scan ends. Decoders at best stop at the last row; they do not report
/// data missing in the last strip.
struct JPEGEntropy {
  private let script: JPEGScript
  private var bits: EntropyBits
  /// Per component and block: the bits of the nonzero coefficients among 64, if later scans need them.
  private var nonzero: [[UInt64]]
  /// The number of following blocks that are zero in the scan's band.
  private var zeroRun = 0
  private var visits = 0
  private let maximumVisits: Int

  /// Camera files have some ten million blocks, at most ten scans, and a byte for every few blocks. A file
  /// with far more blocks for its size was made to be slow.
  private static let maximumVisits = 200_000_000
  private static let visitsPerByte = 64
  private static let visitsOfSmallFiles = 2_000_000

  /// Finds the end of the last scan.
  ///
  /// - Parameter mark: the offset of the end marker, or `nil` if there is none.
  /// - Returns: the offset after the last byte of the last scan. `nil` if data is missing or damaged, cannot
  ///   be followed, or seems to include bytes after a cut.
  package static func end(of script: JPEGScript, in bytes: PictureWindow, before mark: Int? = nil) -> Int? {
    guard script.isWhole, script.canBeFollowed else { return nil }
    var walk = JPEGEntropy(script, bytes)
    for scan in script.scans {
      guard walk.follow(scan) else { return nil }
    }
    let end = walk.bits.end
    if let mark, end < mark { return walk.bits.isFilledWithOnes ? end : nil }
    let isTrailer = walk.bits.isFilledWithOnes && !goesOn(bytes, across: end) && beginsTrailer(bytes, end)
    return isTrailer || isAlone(bytes, end) ? end : nil
  }

  /// Whether no data of a scan can follow: at the end of the file or at a marker.
  private static func isAlone(_ bytes: PictureWindow, _ end: Int) -> Bool {
    guard let next = bytes.byte(end) else { return true }
    return next == 0xFF && bytes.byte(end + 1) != 0
  }

  /// Whether the following bytes are one of the blocks that cameras and programs append to a picture. With
  /// any other bytes, it is unknown how many of them were read as the picture's own data if its last bytes
  /// are missing.
  private static func beginsTrailer(_ bytes: PictureWindow, _ end: Int) -> Bool {
    let boxes: [StaticString] = ["ftyp", "mdat", "moov", "free", "skip", "wide", "uuid", "jumb"]
    let words: [StaticString] = ["\0\0", "PK\u{3}\u{4}", "SEF", "<?xml", "<x:xmpmeta", "{\""]
    return words.contains { bytes.has($0, at: end) } || boxes.contains { bytes.has($0, at: end + 4) }
      || beginsText(bytes, end)
  }

  /// Whether text follows that was not read as pixels. Otherwise the last bytes of the pixels would be text,
  /// too.
  private static func beginsText(_ bytes: PictureWindow, _ end: Int) -> Bool {
    let letters = UInt8(0x20)..<0x7F
    return bytes.array(end..<end + 6).allSatisfy(letters.contains)
      && !bytes.array(end - 2..<end).allSatisfy(letters.contains)
  }

  /// Whether there are zeros or text on both sides, so that the pixels may have ended earlier.
  private static func goesOn(_ bytes: PictureWindow, across end: Int) -> Bool {
    let (before, behind) = (bytes.array(end - 4..<end), bytes.array(end..<end + 4))
    let isText = (before + behind).allSatisfy { (0x20..<0x7F).contains($0) }
    return isText || before.last == 0 && behind.first == 0
  }

  private init(_ script: JPEGScript, _ bytes: PictureWindow) {
    self.script = script
    bits = EntropyBits(bytes)
    maximumVisits = min(Self.maximumVisits, Self.visitsOfSmallFiles + Self.visitsPerByte * bytes.byteCount)
    nonzero = script.components.indices.map { component in
      let blocks = script.isProgressive ? Self.blocks(of: component, script) : (across: 0, down: 0)
      return [UInt64](repeating: 0, count: blocks.across * blocks.down)
    }
  }

  /// The number of blocks of a component that contain a part of the picture (A.2.4).
  private static func blocks(of component: Int, _ script: JPEGScript) -> (across: Int, down: Int) {
    let own = script.components[component]
    let maximum = largest(script)
    func blocks(_ length: Int, _ factor: Int, _ maximum: Int) -> Int {
      ((length * factor + maximum - 1) / maximum + 7) / 8
    }
    return (
      blocks(script.size.width, own.across, maximum.across),
      blocks(script.size.height, own.down, maximum.down)
    )
  }

  private static func largest(_ script: JPEGScript) -> (across: Int, down: Int) {
    (script.components.map(\.across).max() ?? 1, script.components.map(\.down).max() ?? 1)
  }

  private mutating func follow(_ scan: JPEGScript.Scan) -> Bool {
    bits.begin(at: scan.data)
    zeroRun = 0
    let units = units(of: scan)
    visits += units.count * units.blocks.reduce(0) { $0 + $1.count }
    guard visits <= maximumVisits else { return false }
    for unit in 0..<units.count {
      if scan.restartInterval > 0, unit > 0, unit % scan.restartInterval == 0 {
        guard bits.restart(unit / scan.restartInterval - 1) else { return false }
        zeroRun = 0
      }
      for (part, count) in units.blocks {
        for _ in 0..<count {
          guard followBlock(unit, scan, part) else { return false }
        }
      }
    }
    return true
  }

  /// The units of a scan: their number, and how many blocks of each component a unit contains.
  private func units(of scan: JPEGScript.Scan) -> (count: Int, blocks: [(part: Int, count: Int)]) {
    if scan.parts.count == 1 {
      let blocks = Self.blocks(of: scan.parts[0].component, script)
      return (blocks.across * blocks.down, [(0, 1)])
    }
    let maximum = Self.largest(script)
    let across = (script.size.width + 8 * maximum.across - 1) / (8 * maximum.across)
    let down = (script.size.height + 8 * maximum.down - 1) / (8 * maximum.down)
    return (
      across * down,
      scan.parts.enumerated().map { part, own in
        let component = script.components[own.component]
        return (part, component.across * component.down)
      }
    )
  }

  private mutating func followBlock(_ block: Int, _ scan: JPEGScript.Scan, _ part: Int) -> Bool {
    let own = scan.parts[part]
    guard script.isProgressive else { return bits.skipDC(own.dc) && followSequential(own.ac) }
    if scan.band.lowerBound == 0 { return scan.high == 0 ? bits.skipDC(own.dc) : bits.skip(1) }
    guard let table = own.ac else { return false }
    var known = nonzero[own.component][block]
    let isThere =
      scan.high == 0 ? followFirst(table, scan.band, &known) : followNext(table, scan.band, &known)
    nonzero[own.component][block] = known
    return isThere
  }

  private mutating func followSequential(_ table: HuffmanTable?) -> Bool {
    guard let table else { return false }
    var coefficient = 1
    while coefficient < 64 {
      guard let symbol = bits.symbol(table) else { return false }
      let (run, length) = (Int(symbol >> 4), Int(symbol & 15))
      if length == 0, run != 15 { return true }
      coefficient += run
      guard coefficient < 64, bits.skip(length) else { return false }
      coefficient += 1
    }
    return true
  }

  /// The first bits of a band (G.1.2.2).
  private mutating func followFirst(
    _ table: HuffmanTable, _ band: ClosedRange<Int>, _ known: inout UInt64
  ) -> Bool {
    guard zeroRun == 0 else {
      zeroRun -= 1
      return true
    }
    var coefficient = band.lowerBound
    while coefficient <= band.upperBound {
      guard let symbol = bits.symbol(table) else { return false }
      let (run, length) = (Int(symbol >> 4), Int(symbol & 15))
      if length == 0, run != 15 {
        guard beginZeroRun(run) else { return false }
        zeroRun -= 1
        return true
      }
      coefficient += run
      guard coefficient <= band.upperBound, bits.skip(length) else { return false }
      if length > 0 { known |= 1 << UInt64(coefficient) }
      coefficient += 1
    }
    return true
  }

  /// One more bit of a band (G.1.2.3): refines nonzero coefficients and adds new ones.
  private mutating func followNext(
    _ table: HuffmanTable, _ band: ClosedRange<Int>, _ known: inout UInt64
  ) -> Bool {
    var coefficient = band.lowerBound
    while zeroRun == 0, coefficient <= band.upperBound {
      guard let symbol = bits.symbol(table) else { return false }
      let (run, length) = (Int(symbol >> 4), Int(symbol & 15))
      if length == 0, run != 15 {
        guard beginZeroRun(run) else { return false }
        break
      }
      guard length <= 1, bits.skip(length) else { return false }
      var zeros = run
      while coefficient <= band.upperBound {
        if known >> UInt64(coefficient) & 1 == 1 {
          guard bits.skip(1) else { return false }
        } else if zeros == 0 {
          break
        } else {
          zeros -= 1
        }
        coefficient += 1
      }
      if length == 1 {
        guard coefficient <= band.upperBound else { return false }
        known |= 1 << UInt64(coefficient)
      }
      coefficient += 1
    }
    guard zeroRun > 0 else { return true }
    zeroRun -= 1
    guard coefficient <= band.upperBound else { return true }
    // The coefficients from here to the end of the band.
    let width = UInt64(band.upperBound - coefficient + 1)
    let rest = (known >> UInt64(coefficient)) & (UInt64.max >> (64 - width))
    return bits.skip(rest.nonzeroBitCount)
  }

  /// Starts a run of blocks, including this one, without further data in the band.
  private mutating func beginZeroRun(_ length: Int) -> Bool {
    guard let more = bits.number(length) else { return false }
    zeroRun = 1 << length + more
    return true
  }
}
