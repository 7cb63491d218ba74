import Imaging

/// A prompt from a file. It is sent byte for byte, so it is not trimmed.
public enum Prompt {
  /// No model reads more than this.
  private static let sizeLimit = ByteCount(1_000_000)

  /// - Parameter path: `-` reads standard input.
  /// - Throws: 64 when it is empty, 65 when it is larger than 1 MB, 66 when it cannot be read or is not UTF-8.
  public static func read(_ path: String) throws(PlantainError) -> String {
    let bytes: PictureBytes
    do throws(ReadError) {
      bytes =
        try path == "-"
        ? PictureFile.readStandardInput(limit: sizeLimit) : PictureFile.read(path, limit: sizeLimit)
    } catch  where error == .empty {
      throw .usage("the prompt file \(path) is empty", hint: "Write into it what the picture should become.")
    } catch {
      throw .reading(error, path)
    }
    guard let text = String(validating: bytes.array, as: UTF8.self) else {
      throw PlantainError(
        .input, .unreadable, "cannot use \(path) as a prompt: it is not UTF-8 text",
        hint: "Save it as UTF-8.", subject: path)
    }
    return text
  }
}
