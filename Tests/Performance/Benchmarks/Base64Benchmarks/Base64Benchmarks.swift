import Base64
import Benchmark
import Foundation

/// Encoding and decoding compared with Foundation and with a copy of the same bytes, in reused buffers. Each
/// figure is for about 10 MB, so that the figures can be compared.
let benchmarks: @Sendable () -> Void = {
  let isSmallest = ProcessInfo.processInfo.environment["SMALLEST"]?.isEmpty == false
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], maxDuration: .seconds(2), maxIterations: isSmallest ? 1 : 10_000)
  for (name, count) in [
    ("4 KiB", 4_096), ("64 KiB", 65_536), ("1 MB", 1_000_000), ("10 MB", 10_000_000), ("100 MB", 100_000_000),
  ] {
    let rounds = max(1, 10_000_000 / count)
    Benchmark("\(name) × \(rounds), encode: Base64") { measure($0, count, rounds) { $0.encode() } }
    Benchmark("\(name) × \(rounds), encode: Foundation") {
      measure($0, count, rounds) { $0.encodeWithFoundation() }
    }
    Benchmark("\(name) × \(rounds), decode: Base64") { measure($0, count, rounds) { $0.decode() } }
    Benchmark("\(name) × \(rounds), decode: Foundation") {
      measure($0, count, rounds) { $0.decodeWithFoundation() }
    }
    Benchmark("\(name) × \(rounds), memcpy") { measure($0, count, rounds) { $0.copy() } }
  }
}

private func measure(_ benchmark: Benchmark, _ count: Int, _ rounds: Int, _ work: (Buffers) -> Void) {
  let buffers = Buffers(count)
  work(buffers)
  benchmark.startMeasurement()
  for _ in 0..<rounds { work(buffers) }
  benchmark.stopMeasurement()
}

/// The bytes, their text, and room for either.
private final class Buffers {
  private let bytes: Data
  private let text: Data
  private let room: UnsafeMutableRawBufferPointer

  init(_ count: Int) {
    var state: UInt64 = 1
    bytes = Data(
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return UInt8(truncatingIfNeeded: state >> 56)
      })
    text = bytes.base64EncodedData()
    room = .allocate(byteCount: text.count, alignment: 64)
    room.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { room.deallocate() }

  func encode() { bytes.withUnsafeBytes { blackHole(Base64.encode($0, into: room)) } }
  func encodeWithFoundation() { blackHole(bytes.base64EncodedData()) }
  func decode() { text.withUnsafeBytes { blackHole(try? Base64.decode($0, into: room)) } }
  func decodeWithFoundation() { blackHole(Data(base64Encoded: text)) }
  func copy() {
    bytes.withUnsafeBytes { room.copyMemory(from: $0) }
    blackHole(room)
  }
}
