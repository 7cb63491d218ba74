import Imaging

/// Small texts that a user wrote: prompts, configurations, scripts. They are taken byte for byte, never trimmed.
public enum TextFile {
  /// No model reads more than this, and nobody writes more by hand.
  private static let sizeLimit = ByteCount(1_000_000)

  /// - Parameters:
  ///   - path: `-` reads standard input.
  ///   - kind: what it is to be, for messages.
  /// - Throws: 64 when it is empty, 65 when it is larger than 1 MB, 66 when it cannot be read or is not UTF-8.
  public static func read(
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
      throw .usage("cannot use \(path) as \(kind): it is empty", hint: "Perhaps it was not saved yet.")
    } catch {
      throw .reading(error, path)
    }
    guard let text = String(validating: bytes.array, as: UTF8.self) else {
      throw PlantainError(
        .input, .unreadable, "cannot use \(path) as \(kind): it is not UTF-8 text",
        hint: "Save it as UTF-8.", subject: path)
    }
    return text
  }
}
