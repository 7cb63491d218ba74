import Synchronization
import Vocabulary

/// Where prepared files wait until they are sent or written: a few in memory, what goes beyond in files without a name.
final class ContentStore: Sendable {
  /// As much as one picture at the usual limit, and a half.
  private static let memoryLimit = 16_000_000

  private let inMemory = Atomic(0)

  /// The same bytes, where they may wait. Where a file cannot be made they stay in memory. May block.
  func keep(_ bytes: PictureBytes) -> PictureContent {
    let count = bytes.count
    guard inMemory.add(count, ordering: .relaxed).newValue > Self.memoryLimit else {
      return PictureContent(counted(bytes))
    }
    guard let file = HeldFile.nameless(holding: bytes) else { return PictureContent(counted(bytes)) }
    inMemory.subtract(count, ordering: .relaxed)
    return PictureContent([.file(file, 0..<count)])
  }

  /// The same bytes, which give back their share when the last reference goes.
  private func counted(_ bytes: PictureBytes) -> PictureBytes {
    PictureBytes(adopting: bytes.stableMemory) { _ in
      withExtendedLifetime(bytes) {}
      self.inMemory.subtract(bytes.count, ordering: .relaxed)
    }
  }
}
