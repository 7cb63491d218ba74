import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `Timestamps` {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_399_999, "2000-02-28T23:59:59Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"), (1_795_953_589_286, "2026-11-29T11:59:49Z"),
    (4_102_444_800_000, "2100-01-01T00:00:00Z"),
  ])
  func `a timestamp is written in UTC, rounded down to the second`(milliseconds: Int, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  private let now = Timestamp(milliseconds: 1_795_953_589_286)

  @Test(arguments: [
    ("30m", -1_800_000), ("2h", -7_200_000), ("7D", -604_800_000), ("2w", -1_209_600_000),
  ])
  func `an age is read`(text: String, distance: Int) throws {
    #expect(Timestamp(since: text, now: now)?.milliseconds == now.milliseconds + distance)
  }

  @Test func `a day is read, with or without a time`() throws {
    let today = try #require(Timestamp(since: "today", now: now))
    #expect(today.localDay == now.localDay && today.milliseconds <= now.milliseconds)
    #expect(now.milliseconds - today.milliseconds < 86_400_000)
    let yesterday = try #require(Timestamp(since: "yesterday", now: now))
    // A day of 23 or 25 hours counts, too.
    #expect((82_800_000...90_000_000).contains(today.milliseconds - yesterday.milliseconds))
    #expect(Timestamp(since: now.localDay, now: now)?.milliseconds == today.milliseconds)
    #expect(Timestamp(since: "2026-11-29T11:59:49Z")?.milliseconds == 1_795_953_589_000)
    #expect(Timestamp(since: "2024-02-29 08:30")?.localLong == "29 February 2024, 08:30")
  }

  @Test(arguments: [
    "", "now", "7", "d", "-1d", "1.5h", "99999999999999999999d", "1234567d", "2026-13-01", "2026-02-30",
    "2026-1-1",
    "26-01-01", "2026-01-01T", "2026-01-01T25:00", "2026-01-01T1:00", "2026-01-01T10:00:99", "0000-01-01",
    "2026-01-01T10:00 x", "٣d", "2026-01", "--", "T10:00",
  ])
  func `invalid times are refused, not guessed`(text: String) {
    #expect(Timestamp(since: text, now: now) == nil)
  }
}
