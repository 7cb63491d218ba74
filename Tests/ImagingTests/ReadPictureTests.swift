import Foundation
import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite struct `Pictures are read from regular files` {
  @Test func `a file is read completely`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], as: "odd name [shrink=8].jpg")
    #expect(try PictureFile.read(path).array == [1, 2, 3])
  }

  @Test func `a path that cannot be a picture is refused with its reason`() throws {
    let folder = try TemporaryFolder()
    try folder.write([], as: "empty")
    try folder.write([1, 2, 3, 4], as: "large")
    mkfifo(folder.file("fifo"), 0o600)
    symlink(folder.file("loop"), folder.file("loop"))
    #expect(throws: ReadError.missing) { try PictureFile.read(folder.file("nothing")) }
    #expect(throws: ReadError.notARegularFile("a folder")) { try PictureFile.read(folder.path) }
    #expect(throws: ReadError.notARegularFile("a fifo")) { try PictureFile.read(folder.file("fifo")) }
    #expect(throws: ReadError.notARegularFile("a device")) { try PictureFile.read("/dev/zero") }
    #expect(throws: ReadError.empty) { try PictureFile.read(folder.file("empty")) }
    #expect(throws: ReadError.tooLarge(ByteCount(4), limit: ByteCount(3))) {
      try PictureFile.read(folder.file("large"), limit: ByteCount(3))
    }
    guard
      case .unreadable? = #expect(
        throws: ReadError.self, performing: { try PictureFile.read(folder.file("loop")) })
    else {
      Issue.record("a loop of links is unreadable")
      return
    }
  }

  @Test func `an open file is the same after renaming, and another one after writing`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3, 4], as: "a")
    let file = try PictureFile.open(path)
    rename(path, folder.file("b"))
    #expect(try file.readAll().array == [1, 2, 3, 4])
    // The same size, another modification time.
    var times = [timeval(), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
    utimes(folder.file("b"), &times)
    #expect(throws: ContentError.changed(path)) { try file.readAll() }
    truncate(folder.file("b"), 2)
    #expect(throws: ContentError.changed(path)) { try file.readAll() }
  }
}
