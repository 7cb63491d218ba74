public import Core
public import Editing

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Foundation's URL, Data and Date, for programs that use them. They are here, so that the command needs less
// of Foundation.

extension Reference {
  /// Creates a reference to the picture at a URL. Nothing is read yet.
  ///
  /// - Parameter url: a `file:`, `https:`, or `data:` URL. A URL with another scheme is refused when the
  ///   picture is read.
  public init(_ url: URL) {
    guard url.isFileURL else {
      self = Reference(argument: url.absoluteString)
      return
    }
    self = url.withUnsafeFileSystemRepresentation { path in
      // File names are bytes. A name that is not UTF-8 can be shown, but not opened.
      guard let path, path.pointee != 0 else { return .mangled(url.path(percentEncoded: true)) }
      return String(validatingCString: path).map(Reference.file) ?? .mangled(String(cString: path))
    }
  }

  /// Creates a reference to a picture file in memory.
  ///
  /// - Parameters:
  ///   - data: the bytes of the file, which are copied.
  ///   - name: the name for messages and output names. Default: `picture`.
  public init(_ data: Data, name: String = "picture") {
    self = .bytes(PictureBytes(data), name: name)
  }
}

extension Timestamp {
  /// Creates a point in time, to the millisecond. A date before 1970 or after 9999 becomes the nearest one
  /// between.
  public init(_ date: Date) {
    let last = 253_402_300_799_999.0
    // In this order, a date that is no number becomes the first one.
    self.init(milliseconds: Int(min(last, max(0, (date.timeIntervalSince1970 * 1_000).rounded()))))
  }

  /// The same point in time as a date.
  public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

extension PictureBytes {
  /// Creates a copy of `data`.
  public convenience init(_ data: Data) {
    self.init(capacity: data.count) { room in
      room.copyBytes(from: data)
      return data.count
    }
  }

  /// A copy of the bytes.
  public var data: Data { withUnsafeBytes { Data($0) } }
}

extension EditResult.Image {
  /// A copy of the encoded picture.
  public var data: Data { bytes.data }

  /// Writes the encoded picture to a file, as `write(to:overwriting:)` with a path.
  ///
  /// - Parameters:
  ///   - url: a `file:` URL.
  ///   - overwriting: whether an existing file is replaced. Default: `false`.
  /// - Throws: also `PlantainError` with the code `usage` for another URL.
  public func write(to url: URL, overwriting: Bool = false) throws(PlantainError) {
    try write(to: url.writablePath(), overwriting: overwriting)
  }
}

extension Finisher.Result {
  /// A copy of the finished file.
  public var data: Data { bytes.data }

  /// Writes the picture to a file, and the comparison to its own, as `write(to:overwriting:)` with a path.
  ///
  /// - Parameters:
  ///   - url: a `file:` URL.
  ///   - overwriting: whether existing files are replaced. Default: `false`.
  /// - Throws: also `PlantainError` with the code `usage` for another URL.
  public func write(to url: URL, overwriting: Bool = false) throws(PlantainError) {
    try write(to: url.writablePath(), overwriting: overwriting)
  }
}

extension Preparer.Result {
  /// A copy of the prepared file.
  ///
  /// - Throws: as `bytes`.
  public func data() throws(PlantainError) -> Data { try bytes().data }

  /// Writes the prepared file, as `write(to:overwriting:)` with a path.
  ///
  /// - Parameters:
  ///   - url: a `file:` URL.
  ///   - overwriting: whether an existing file is replaced. Default: `false`.
  /// - Throws: also `PlantainError` with the code `usage` for another URL.
  public func write(to url: URL, overwriting: Bool = false) throws(PlantainError) {
    try write(to: url.writablePath(), overwriting: overwriting)
  }
}

extension URL {
  /// The path of a file that can be written.
  fileprivate func writablePath() throws(PlantainError) -> String {
    let name = Reference(self)
    guard isFileURL else {
      throw .usage("\(name.name) is not a file", hint: "Give a file URL, or a path.")
    }
    guard case .file(let path) = name else { throw .notUTF8(name.name) }
    return path
  }
}
