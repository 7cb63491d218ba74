import Core

/// The scan script of a JPEG, from its headers: which coefficients each scan contains, how they are coded,
/// and whether all are there (ITU-T T.81, annexes B and G).
struct JPEGScript {
  struct Component {
    package let id: UInt8
    package let across: Int
    package let down: Int
    /// The lowest bit received of each coefficient so far, in zigzag order; `nil` before the first.
    var lowestBits = [Int?](repeating: nil, count: 64)
  }

  struct Scan {
    /// The components, with their tables for DC and AC.
    package var parts: [(component: Int, dc: HuffmanTable?, ac: HuffmanTable?)] = []
    /// The coefficients, 0…63.
    var band = 0...63
    /// The bit position of the previous scan (0: none) and of this scan.
    package var high = 0
    package var low = 0
    var restartInterval = 0
    /// The offset of its data in the file.
    package var data = 0
  }

  package let size: PixelSize
  package let isProgressive: Bool
  private let isArithmetic: Bool
  private(set) var components: [Component]
  /// In file order, up to the scan that completes the picture.
  private(set) var scans: [Scan] = []
  private var isConsistent = true

  /// - Parameter sampling: the identifier and the two factors of each component.
  init(
    _ size: PixelSize, isProgressive: Bool, isArithmetic: Bool, sampling: [(id: UInt8, factors: UInt8)]
  ) {
    self.size = size
    self.isProgressive = isProgressive
    self.isArithmetic = isArithmetic
    components = sampling.map {
      Component(id: $0.id, across: Int($0.factors >> 4), down: Int($0.factors & 15))
    }
  }

  /// Whether every coefficient of every component is received down to its last bit.
  package var isWhole: Bool { isConsistent && components.allSatisfy { $0.lowestBits.allSatisfy { $0 == 0 } } }

  /// Whether `JPEGEntropy` supports the coding.
  var canBeFollowed: Bool {
    let factors = components.flatMap { [$0.across, $0.down] }
    return !isArithmetic && factors.allSatisfy((1...4).contains) && size.pixelCount <= Self.maximumPixels
  }

  /// Limits the memory and the time of the walk.
  private static let maximumPixels = 250_000_000

  /// Adds a scan.
  ///
  /// - Parameters:
  ///   - payload: the payload of the scan's header.
  ///   - tables: the current tables, numbered as in a DHT segment.
  package mutating func begin(
    _ payload: [UInt8], tables: [UInt8: HuffmanTable], restartInterval: Int, data: Int
  ) {
    guard isConsistent, !isWhole else { return }
    guard let count = payload.first.map(Int.init), payload.count == 4 + 2 * count, count > 0,
      let scan = scan(payload, count, tables, restartInterval, data)
    else {
      isConsistent = false
      return
    }
    scans.append(scan)
    for part in scan.parts {
      for coefficient in scan.band { come(part.component, coefficient, scan) }
    }
  }

  private func scan(
    _ payload: [UInt8], _ count: Int, _ tables: [UInt8: HuffmanTable], _ restartInterval: Int, _ data: Int
  ) -> Scan? {
    var scan = Scan(restartInterval: restartInterval, data: data)
    for number in 0..<count {
      let (id, selectors) = (payload[1 + 2 * number], payload[2 + 2 * number])
      guard let component = components.firstIndex(where: { $0.id == id }),
        !scan.parts.contains(where: { $0.component == component })
      else { return nil }
      scan.parts.append((component, tables[selectors >> 4], tables[0x10 | selectors & 15]))
    }
    guard isProgressive else { return scan }
    let (first, last) = (Int(payload[1 + 2 * count]), Int(payload[2 + 2 * count]))
    // DC coefficients have separate scans, and only these contain several components.
    guard first <= last, last < 64, first > 0 ? count == 1 : last == 0 else { return nil }
    scan.band = first...last
    (scan.high, scan.low) = (Int(payload[3 + 2 * count] >> 4), Int(payload[3 + 2 * count] & 15))
    return scan
  }

  private mutating func come(_ component: Int, _ coefficient: Int, _ scan: Scan) {
    let before = components[component].lowestBits[coefficient]
    // Only the first scan of a coefficient has no high bit; each later scan must add exactly the next bit.
    let isNext = scan.high == 0 ? before == nil : before == scan.high && scan.low == scan.high - 1
    if !isNext { isConsistent = false }
    components[component].lowestBits[coefficient] = scan.low
  }
}

/// A table of Huffman codes (ITU-T T.81, annex C).
final class HuffmanTable: Sendable {
  /// By the number of bits: the largest code (−1 if there is none), and the offset from a code to its symbol.
  private let largest: [Int]
  private let offsets: [Int]
  private let symbols: [UInt8]

  /// - Returns: `nil` for codes that do not fit into their bits.
  init?(counts: ArraySlice<UInt8>, symbols: ArraySlice<UInt8>) {
    var (largest, offsets) = ([-1], [0])
    var (code, position) = (0, 0)
    for (length, count) in zip(1...16, counts.map(Int.init)) {
      offsets.append(position - code)
      code += count
      position += count
      largest.append(count > 0 ? code - 1 : -1)
      guard code <= 1 << length else { return nil }
      code <<= 1
    }
    (self.largest, self.offsets, self.symbols) = (largest, offsets, Array(symbols))
  }

  /// Reads the tables of a DHT segment into `tables`, under their numbers. Removes invalid ones.
  package static func read(_ payload: [UInt8], into tables: inout [UInt8: HuffmanTable]) {
    var at = 0
    // A segment has at most eight tables.
    for _ in 0..<8 where at + 17 <= payload.count {
      let counts = payload[at + 1..<at + 17]
      let end = at + 17 + counts.reduce(0) { $0 + Int($1) }
      guard end <= payload.count else { return }
      tables[payload[at]] = HuffmanTable(counts: counts, symbols: payload[(at + 17)..<end])
      at = end
    }
  }

  /// Decodes a symbol.
  ///
  /// - Parameter bits: the next sixteen bits.
  /// - Returns: the symbol and the length of its code; `nil` if no code starts with these bits.
  package func symbol(_ bits: Int) -> (value: UInt8, length: Int)? {
    for length in 1...16 {
      let code = bits >> (16 - length)
      let place = code + offsets[length]
      if code <= largest[length], symbols.indices.contains(place) { return (symbols[place], length) }
    }
    return nil
  }
}
