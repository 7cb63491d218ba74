import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@testable import InProcess
@testable import Finishing

@Suite struct `Registration of a result on its original` {
  static let drifts: [Drift] = [
    Drift(), Drift(shift: (0.05, -0.05)), Drift(shift: (-0.05, 0.03), scale: 1.1),
    Drift(shift: (0.02, 0.05), scale: 0.9), Drift(scale: 0.95, changed: 0.4),
    Drift(shift: (0.03, -0.02), scale: 1.04, changed: 0.4, isTinted: true),
    Drift(shift: (-0.05, -0.05), scale: 0.9, changed: 0.4, isTinted: true),
    Drift(shift: (0.01, 0.01), scale: 1.1, turn: 1.5, changed: 0.3, isTinted: true),
    Drift(sample: Samples.portrait, shift: (0.05, 0.05), scale: 1.1),
    Drift(sample: Samples.portrait, shift: (-0.03, 0.01), scale: 0.92, changed: 0.4, isTinted: true),
  ]

  @Test(.enabled(if: !isFastRun), arguments: drifts)
  func `a known drift is found to half a pixel`(drift: Drift) throws {
    let format: PictureFormat.Codec = drift.sample.hasSuffix("png") ? .png : .jpeg
    let original = try Image.decode(PictureBytes(Samples.bytes(drift.sample)), as: format).copiedToMemory()
    let size = original.size.scaled(toLongestEdge: 1_024)
    let result = try drift.result(of: original, size)
    let found = try register(result, on: original, startingFrom: .stretch(size, to: original.size))
    #expect(found.isTrusted)
    let worst = drift.error(of: found.map, original.size, size)
    #expect(worst < 0.5, "\(worst)")
  }

  @Test func `an unrelated picture is not trusted`() throws {
    let original = try Image.decode(PictureBytes(Samples.bytes(Samples.coffee)), as: .png).copiedToMemory()
    let other = try Image.decode(PictureBytes(Samples.bytes(Samples.rocket)), as: .jpeg).copiedToMemory()
    let size = other.size
    let found = try register(other, on: original, startingFrom: .stretch(size, to: original.size))
    #expect(!found.isTrusted)
    let gray = [UInt8](repeating: 200, count: 300 * 200 * 3)
    let blank = try Image.fromPixels(gray, size: PixelSize(width: 300, height: 200), bands: 3)
    let nothing = try register(blank, on: original, startingFrom: .stretch(blank.size, to: original.size))
    #expect(!nothing.isTrusted)
  }
}
