// Runs everything that touches C over the named files: whole, truncated, and damaged. Tests/sanitize builds
// it with a sanitizer, which ends the process on any memory error or data race.
import Base64
import InProcess
import Finishing
import Imaging
import PictureFormats
import Preparation
import Core

/// A small generator with a fixed seed: the same damage on every run.
struct Chance: RandomNumberGenerator {
  var state: UInt64 = 2_026

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 31
  }
}

/// Options that exercise every step.
let choices: [PreparationOptions] = [MediaType?.none, .jpeg, .png, .webp].map { format in
  var options = PreparationOptions()
  options.format = format
  options.maximumEdge = format == .png ? nil : 100
  options.maximumBytes = ByteCount(format == .jpeg ? 3_000 : 10_000_000)
  options.allowsTruncated = format == .webp
  return options
}

/// Prepares from memory and, where the code path differs, from a file, and expects the same outcome.
func prepareEveryWay(_ bytes: [UInt8]) throws -> Int {
  let memory = PictureContent(PictureBytes(bytes))
  let file = try OpenFile.nameless(holding: memory).map { PictureContent($0) }
  return try choices.count { options in
    let prepared = try? prepareReference(memory, options: options)
    guard let file, bytes.starts(with: [0x89, 0x50]) || options.maximumEdge == nil else {
      return prepared != nil
    }
    let other = try? prepareReference(file, options: options)
    guard try prepared?.content.read().array == other?.content.read().array else {
      fatalError("a picture gives another result from a file than from memory")
    }
    return prepared != nil
  }
}

func damaged(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<4 {
    bytes[Int.random(in: bytes.indices, using: &chance)] = UInt8.random(in: 0...255, using: &chance)
  }
  return bytes
}

func checkBase64(_ chance: inout Chance) throws {
  for length in 0..<400 {
    let bytes = PictureBytes((0..<length).map { _ in UInt8.random(in: 0...255, using: &chance) })
    let text = Base64.encode(bytes)
    guard try Base64.decode(text).array == bytes.array else { throw Base64.DecodingError(offset: length) }
    _ = try? Base64.decodeForgiving(String(text.dropLast(2)) + "\u{7F}")
  }
}

/// Fits each file onto the one before it, whatever that is, with alignment, color matching, and size.
func restoreOntoOriginal(_ files: [String]) throws -> Int {
  var options = FinishingOptions(wanted: .png)
  options.fitsSource = true
  options.aligns = true
  options.matchesColor = true
  options.keepsUnchanged = true
  options.usesMask = true
  options.restoresAlpha = true
  options.compares = true
  return try zip(files, files.dropFirst()).count { original, result in
    let (ground, picture) = (try PictureFile.read(original), try PictureFile.read(result))
    // A picture can also serve as a mask.
    let beside = FinishingPictures(original: ground, mask: ground)
    return (try? finishResult(picture, beside: beside, options: options)) != nil
  }
}

/// Prepares a JPEG tall enough for its size under a limit to be estimated from a sample of its rows: odd
/// sizes, with and without halved chroma.
func roundTall(_ chance: inout Chance) throws {
  let size = PixelSize(width: 201, height: 1_827)
  let pixels = (0..<size.pixelCount * 3).map { _ in UInt8.random(in: 0...255, using: &chance) }
  for halvesChroma in [true, false] {
    let tall = try Image.fromPixels(pixels, size: size, bands: 3)
      .encoded(as: .jpeg(quality: 97, halvedChroma: halvesChroma))
    guard let coefficients = JPEGCoefficients(tall) else { fatalError("no coefficients") }
    let likely = coefficients.likelySize(isDetailed: true, quality: 80)
    guard likely != nil else { fatalError("nothing was sampled") }
    var options = PreparationOptions()
    options.maximumBytes = ByteCount(tall.count / 2)
    _ = try prepareReference(tall, options: options)
  }
}

var chance = Chance()
try roundTall(&chance)
try checkBase64(&chance)
let files = CommandLine.arguments.dropFirst()
var succeeded = 0
for path in files {
  let bytes = try PictureFile.read(path).array
  succeeded += try prepareEveryWay(bytes) > 0 ? 1 : 0
  for step in 0..<12 { _ = try prepareEveryWay(Array(bytes.prefix(bytes.count * step / 12))) }
  for _ in 0..<12 { _ = try prepareEveryWay(damaged(bytes, &chance)) }
  for wanted in [PictureFormat.jpeg, .png, .webp] {
    _ = try? finishResult(PictureBytes(bytes), options: FinishingOptions(wanted: wanted))
  }
}
// The samples are photographs. A picture is recognized on itself; the others are not.
let photographs = Array(files.prefix(3))
let brought = try restoreOntoOriginal(photographs.flatMap { [$0, $0] })
guard brought == 2 * photographs.count - 1 else { fatalError("only \(brought) results were finished") }
// Several at once, on the pool, for the race detector.
await withTaskGroup(of: Void.self) { group in
  for path in files {
    group.addTask {
      _ = try? await ThreadPool.shared.run {
        try prepareReference(PictureContent(PictureFile.open(path)), options: choices[1])
      }
    }
  }
}
print("\(succeeded) of \(files.count) files prepared, each also cut and damaged")
