import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite(.endsInTime) struct `A file that cannot be read to its end` {
  @Test(arguments: [
    (ContentError.changed("what the other process sent"), "changed while it was being read"),
    (.unreadable("what the other process sent", why: "Input/output error"), "Input/output error"),
  ])
  func `the error names the file as the user does`(error: ContentError, words: String) {
    let told = PlantainError.preparing(.picture(.unreadable(error)), "holiday.png")
    #expect(told.message.contains("holiday.png"))
    #expect(told.message.contains(words))
    #expect(told.hint?.isEmpty == false)
    #expect(!told.message.contains("other process"))
    #expect(told.code == .unreadable)
    #expect(told.exitStatus == 66)
  }

  @Test func `the error suggests allowing truncated pictures only where that helps`() async throws {
    var options = PreparationOptions()
    options.maximumEdge = 20
    let (jpeg, gif) = (
      try Synthetic.jpeg(PixelSize(width: 60, height: 40)), try Samples.fixture("fields.gif")
    )
    let webp = try Image.fromPixels(
      [UInt8](repeating: 9, count: 4_800), size: PixelSize(width: 40, height: 40), bands: 3
    )
    .encoded(as: .webp(quality: 90)).array
    // The rest of each file, whether truncation is already allowed, and whether the error suggests it.
    let cases: [(bytes: [UInt8], isLenient: Bool, isNamed: Bool)] = [
      (Array(jpeg.prefix(jpeg.count / 2)), false, true), (Array(jpeg.prefix(30)), true, false),
      (Array(gif.prefix(gif.count / 2)), false, false), (Array(webp.prefix(webp.count / 2)), false, false),
    ]
    for (bytes, isLenient, isNamed) in cases {
      options.allowsTruncated = isLenient
      let preparer = Preparer(options: options)
      let source = Reference.bytes(PictureBytes(bytes), name: "cut")
      for work in [
        { _ = try await preparer.prepare(source) },
        { _ = try await Preparer.inspect(source, options: preparer.options) },
      ] as [() async throws -> Void] {
        do { try await work() } catch let error as PlantainError {
          #expect(error.hint?.contains("`allow-truncated`") == isNamed, "\(error)")
          #expect(error.hint?.isEmpty == false)
        }
      }
    }
  }
}
