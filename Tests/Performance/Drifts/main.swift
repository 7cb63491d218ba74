// Measures how well results are registered on their originals. Pictures are moved by known amounts, as models
// move them, and the transform that registration finds is compared with those amounts.
//   drifts N PICTURE...     N drifts of each picture, part of which is changed to the next one
// Prints the error in pixels of the result, which limits it, at the worst of five points: one line for each
// group, and on standard error one line for each drift that was not found, or was found wrongly.
import InProcess
import Finishing
import Foundation
import Imaging
import PictureFormats
import TestSupport
import Core

struct Trial {
  let picture: String
  let drift: Drift
  /// In pixels of the result.
  let error: Double
  /// Registration's own estimate, in the same pixels.
  let residual: Double
  let uncertainty: Double
  let agreement: Double
  let isTrusted: Bool
  let seconds: Double
}

func secondsOfCPU() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func decode(_ path: String) throws -> Image {
  let bytes = PictureBytes(try Samples.bytes(path))
  guard let codec = try PictureStructure.read(bytes).format.codec else { throw CocoaError(.fileReadUnknown) }
  let image = try Image.decode(bytes, as: codec).inSRGB(usingProfile: false)
  let size = image.size.longestEdge > 2_560 ? image.size.scaled(toLongestEdge: 2_560) : image.size
  let small = try image.resized(to: size)
  return try (small.hasAlpha ? small.flattened(onto: .white) : small).widened(toBands: 3).copiedToMemory()
}

func randomDrift(changed: Double, by random: inout SplitMix64) -> Drift {
  var drift = Drift(changed: changed, isTinted: Bool.random(using: &random))
  drift.shift = (
    Double.random(in: -0.05...0.05, using: &random), Double.random(in: -0.05...0.05, using: &random)
  )
  drift.scale = Double.random(in: 0.9...1.1, using: &random)
  drift.turn = Bool.random(using: &random) ? 0 : Double.random(in: -1.5...1.5, using: &random)
  return drift
}

func attempt(_ drift: Drift, _ name: String, _ original: borrowing Image, _ other: borrowing Image) throws
  -> Trial
{
  let size = original.size.scaled(toLongestEdge: 1_264)
  let result = try drift.result(of: original, size, changedTo: other.shared())
  let before = secondsOfCPU()
  let found = try register(result, on: original, startingFrom: .stretch(size, to: original.size))
  let seconds = secondsOfCPU() - before
  let scale = Double(size.longestEdge) / Double(original.size.longestEdge)
  return Trial(
    picture: name, drift: drift, error: drift.error(of: found.map, original.size, size) * scale,
    residual: found.residual * scale, uncertainty: found.uncertainty * scale, agreement: found.agreement,
    isTrusted: found.isTrusted, seconds: seconds)
}

func report(_ title: String, _ trials: [Trial]) {
  let trusted = trials.filter(\.isTrusted).sorted { $0.error < $1.error }
  let (median, worst) = (trusted.isEmpty ? 0 : trusted[trusted.count / 2].error, trusted.last?.error ?? 0)
  let within = trusted.count { $0.error < 0.5 }
  print(
    String(
      format:
        """
        %@: %d drifts, %d trusted, error median %.3f worst %.3f px, %d of them under 0.5 px, \
        CPU %.2f s each
        """,
      title, trials.count, trusted.count, median, worst, within,
      trials.reduce(0) { $0 + $1.seconds } / Double(max(1, trials.count))))
}

guard let count = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }),
  CommandLine.arguments.count > 3
else {
  print("drifts N PICTURE PICTURE...")
  exit(64)
}
let paths = Array(CommandLine.arguments.dropFirst(2))
var trials: [Trial] = []
var random = SplitMix64(state: 2_026)
for (position, path) in paths.enumerated() {
  let original = try decode(path)
  let other = try decode(paths[(position + 1) % paths.count])
  for number in 0..<count {
    let drift = randomDrift(changed: [0, 0.2, 0.4][number % 3], by: &random)
    let trial = try attempt(drift, Path(path).name, original, other)
    trials.append(trial)
    if !trial.isTrusted || trial.error >= 0.5 {
      let line = String(
        format:
          """
          %@ changed %.1f scale %.3f turn %.2f shift %.3f %.3f: %@, error %.2f, residual %.2f, \
          uncertainty %.2f, agreement %.2f\n
          """,
        trial.picture, drift.changed, drift.scale, drift.turn, drift.shift.x, drift.shift.y,
        trial.isTrusted ? "trusted" : "not trusted", trial.error, trial.residual, trial.uncertainty,
        trial.agreement)
      FileHandle.standardError.write(Data(line.utf8))
    }
  }
}
for changed in [0, 0.2, 0.4] {
  report("changed \(Int(changed * 100)) %", trials.filter { $0.drift.changed == changed })
}
report("all", trials)
