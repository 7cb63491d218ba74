import TestSupport

/// A picture file with one fault, the same on every run.
struct BrokenFile: Sendable {
  let name: String
  let bytes: [UInt8]

  init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

extension BrokenFile {
  /// Faults that can occur in a file of any format.
  static func usual(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let zeros = [UInt8](repeating: 0, count: 64)
    let middle = file.count / 2
    let single = [
      BrokenFile("\(name) whole", file), BrokenFile("\(name) twice", file + file),
      BrokenFile("\(name) with a tail", file + [UInt8](repeating: 0x55, count: 64)),
      BrokenFile("\(name) with zeros for a tail", file + zeros),
      BrokenFile("\(name) without its middle", without(file, middle..<middle + 16)),
      BrokenFile("\(name) with more in its middle", inserting(Array(zeros.prefix(5)), file, middle)),
    ]
    return [single, cut(name, file), flipped(name, file), overwritten(name, file)].flatMap(\.self)
  }

  /// Truncated at each tenth, and near the end.
  private static func cut(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let tenths = (1...9).map { ("\($0)0 %", file.count * $0 / 10) }
    let ends = [32, 16, 12, 8, 4, 3, 2, 1].map { ("\($0) before the end", file.count - $0) }
    return (tenths + ends).map { BrokenFile("\(name) cut \($0.0)", Array(file.prefix($0.1))) }
  }

  /// Single changed bytes: densely in a possible header, and sparsely everywhere.
  private static func flipped(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    let header = Array(stride(from: 4, to: min(160, file.count), by: 6))
    let all = (1...16).map { file.count * $0 / 17 }
    var seen: Set<Int> = []
    return (header + all).filter { seen.insert($0).inserted }.enumerated().map { position, at in
      let mask: UInt8 = [0xFF, 0x01, 0x80][position % 3]
      return BrokenFile("\(name) byte \(at) ^ \(mask)", replacing(file, at, [file[at] ^ mask]))
    }
  }

  /// Four changed bytes that may be a length, an offset, or a number of pixels.
  private static func overwritten(_ name: String, _ file: [UInt8]) -> [BrokenFile] {
    stride(from: 8, to: min(104, file.count - 4), by: 8).map { at in
      let value: [UInt8] = at % 16 == 0 ? [0xFF, 0xFF, 0xFF, 0xFF] : [0, 0, 0, 0]
      return BrokenFile("\(name) \(value[0]) from byte \(at) on", replacing(file, at, value))
    }
  }

  static func replacing(_ file: [UInt8], _ at: Int, _ bytes: [UInt8]) -> [UInt8] {
    var changed = file
    for (step, byte) in bytes.enumerated() where at + step < file.count { changed[at + step] = byte }
    return changed
  }

  static func inserting(_ bytes: [UInt8], _ file: [UInt8], _ at: Int) -> [UInt8] {
    Array(file[..<at]) + bytes + Array(file[at...])
  }

  static func without(_ file: [UInt8], _ range: Range<Int>) -> [UInt8] {
    Array(file[..<range.lowerBound]) + Array(file[min(range.upperBound, file.count)...])
  }
}
