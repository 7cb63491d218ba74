import Base64
public import Core
import Finishing
import Imaging
import PictureFormats
package import Submission

/// Where a picture comes from.
public enum Reference: Sendable {
  /// A path. Its bytes decide what it is, not its name.
  case file(String)
  /// An `https:` URL, fetched when it is prepared: from public addresses only, at most 5 redirections, 256 MB, 60 s.
  case url(String)
  /// Everything that standard input holds.
  case standardInput
  /// A `data:` URI with base64.
  case dataURI(String)
  /// A name that was not UTF-8, repaired: it can be shown, but not looked for.
  case mangled(String)
  /// A picture file in memory, under a name for messages.
  case bytes(PictureBytes, name: String)

  /// The picture of a name in a folder, a pattern or a list of files: a URL, or a path whatever it begins with.
  package init(fileName: String) {
    self = fileName.contains("://") ? .url(fileName) : .file(fileName)
  }

  /// The reference that a word on the command line means: `-`, a data URI, a URL, or a path.
  public init(argument: String) {
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

  /// What to call it in messages and reports: a path as given, never the text of a data URI.
  public var name: String {
    switch self {
    case .file(let path), .mangled(let path): path
    case .url(let address): Self.withoutSecrets(address)
    case .standardInput: "-"
    case .dataURI(let text): String(text.prefix(60).prefix { $0 != ";" && $0 != "," })
    case .bytes(_, let name): name
    }
  }

  /// A file name without extension to build output names from.
  public var stem: String {
    switch self {
    case .file(let path), .bytes(_, let path), .mangled(let path): return Self.stem(of: path)
    case .url:
      let path = name.split(separator: "/", omittingEmptySubsequences: true).dropFirst(2)
      return path.last.map { Self.stem(of: String($0)) } ?? "picture"
    case .standardInput: return "stdin"
    case .dataURI: return "picture"
    }
  }

  /// A user's password stands before the host, a signature behind the path.
  static func withoutSecrets(_ address: String) -> String {
    let visible = address.prefix { $0 != "?" && $0 != "#" }
    guard let scheme = visible.firstRange(of: "://") else { return String(visible) }
    let rest = visible[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return String(visible) }
    return visible[..<scheme.upperBound] + "***" + rest[at...]
  }

  /// The name with its extension; that of a picture which has none is its stem.
  package var fileName: String {
    switch self {
    case .file(let path), .bytes(_, let path), .mangled(let path): OutputFile.name(of: path)
    case .url: name.split(separator: "/").dropFirst(2).last.map(String.init) ?? stem
    case .standardInput, .dataURI: stem
    }
  }

  private static func stem(of path: String) -> String {
    let name = OutputFile.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// How many bytes reading it will take, as far as that is known before; those of one in memory are there already.
  package var expectedSize: ByteCount {
    switch self {
    case .file(let path): PictureFile.size(of: path)
    case .dataURI(let text): ByteCount(text.utf8.count)
    case .url, .standardInput, .bytes, .mangled: ByteCount(0)
    }
  }

  /// Whether it has to be fetched before it can be read.
  var isRemote: Bool { if case .url = self { true } else { false } }

  /// The same in memory, when it has to be fetched; otherwise itself.
  ///
  /// - Throws: 66 when it is refused or missing, 65 when it is too large, 69 when the server cannot be reached.
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

  /// What was found.
  package struct Source {
    /// In memory, or in a file that is open.
    package let content: PictureContent
    /// What a data URI calls them, when it calls them a picture.
    package var label: MediaType?

    func isMislabeled(_ format: PictureFormat) -> Bool { label.map { !format.isMeant(by: $0) } ?? false }
  }

  /// The bytes, of which those of a file are not read yet. May block.
  ///
  /// - Throws: 66 when it cannot be read, 65 when it is empty, too large, or no data URI.
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

  /// The bytes in memory. May block.
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
      why = "it holds no bytes"
    } catch {
      switch error {
      case .notADataURI: why = "it has no comma between its head and its text"
      case .notBase64: why = "its head does not end in ;base64"
      case .badText(let offset): why = "the character at position \(offset) is not base64"
      }
    }
    throw PlantainError(
      .input, .notAPicture, "cannot use the data URI \(name): \(why)",
      hint: "Expected data:image/jpeg;base64, and the text. A file of such a name is ./\(name).",
      subject: name)
  }
}
