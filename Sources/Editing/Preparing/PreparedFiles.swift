import Core
import Finishing
import PictureFormats
package import Preparation

/// Writes prepared pictures to files whose names are decided before any work. No picture is replaced by a
/// prepared one, its own or another's, unless the caller requests it.
package struct PreparedFiles: Sendable {
  /// The destination of prepared pictures.
  package enum Destination: Sendable {
    /// Each one replaces its own picture.
    case inPlace
    /// A single picture, to this path, in the format of its extension.
    case file(String)
    /// In a folder, under the pictures' own names or as a pattern says; without a folder, beside each
    /// picture.
    case folder(String?, NameTemplate?)
  }

  fileprivate struct Target {
    let stem: String
    /// The extension that is fixed; `nil`: the true one.
    var fixedExtension: String?

    var path: String { fixedExtension.map { $0.isEmpty ? stem : "\(stem).\($0)" } ?? stem }
  }

  /// The paths of the source pictures, by the identity of their files.
  private let sources: [Path.Identity: String]
  private let targets: [Swift.Result<Target, PlantainError>]
  private let options: PreparationOptions
  private let overwrites: Bool
  private let replacesSources: Bool

  /// Decides and checks the names.
  ///
  /// - Parameters:
  ///   - pictures: the pictures to prepare.
  ///   - destination: where the prepared pictures are written.
  ///   - options: how they are prepared.
  ///   - overwriting: whether existing files are replaced, but no source picture. Default: `false`.
  ///   - replacingSources: whether a picture may be replaced by its own prepared form, as with `inPlace`.
  ///     Default: `false`.
  ///   - skippingExisting: whether an existing file is accepted. Default: `false`.
  /// - Throws: `usage`, with both names, when two pictures would get the same name, for a name that cannot be
  ///   written or belongs to another format, for several pictures in one file, and for a pattern with an
  ///   unknown name; `outputExists` or `outputNotWritable` for a file that exists or could not be written.
  package init(
    _ pictures: [PictureList.Entry], to destination: Destination, _ options: PreparationOptions,
    overwriting: Bool = false, replacingSources: Bool = false, skippingExisting: Bool = false
  ) throws(PlantainError) {
    self.options = options
    overwrites = overwriting
    let files = pictures.compactMap { picture in
      Self.path(of: picture.reference).flatMap { path in Path(path).identity.map { ($0, path) } }
    }
    sources = Dictionary(files, uniquingKeysWith: { first, _ in first })
    let isInPlace = if case .inPlace = destination { true } else { replacingSources }
    replacesSources = isInPlace
    switch destination {
    case .inPlace: targets = pictures.map(Self.ownPlace).map { Self.checked($0, options) }
    case .file(let path): targets = [.success(Target(path: path))]
    case .folder(let folder, let template):
      targets = try zip(pictures, Self.targets(pictures, folder, template)).map { picture, target in
        Self.checked(isInPlace ? Self.atItsPicture(target, picture) : target, options)
      }
    }
    try Self.requireDistinct(pictures, targets)
    guard case .file(let path) = destination else { return }
    guard pictures.count == 1 else {
      throw .usage("\(path) is one file for \(pictures.count) pictures", hint: "Pass a folder instead.")
    }
    try requireOnly(path, own: files.first?.0, skippingExisting: skippingExisting)
  }

  private static func path(of picture: Reference) -> String? {
    if case .file(let path) = picture { Path(path).onDisk?.string } else { nil }
  }

  private static func checked(
    _ target: Swift.Result<Target, PlantainError>, _ options: PreparationOptions
  ) -> Swift.Result<Target, PlantainError> {
    do throws(PlantainError) {
      let target = try target.get()
      try target.check(options)
      return .success(target)
    } catch {
      return .failure(error)
    }
  }

  private static func ownPlace(_ picture: PictureList.Entry) -> Swift.Result<Target, PlantainError> {
    guard case .file(let path) = picture.reference else {
      return .failure(
        .usage(
          "\(picture.reference.name) is not a file that can be replaced", hint: "Pass an output folder."))
    }
    return .success(Target(path: Path(path).asOnDisk.string))
  }

  /// The picture's own path, if at most the extension differs.
  private static func atItsPicture(
    _ target: Swift.Result<Target, PlantainError>, _ picture: PictureList.Entry
  ) -> Swift.Result<Target, PlantainError> {
    guard let known = try? target.get(), known.fixedExtension == nil, let path = path(of: picture.reference),
      Path(known.stem).canonical == Path(path).canonical.withoutExtension
    else { return target }
    return .success(Target(path: path))
  }

  private static func targets(
    _ pictures: [PictureList.Entry], _ folder: String?, _ template: NameTemplate?
  ) throws(PlantainError) -> [Swift.Result<Target, PlantainError>] {
    // An error in the pattern concerns all pictures.
    try template?.check(knowing: [])
    let names = pictures.enumerated().map { position, picture in
      ResultNames.Result(picture.reference) { isWhole in
        (try? target(picture, position, folder, template, isWhole).path) ?? ""
      }
    }
    return zip(pictures, ResultNames(names).results).enumerated().map { position, pair in
      do throws(PlantainError) {
        return .success(try target(pair.0, position, folder, template, pair.1.isWhole))
      } catch {
        return .failure(error)
      }
    }
  }

  private static func target(
    _ picture: PictureList.Entry, _ position: Int, _ folder: String?, _ template: NameTemplate?,
    _ isWhole: Bool
  ) throws(PlantainError) -> Target {
    let reference = picture.reference
    let place = folder.map { PictureList.Picture(path: "", branch: picture.branch).place(in: $0) }
    let name =
      try template?.name(for: reference, isWhole: isWhole, number: "\(position + 1)")
      ?? NameTemplate.Name(stem: isWhole ? reference.fileName : reference.stem, fixedExtension: nil)
    // The folder is kept as it was given: results are recognized by it.
    let stem =
      place == nil
      ? OutputPlan.path(name.stem, in: nil, beside: reference)
      : OutputPlan.path(name.stem, in: place == "." ? "./" : place, beside: nil)
    return Target(stem: stem, fixedExtension: name.fixedExtension)
  }

  private static func requireDistinct(
    _ pictures: [PictureList.Entry], _ targets: [Swift.Result<Target, PlantainError>]
  ) throws(PlantainError) {
    var seen: [Path: Reference] = [:]
    for (picture, target) in zip(pictures, targets) where picture.failure == nil {
      guard let path = try? target.get().path else { continue }
      let source = picture.reference
      if let other = seen.updateValue(source, forKey: Path(path).canonical) {
        throw .usage(
          "\(other.name) and \(source.name) would both be written as \(path)",
          hint: "Prepare them into different folders.")
      }
    }
  }

  /// Checks the path for a single picture before any work.
  private func requireOnly(
    _ path: String, own: Path.Identity?, skippingExisting: Bool
  ) throws(PlantainError) {
    try targets[0].get().check(options)
    let found = Path(path).identity
    try requireNoPicture(path, found, own: own)
    try OutputPlan.requireFree(path, overwriting: skippingExisting || overwrites || isOwn(found, own))
  }

  /// The options for one picture, with the format of the name it is written under, if that names one.
  package func preparation(at position: Int) -> PreparationOptions {
    guard let target = try? targets[position].get(), target.fixedExtension != nil else { return options }
    var options = options
    options.format = OutputPlan.format(byNameOf: target.path)?.mediaType ?? options.format
    return options
  }

  /// The file that already exists where a picture would be written; `nil`: none, or a source picture.
  ///
  /// - Parameter position: the picture's index in the list.
  package func existing(at position: Int) -> String? {
    guard let target = try? targets[position].get() else { return nil }
    let formats =
      options.format.flatMap(PictureFormat.writable).map { [$0] } ?? PictureFormat.all.filter(\.isWritable)
    let paths =
      target.fixedExtension == nil ? formats.map { "\(target.stem).\($0.extensions[0])" } : [target.path]
    return paths.first { path in Path(path).identity.map { sources[$0] == nil } ?? false }
  }

  /// Writes the prepared form of the picture at `position`, and creates its folder.
  ///
  /// - Parameters:
  ///   - result: the prepared picture.
  ///   - position: the picture's index in the list.
  /// - Returns: the path.
  /// - Throws: `outputExists` when the file exists and must not be replaced, or is a source picture;
  ///   `outputNotWritable` when it cannot be written; `unreadable` when a passed-through picture has changed
  ///   since it was prepared.
  package func write(_ result: Preparer.Result, at position: Int) throws(PlantainError) -> String {
    let target = try targets[position].get()
    let format = PictureFormat.writable(result.reference.mediaType)?.extensions[0] ?? "jpg"
    let path = target.fixedExtension == nil ? "\(target.stem).\(format)" : target.path
    let found = Path(path).identity
    let own = Self.path(of: result.source).flatMap { Path($0).identity }
    try requireNoPicture(path, found, own: own)
    try result.write(to: path, overwriting: overwrites || isOwn(found, own))
    return path
  }

  /// Whether the existing file is the picture itself, and may be replaced.
  private func isOwn(_ found: Path.Identity?, _ own: Path.Identity?) -> Bool {
    replacesSources && found != nil && found == own
  }

  private func requireNoPicture(
    _ path: String, _ found: Path.Identity?, own: Path.Identity?
  ) throws(PlantainError) {
    guard !isOwn(found, own), let picture = found.flatMap({ sources[$0] }) else { return }
    throw PlantainError(
      .output, .outputExists, "\(path) is the picture \(picture) itself and would be replaced",
      hint: "Choose another folder or name, or replace pictures with `in-place`.", subject: path)
  }
}

extension PreparedFiles.Target {
  fileprivate init(path: String) {
    let stem = Path(path).withoutExtension.string
    self.init(stem: stem, fixedExtension: String(path.dropFirst(stem.count + 1)))
  }

  /// - Throws: `usage` for a name that cannot be written, or whose extension belongs to another format than
  ///   the requested one.
  fileprivate func check(_ options: PreparationOptions) throws(PlantainError) {
    guard fixedExtension != nil else { return }
    try OutputPlan.requireWritableExtension(path)
    if let format = options.format.flatMap(PictureFormat.writable) {
      try OutputPlan.requireName(path, for: format)
    }
  }
}

extension Preparer {
  /// Prepares pictures for `files`, each in the format of its output name.
  ///
  /// - Parameters:
  ///   - pictures: all pictures.
  ///   - positions: the indices of those to prepare.
  ///   - files: the output files.
  ///   - each: receives each outcome, in the order of `positions`.
  package func prepare(
    _ pictures: [PictureList.Entry], at positions: [Int], for files: PreparedFiles,
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let jobs = positions.map { position in
      Job(source: pictures[position].reference, options: files.preparation(at: position))
    }
    await Self.prepare(jobs, by: processor, areShared: false, timeout: timeout, each: each)
  }
}
