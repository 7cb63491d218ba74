import Finishing
import Imaging

/// Where a picture comes from.
public enum Reference: Sendable {
  /// A path. Its bytes decide what it is, not its name.
  case file(String)
  /// Everything that standard input holds.
  case standardInput
  /// A `data:` URI with base64.
  case dataURI(String)
  /// A picture file in memory, under a name for messages.
  case bytes(PictureBytes, name: String)

  /// The reference that a word on the command line means: `-`, a data URI, or a path.
  public init(argument: String) {
    if argument == "-" {
      self = .standardInput
    } else if DataURI.isDataURI(argument) {
      self = .dataURI(argument)
    } else {
      self = .file(argument)
    }
  }

  /// What to call it in messages and reports: a path as given, never the text of a data URI.
  public var name: String {
    switch self {
    case .file(let path): path
    case .standardInput: "-"
    case .dataURI(let text): String(text.prefix(60).prefix { $0 != ";" && $0 != "," })
    case .bytes(_, let name): name
    }
  }

  /// A file name without extension to build output names from.
  public var stem: String {
    switch self {
    case .file(let path), .bytes(_, let path):
      let name = OutputFile.name(of: path)
      guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
      return String(name[..<dot])
    case .standardInput: return "stdin"
    case .dataURI: return "picture"
    }
  }

  /// - Throws: 66 when it cannot be read, 65 when it is empty, too large, or no data URI.
  func read() throws(PlantainError) -> PictureBytes {
    do throws(ReadError) {
      switch self {
      case .file(let path): return try PictureFile.read(path)
      case .standardInput: return try PictureFile.readStandardInput()
      case .bytes(let bytes, _):
        guard bytes.count > 0 else { throw .empty }
        return bytes
      case .dataURI(let text): return try parse(text)
      }
    } catch {
      if case .file(let path) = self, path.contains("://"), error == .missing {
        throw PlantainError(
          .input, .missing, "cannot use \(path): references by URL are not fetched",
          hint: "Download it first and give the file.", subject: path, underlying: error)
      }
      throw .reading(error, name)
    }
  }

  private func parse(_ text: String) throws(ReadError) -> PictureBytes {
    do {
      let bytes = try DataURI(parsing: text).bytes
      guard bytes.count > 0 else { throw ReadError.empty }
      return bytes
    } catch DataURI.ParsingError.badText(let offset) {
      throw .unreadable("the data URI has no base64 character at position \(offset)")
    } catch DataURI.ParsingError.notBase64 {
      throw .unreadable("the data URI is not marked ;base64")
    } catch let error as ReadError {
      throw error
    } catch {
      throw .unreadable("it is not a data URI")
    }
  }
}
