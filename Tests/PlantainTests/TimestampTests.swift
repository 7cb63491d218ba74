import Testing

@testable import Plantain

@Suite struct `Moments in the ledger and in reports` {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_399_999, "2000-02-28T23:59:59Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"), (1_795_953_589_286, "2026-11-29T11:59:49Z"),
    (4_102_444_800_000, "2100-01-01T00:00:00Z"),
  ])
  func `are written in UTC, to the second that has begun`(milliseconds: Int, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }
}
