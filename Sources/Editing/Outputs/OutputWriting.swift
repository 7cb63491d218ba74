package import Finishing
import PictureFormats
package import Core

/// Writing to files: a billed picture is never lost.
extension OutputPlan {
  /// Writes the pictures of one edit, the last of which is the primary one.
  ///
  /// No billed picture is lost: each one is written, and one that cannot be written under its name is written
  /// under another, which the error names.
  ///
  /// - Parameters:
  ///   - numbers: the number of each picture among the requested ones. `nil` for a picture beyond those;
  ///     without any, they are counted.
  ///   - maximumDrift: a picture that differs more from its original is kept aside, and an error is thrown.
  /// - Returns: the paths, in the order of the pictures; `nil` for those that stay in memory.
  package func write(
    _ pictures: [FinishedPicture], numbers: [Int?] = [], maximumDrift: Double? = nil
  ) throws(PlantainError) -> [String?] {
    var paths: [String?] = []
    var failure: PlantainError?
    for (position, picture) in pictures.enumerated() {
      do throws(PlantainError) {
        if let made = picture.comparison, let comparison { try write(comparison: made, to: comparison) }
      } catch {
        failure = failure ?? error
      }
      do throws(PlantainError) {
        if let drift = picture.drift(over: maximumDrift) {
          let kept = keep(picture.bytes, extension: picture.format.extensions[0])
          let place = output == .memory ? nil : path(for: picture, position, of: pictures.count, numbers)
          throw PlantainError.drifted(drift, keptAt: kept, of: place, billed: .yes).keeping(kept)
        }
        paths.append(
          output == .memory
            ? nil : try write(picture, to: path(for: picture, position, of: pictures.count, numbers)))
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return paths
  }

  /// Whether another picture already had the path of one of these.
  func hasMoved(_ pictures: [FinishedPicture], _ numbers: [Int?], to paths: [String?]) -> Bool {
    guard sparesOthers, written == 0 else { return false }
    return pictures.indices.contains { position in
      paths[position] != nil
        && paths[position] != path(for: pictures[position], position, of: pictures.count, numbers)
    }
  }

  private func path(
    for picture: FinishedPicture, _ position: Int, of count: Int, _ numbers: [Int?]
  ) -> String {
    var name = picture.format.extensions[0]
    if case .file(let path) = output {
      if asked == 1, written == 0, position == count - 1 { return path }
      // The extension as the given name spells it.
      if asked > 1, Self.format(byNameOf: path) != nil { name = Path(path).fileExtension }
    }
    guard asked > 1 || count + written > 1 else { return "\(stem).\(name)" }
    let number = numbers.isEmpty ? written + position + 1 : numbers[position]
    // A picture that nobody asked for replaces none.
    let numbered = self.numbered(number ?? asked + numbers[..<position].count { $0 == nil } + 1)
    let replaces = overwrites && written == 0 && (number != nil || wantedNumbers == nil)
    return replaces ? "\(numbered).\(name)" : Self.freePath(numbered, name)
  }

  private func write(comparison: PictureBytes, to path: String) throws(PlantainError) {
    var place = path
    if mayBeCompared, !overwrites {
      let stem = Path(path).withoutExtension.string
      guard Self.place(of: comparison, stem, "png") == nil else { return }
      if Path(path).exists { place = Self.freePath(stem, "png") }
    }
    _ = try write(comparison, as: "png", to: place)
  }

  private func write(_ picture: FinishedPicture, to path: String) throws(PlantainError) -> String {
    try write(picture.bytes, as: picture.format.extensions[0], to: path)
  }

  /// - Returns: the path that was written, beside another picture that is spared.
  private func write(
    _ bytes: PictureBytes, as name: String, to place: String
  ) throws(PlantainError) -> String {
    var path = place
    if sparesOthers, Path(place).exists, (try? Reference.file(place).read().sha256) != bytes.sha256 {
      path = Self.freePath(Path(place).withoutExtension.string, Path(place).fileExtension)
    }
    do throws(WriteError) {
      try OutputFile.write(PictureContent(bytes), to: path, overwriting: overwrites && written == 0)
      return path
    } catch {
      let kept = keep(bytes, extension: name)
      throw PlantainError(
        .output, error == .exists ? .outputExists : .outputNotWritable, "cannot write \(path): \(error)",
        hint: kept.map { "The picture was kept as \($0)." } ?? "The picture could not be saved anywhere.",
        subject: path, billed: .yes, underlying: error
      ).keeping(kept)
    }
  }

  /// Keeps bytes of a format that is not known yet.
  package func keep(_ bytes: PictureBytes) -> String? {
    let format = try? PictureStructure.read(bytes).format
    return keep(bytes, extension: format?.extensions[0] ?? "reply")
  }

  /// Saves billed bytes: beside the output, or else in the folder for temporary files.
  package func keep(_ bytes: PictureBytes, extension name: String) -> String? {
    Self.keep(
      bytes, near: stem.isEmpty ? nil : stem.replacing(NameTemplate.number, with: ""), extension: name)
  }

  /// Saves a picture that must not be written under its own name: as `NAME-kept.EXT` in the same folder, or
  /// else in the folder for temporary files.
  static func keepAside(_ picture: FinishedPicture, near path: String) -> String? {
    keep(picture.bytes, near: Path(path).withoutExtension.string, extension: picture.format.extensions[0])
  }

  /// - Parameter place: a path without extension to try first.
  package static func keep(_ bytes: PictureBytes, near place: String? = nil, extension name: String)
    -> String?
  {
    // The folder for temporary files is shared by all users.
    for (stem, isPrivate) in [(place, false), (Path.temporaryFolder.appending("plantain").string, true)] {
      guard let stem else { continue }
      // Another attempt may bring the same bytes.
      if !isPrivate, let path = Self.place(of: bytes, stem + "-kept", name) { return path }
      let path = freePath(stem + "-kept", name)
      let content = PictureContent(bytes)
      let isWritten: Void? = try? OutputFile.write(
        content, to: path, overwriting: false, isPrivate: isPrivate)
      if isWritten != nil { return path }
    }
    return nil
  }

  /// `STEM.EXT`, `STEM-2.EXT`, …
  private static func paths(_ stem: String, _ name: String) -> some Sequence<String> {
    (1...1_000).lazy.map { $0 == 1 ? "\(stem).\(name)" : "\(stem)-\($0).\(name)" }
  }

  /// The first of these paths that does not exist.
  static func freePath(_ stem: String, _ name: String) -> String {
    paths(stem, name).first { !Path($0).exists } ?? "\(stem)-1000.\(name)"
  }

  /// The first existing one of these paths whose file has these bytes.
  private static func place(of bytes: PictureBytes, _ stem: String, _ name: String) -> String? {
    paths(stem, name).prefix { Path($0).exists }.first { path in
      guard let file = try? PictureFile.open(path), file.count == bytes.count else { return false }
      return (try? file.readAll().sha256) == bytes.sha256
    }
  }
}
