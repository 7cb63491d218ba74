// Reads a reply in Google's dialect from a file, in the chunks that a socket delivers, and prints the time
// and the added memory: with the library's reader, or with Foundation alone as a first version would do it.
//   reply-reading lifted|foundation FILE [ROUNDS]
// To measure memory, use one process for each way, with one round.
import Foundation
import Gateways
import Imaging
import PictureFormats
import Core

let chunkSize = 65_536

enum Way: String {
  case lifted, foundation

  /// The number of bytes in the picture, and the time without reading the reply from the file.
  func read(_ path: String) throws -> (count: Int, time: Duration) {
    switch self {
    case .lifted: try readLifted(path)
    case .foundation: try readWithFoundation(path)
    }
  }
}

func readLifted(_ path: String) throws -> (Int, Duration) {
  let file = try PictureFile.open(path)
  let content = PictureContent(file)
  let clock = ContinuousClock()
  var lifter = ReplyLifter(expecting: content.count)
  var time = Duration.zero
  for portion in content.portions(upTo: chunkSize) {
    let chunk = try portion.load()
    time += try clock.measure { try chunk.withUnsafeBytes { try lifter.take($0) } }
  }
  let start = clock.now
  let reply = IncomingReply(status: 200, content: lifter.finish())
  guard case .pictures(let pictures, _) = Gateway.apiyi.interpret(reply) else { return (0, time) }
  return (pictures.reduce(0) { $0 + ($1.bytes?.count ?? 0) }, time + (clock.now - start))
}

struct Reply: Decodable {
  struct Candidate: Decodable { let content: Content }
  struct Content: Decodable { let parts: [Part] }
  struct Part: Decodable { let inlineData: Inline? }
  struct Inline: Decodable { let data: String }
  let candidates: [Candidate]
}

func readWithFoundation(_ path: String) throws -> (Int, Duration) {
  let body = try Data(contentsOf: URL(filePath: path))
  let clock = ContinuousClock()
  let start = clock.now
  let reply = try JSONDecoder().decode(Reply.self, from: body)
  let texts = reply.candidates.flatMap(\.content.parts).compactMap { $0.inlineData?.data }
  let count = texts.reduce(0) { $0 + (Data(base64Encoded: $1)?.count ?? 0) }
  return (count, clock.now - start)
}

/// The peak memory use so far, in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  #if os(Linux)
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1_024
  #else
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #endif
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let way = Way(rawValue: arguments[1]) else {
  print("Usage: reply-reading lifted|foundation FILE [ROUNDS]")
  exit(64)
}
let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
let before = peakMemory()
let results = try (0..<rounds).map { _ in try way.read(arguments[2]) }
let best = results.map(\.time).min() ?? .zero
let (seconds, attoseconds) = best.components
let milliseconds = Double(seconds) * 1e3 + Double(attoseconds) / 1e15
print("\(way) \(results[0].count) bytes, \(milliseconds) ms, \(peakMemory() - before) bytes of memory")
