import Testing
import Core

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Plantain
@testable import Reports

@Suite struct `Several pictures share the request's size limit` {
  /// A budget for exactly `bytes` bytes of files.
  private func budget(_ bytes: Int, references: Int) throws -> RequestBudget {
    let request = ByteCount(bytes / 3 * 4 + 4_096 + 4 * references)
    return try #require(RequestBudget(request: request, references: references, promptBytes: 0))
  }

  @Test(arguments: [
    // room, sizes → limits; 0 means unchanged
    (90_000, [30_000, 30_000, 30_000], [0, 0, 0]), (60_000, [90_000], [60_000]),
    (60_000, [90_000, 90_000], [40_000, 20_000]), (60_000, [90_000, 1_000, 2_000], [57_000, 0, 0]),
    (60_000, [10_000, 90_000, 90_000], [0, 25_000, 25_000]), (60_000, [41_000, 20_000], [40_000, 0]),
  ])
  func `small pictures leave their share to large ones, and the first counts twice`(
    room: Int, sizes: [Int], limits: [Int]
  ) throws {
    let found = try budget(room, references: sizes.count).limits(for: sizes.map { ByteCount($0) })
    #expect(found.map { $0?.bytes ?? 0 } == limits)
  }

  @Test func `the shares never exceed the room`() throws {
    var state: UInt64 = 5
    for _ in 0..<500 {
      let sizes = (0..<14).map { _ -> ByteCount in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return ByteCount(Int(state >> 40) % 9_000_000)
      }
      let room = 30_000_000
      let limits = try budget(room, references: 14).limits(for: sizes)
      let total = zip(sizes, limits).reduce(0) { $0 + min($1.0.bytes, $1.1?.bytes ?? .max) }
      #expect(total <= room)
    }
  }

  @Test func `without any room left there is no budget`() {
    #expect(RequestBudget(request: ByteCount(6_000), references: 3, promptBytes: 0) == nil)
    #expect(RequestBudget(request: ByteCount(100_000), references: 1, promptBytes: 20_000) == nil)
  }
}
