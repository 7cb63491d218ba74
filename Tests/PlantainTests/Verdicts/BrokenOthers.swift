import TestSupport

extension BrokenFile {
  /// Formats that are read only with permission. Their decoders run only in worker processes.
  static func others() throws -> [BrokenFile] {
    try ["fields.svg", "fields.jxl", "boxed.jxl", "fields.jp2", "fields.j2k"].flatMap {
      usual($0, try Samples.fixture($0))
    } + foreign()
  }

  /// Files that are not pictures, or whose format is not supported.
  private static func foreign() -> [BrokenFile] {
    let texts = [
      "BM", "8BPS", "%PDF-1.7", "GIF90a", "hello world", "<!DOCTYPE html><html>", "<svg", "RIFF\0\0\0\0WAVE",
      "PK\u{3}\u{4}",
      "version https://git-lfs.github.com/spec/v1",
    ]
    return texts.map {
      BrokenFile("begins with \($0.debugDescription)", Array($0.utf8) + [UInt8](repeating: 0, count: 99))
    }
      + [BrokenFile("one byte", [0xFF]), BrokenFile("zeros", [UInt8](repeating: 0, count: 99))]
  }
}
