import Synchronization
package import Core

/// Where prepared files wait until they are sent or written: a few in memory, what goes beyond in files without a name.
package final class ContentStore: Sendable {
  /// As much as one picture at the usual limit, and a half.
  private static let memoryLimit = 16_000_000

  private let inMemory = Atomic(0)

  /// The same bytes, where they may wait. Where a file cannot be made they stay in memory. May block.
  package func keep(_ content: PictureContent) throws(ContentError) -> PictureContent {
    let isTooMuch = inMemory.add(content.count, ordering: .relaxed).newValue > Self.memoryLimit
    do throws(ContentError) {
      if isTooMuch, let file = try OpenFile.nameless(holding: content) {
        inMemory.subtract(content.count, ordering: .relaxed)
        return PictureContent(file)
      }
      return PictureContent(counted(try content.read()))
    } catch {
      inMemory.subtract(content.count, ordering: .relaxed)
      throw error
    }
  }

  /// The same bytes, which give back their share when the last reference goes.
  private func counted(_ bytes: PictureBytes) -> PictureBytes {
    PictureBytes(adopting: bytes.stableMemory) { _ in
      withExtendedLifetime(bytes) {}
      self.inMemory.subtract(bytes.count, ordering: .relaxed)
    }
  }
}
