package import Core
import PictureFormats

/// Reads small text files that a user wrote: prompts, configurations, and scripts. The byte order mark is
/// removed; otherwise the text stays unchanged and is never trimmed.
package enum TextFile {
  /// No model reads more than this, and nobody writes more by hand.
  private static let sizeLimit = ByteCount(1_000_000)

  /// Reads a text file.
  ///
  /// - Parameters:
  ///   - path: the path; `-` reads standard input.
  ///   - kind: what the text is used as, for messages. Default: `a prompt`.
  ///   - mayBeEmpty: whether an empty text is accepted. Default: `false`.
  ///   - limit: the maximum size. Default: `nil`, 1 MB.
  /// - Throws: `usage` when it is empty, `tooLarge` when it is larger than the limit, `missing`, `notAFile`
  ///   or `unreadable` when it cannot be read or is neither UTF-8 nor UTF-16 with its byte order mark.
  package static func read(
    _ path: String, as kind: String = "a prompt", mayBeEmpty: Bool = false, limit: ByteCount? = nil
  )
    throws(PlantainError) -> String
  {
    let limit = limit ?? sizeLimit
    let bytes: PictureBytes
    do throws(ReadError) {
      bytes =
        try path == "-"
        ? PictureFile.readStandardInput(limit: limit) : PictureFile.read(path, limit: limit)
    } catch  where error == .empty {
      if mayBeEmpty { return "" }
      throw empty(path, kind)
    } catch {
      throw .reading(error, path)
    }
    guard let text = text(of: bytes.array) else {
      throw PlantainError(
        .input, .unreadable, "cannot use \(path) as \(kind): it is not UTF-8 text",
        hint: "Save it as UTF-8.", subject: path)
    }
    guard mayBeEmpty || !text.isEmpty else { throw empty(path, kind) }
    return text
  }

  private static func empty(_ path: String, _ kind: String) -> PlantainError {
    .usage("cannot use \(path) as \(kind): it is empty", hint: "Check that it was saved.")
  }

  /// Decodes a text file and removes its byte order mark: UTF-8, or UTF-16 as some Windows editors save it,
  /// which must begin with a mark.
  ///
  /// - Returns: `nil` for any other encoding.
  package static func text(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return String(validating: bytes.dropFirst(3), as: UTF8.self)
    }
    let isLittleEndian = bytes.starts(with: [0xFF, 0xFE])
    guard isLittleEndian || bytes.starts(with: [0xFE, 0xFF]) else {
      return String(validating: bytes, as: UTF8.self)
    }
    // The byte order mark of UTF-32 begins with that of UTF-16.
    guard bytes.count % 2 == 0, !bytes.starts(with: [0xFF, 0xFE, 0, 0]) else { return nil }
    let units = stride(from: 2, to: bytes.count, by: 2).lazy.map { place in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return isLittleEndian ? second << 8 | first : first << 8 | second
    }
    return String(validating: units, as: UTF16.self)
  }
}
