import Imaging
import Testing
import Vocabulary

@testable import Plantain

@Suite struct `A file that cannot be read to its end` {
  @Test(arguments: [
    (ContentError.changed("what the other process sent"), "has changed while it was read"),
    (.unreadable("what the other process sent", why: "Input/output error"), "Input/output error"),
  ])
  func `is named as its user names it`(error: ContentError, words: String) {
    let told = PlantainError.preparing(.picture(.unreadable(error)), "holiday.png")
    #expect(told.message.contains("holiday.png"))
    #expect(told.message.contains(words))
    #expect(told.hint?.isEmpty == false)
    #expect(!told.message.contains("other process"))
    #expect(told.code == .unreadable)
    #expect(told.exitStatus == 66)
  }
}
