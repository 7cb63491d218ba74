import Synchronization
package import Core

/// Holds prepared files until they are sent or written: a few in memory, the others in unnamed files.
package final class ContentStore: Sendable {
  /// One and a half pictures at the usual limit.
  private static let memoryLimit = 16_000_000

  private let inMemory = Atomic(0)

  package init() {}

  /// The same bytes, held by the store: in memory while there is room, otherwise in a file. They stay in
  /// memory if a file cannot be created. May block.
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

  /// The same bytes, which return their share of the memory limit when the last reference is released.
  private func counted(_ bytes: PictureBytes) -> PictureBytes {
    PictureBytes(adopting: bytes.stableMemory) { _ in
      withExtendedLifetime(bytes) {}
      self.inMemory.subtract(bytes.count, ordering: .relaxed)
    }
  }
}
