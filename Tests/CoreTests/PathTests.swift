import Core
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import TestSupport
import Testing

@Suite("Paths")
struct PathTests {
  @Test(arguments: [
    ("a.jpg", ".", "a.jpg", "a", "jpg"), ("/a.jpg", "/", "a.jpg", "a", "jpg"),
    ("out/", ".", "out", "out", ""), ("x//y.tar.gz", "x", "y.tar.gz", "y.tar", "gz"),
    ("../.hidden", "..", ".hidden", ".hidden", ""), ("", ".", "", "", ""), ("/", "/", "", "", ""),
    ("a b/ü.é", "a b", "ü.é", "ü", "é"), ("x/a.", "x", "a.", "a", ""),
  ])
  func `are taken apart`(
    _ written: String, parent: String, name: String, stem: String, fileExtension: String
  ) {
    let path = Path(written)
    #expect(path.parent.string == parent && path.name == name)
    #expect(path.stem == stem && path.fileExtension == fileExtension)
    #expect(path.string == written)
  }

  @Test func `are joined`() {
    #expect(Path("out/").appending("a.jpg").string == "out/a.jpg")
    #expect(Path(".").appending("a.jpg").string == "a.jpg")
    #expect(Path("./").appending("a.jpg").string == "./a.jpg")
    #expect(Path("/").appending("a/").string == "/a/")
    #expect(Path("a/b").resolved(against: Path("/c")).string == "/c/a/b")
    #expect(Path("/a").resolved(against: Path("/c")).string == "/a")
    #expect(Path("x.y/name.tar.gz").withoutExtension.string == "x.y/name.tar")
    #expect(Path("x.y/name").withoutExtension.string == "x.y/name")
  }

  @Test func `are equal by their bytes, and named as on the disk`() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], as: "u\u{308}.jpg")
    let (composed, decomposed) = (Path(folder.file("\u{FC}.jpg")), Path(folder.file("u\u{308}.jpg")))
    #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    #expect(composed.onDisk == decomposed && composed.asOnDisk == decomposed)
    #expect(Path(folder.file("\u{FC}.png")).onDisk == nil)
  }

  @Test func `of one file are recognized through links and folders that do not exist yet`() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], as: "a.jpg")
    try OutputFile.createFolder(Path(folder.file("real")))
    #expect(symlink(folder.file("real"), folder.file("link")) == 0)
    try folder.write([2], as: "real/b.jpg")
    let real = Path(folder.file("real/b.jpg"))
    #expect(Path(folder.file("link/b.jpg")).isSame(as: real))
    #expect(Path(folder.file("link/c.jpg")).canonical == Path(folder.file("real/c.jpg")).canonical)
    #expect(Path(folder.file("new/../a.jpg")).identity == Path(folder.file("a.jpg")).identity)
    #expect(Path(folder.file("new/../a.jpg")).canonical == Path(folder.file("a.jpg")).canonical)
    #expect(Path(folder.file("link")).isLink && Path(folder.file("link")).isFolder)
  }
}
