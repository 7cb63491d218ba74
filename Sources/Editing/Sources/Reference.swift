import Base64
public import Core
import Finishing
import PictureFormats
package import Submission

/// The source of a picture.
public enum Reference: Sendable {
  /// A path. The bytes decide the format, not the name.
  case file(String)
  /// An `https:` URL, fetched when it is prepared: from public addresses only, with at most 5 redirects, 256
  /// MB, and 60 s.
  case url(String)
  /// Standard input, to its end.
  case standardInput
  /// A base64 `data:` URI.
  case dataURI(String)
  /// A repaired name that was not UTF-8: it can be shown, but not opened.
  case mangled(String)
  /// A picture file in memory, with a name for messages.
  case bytes(PictureBytes, name: String)

  /// Interprets a name from a folder, a pattern, or a list of files: as a URL, or otherwise as a path,
  /// whatever it begins with.
  package init(fileName: String) {
    self = fileName.contains("://") ? .url(fileName) : .file(fileName)
  }

  /// Interprets a command-line argument: `-`, a data URI, a URL, or a path.
  package init(argument: String) {
    if argument == "-" {
      self = .standardInput
    } else if DataURI.isDataURI(argument) {
      self = .dataURI(argument)
    } else if argument.contains("://") {
      self = .url(argument)
    } else {
      self = .file(argument)
    }
  }

  /// The name for messages and reports: a path as given, and never the text of a data URI.
  public var name: String {
    switch self {
    case .file(let path), .mangled(let path): path
    case .url(let address): address.withoutURLSecrets
    case .standardInput: "-"
    case .dataURI(let text): String(text.prefix(60).prefix { $0 != ";" && $0 != "," })
    case .bytes(_, let name): name
    }
  }

  /// The file name without extension, from which output names are built.
  package var stem: String {
    switch self {
    case .file(let path), .bytes(_, let path), .mangled(let path): return Path(path).stem
    case .url:
      let path = name.split(separator: "/", omittingEmptySubsequences: true).dropFirst(2)
      return path.last.map { Path(String($0)).stem } ?? "picture"
    case .standardInput: return "stdin"
    case .dataURI: return "picture"
    }
  }

  /// The file name with its extension, or the stem if there is no extension.
  package var fileName: String {
    switch self {
    case .file(let path), .bytes(_, let path), .mangled(let path): Path(path).name
    case .url: name.split(separator: "/").dropFirst(2).last.map(String.init) ?? stem
    case .standardInput, .dataURI: stem
    }
  }

  /// The number of bytes that reading will load, as far as it is known; 0 for bytes in memory.
  package var expectedSize: ByteCount {
    switch self {
    case .file(let path): PictureFile.size(of: path)
    case .dataURI(let text): ByteCount(text.utf8.count)
    case .url, .standardInput, .bytes, .mangled: ByteCount(0)
    }
  }

  /// The picture in memory if it has to be fetched; otherwise itself.
  ///
  /// - Throws: `unreadable` when it is refused, `missing` when it is missing, `tooLarge` when it is too
  ///   large, `unreachable` when the server cannot be reached.
  package func fetched(_ rules: Downloader.Rules = Downloader.Rules()) async throws(PlantainError)
    -> Reference
  {
    guard case .url(let address) = self else { return self }
    let downloader = Downloader(limit: PictureFile.streamLimit, timeout: .seconds(60), rules: rules)
    do throws(DownloadError) {
      return .bytes(try await downloader.fetch(address).bytes, name: name)
    } catch {
      throw .fetching(error, name)
    }
  }

  /// An opened reference.
  package struct Source {
    /// The bytes, in memory or in an open file.
    package let content: PictureContent
    /// The media type that a data URI states, if it is that of an image.
    package var label: MediaType?

    func isMislabeled(_ format: PictureFormat) -> Bool { label.map { !format.isMeant(by: $0) } ?? false }
  }

  /// Opens the picture. The bytes of a file are not read yet. May block.
  ///
  /// - Throws: `missing`, `notAFile` or `unreadable` when it cannot be read, `tooLarge` when it is too large,
  ///   `notAPicture` when it is empty or not a valid data URI.
  package func open() throws(PlantainError) -> Source {
    if case .dataURI(let text) = self {
      let uri = try Self.parse(text, name)
      return Source(
        content: PictureContent(uri.bytes),
        label: uri.mediaType.name.hasPrefix("image/") ? uri.mediaType : nil)
    }
    if case .mangled(let name) = self { throw .notUTF8(name) }
    do throws(ReadError) {
      switch self {
      case .file(let path): return Source(content: PictureContent(try PictureFile.open(path)))
      case .bytes(let bytes, _) where bytes.count > 0: return Source(content: PictureContent(bytes))
      case .bytes, .dataURI, .url, .mangled: throw .empty
      case .standardInput: return Source(content: PictureContent(try PictureFile.readStandardInput()))
      }
    } catch {
      throw .reading(error, name)
    }
  }

  /// Reads the bytes into memory. May block.
  ///
  /// - Throws: as `open`.
  package func read() throws(PlantainError) -> PictureBytes {
    let content = try open().content
    do throws(ContentError) { return try content.read() } catch { throw .losing(error) }
  }

  private static func parse(_ text: String, _ name: String) throws(PlantainError) -> DataURI {
    let why: String
    do throws(DataURI.ParsingError) {
      let uri = try DataURI(parsing: text)
      if uri.bytes.count > 0 { return uri }
      why = "it contains no bytes"
    } catch {
      switch error {
      case .notADataURI: why = "it has no comma between its header and its data"
      case .notBase64: why = "its header does not end in ;base64"
      case .badText(let offset): why = "the character at position \(offset) is not base64"
      }
    }
    throw PlantainError(
      .input, .notAPicture, "cannot use the data URI \(name): \(why)",
      hint: "Expected data:image/jpeg;base64, and the data. For a file of this name, pass ./\(name).",
      subject: name)
  }
}
