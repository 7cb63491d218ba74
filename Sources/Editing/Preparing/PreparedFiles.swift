import Core
import Finishing
import Imaging
import PictureFormats
public import Preparation

/// Under which names prepared pictures go, decided before any work, and their writing. No picture is replaced by what was made of
/// it, or of another one, unless that is said.
public struct PreparedFiles: Sendable {
  /// Where prepared pictures go.
  public enum Destination: Sendable {
    /// Each in its own place.
    case inPlace
    /// The only one, in the format of that name.
    case file(String)
    /// Under the pictures' own names, or as a pattern says; `nil`: beside each picture.
    case folder(String?, NameTemplate?)
  }

  fileprivate struct Target {
    let stem: String
    /// `nil`: the true one.
    var fixedExtension: String?

    var path: String { fixedExtension.map { $0.isEmpty ? stem : "\(stem).\($0)" } ?? stem }
  }

  /// The pictures, by what they are on the disk.
  private let sources: [OutputFile.Identity: String]
  private let targets: [Swift.Result<Target, PlantainError>]
  private let options: PreparationOptions
  private let overwrites: Bool
  private let replacesSources: Bool

  /// - Parameters:
  ///   - pictures: those that are to be prepared.
  ///   - overwriting: replaces files that exist, but no picture. Default: `false`.
  ///   - replacingSources: replaces a picture by what was made of it, as in place. Default: `false`.
  ///   - skippingExisting: a file that exists is no reason against it. Default: `false`.
  /// - Throws: 64 with both names where two are the same, for a name that cannot be written or is another format's, for several
  ///   pictures in one file, and for a pattern with an unknown word; 73 for a file that exists, or could not be written.
  public init(
    _ pictures: [PictureList.Entry], to destination: Destination, _ options: PreparationOptions,
    overwriting: Bool = false, replacingSources: Bool = false, skippingExisting: Bool = false
  ) throws(PlantainError) {
    self.options = options
    overwrites = overwriting
    let files = pictures.compactMap { picture in
      Self.path(of: picture.reference).flatMap { path in OutputFile.Identity(path).map { ($0, path) } }
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
      throw .usage("\(path) is one file, and there are \(pictures.count) pictures", hint: "Name a folder.")
    }
    try requireOnly(path, own: files.first?.0, skippingExisting: skippingExisting)
  }

  private static func path(of picture: Reference) -> String? {
    if case .file(let path) = picture { FileSpelling.onDisk(path) } else { nil }
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
          "\(picture.reference.name) is no file, and has no place of its own", hint: "Name a folder for it."))
    }
    return .success(Target(path: FileSpelling.onDisk(path) ?? path))
  }

  /// The picture's own name where only the extension may be another one.
  private static func atItsPicture(
    _ target: Swift.Result<Target, PlantainError>, _ picture: PictureList.Entry
  ) -> Swift.Result<Target, PlantainError> {
    guard let known = try? target.get(), known.fixedExtension == nil, let path = path(of: picture.reference),
      OutputFile.canonical(known.stem) == OutputPlan.withoutExtension(OutputFile.canonical(path))
    else { return target }
    return .success(Target(path: path))
  }

  private static func targets(
    _ pictures: [PictureList.Entry], _ folder: String?, _ template: NameTemplate?
  ) throws(PlantainError) -> [Swift.Result<Target, PlantainError>] {
    // What is wrong with the pattern is wrong with all of them.
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
    // As it was given: results are told by it.
    let stem =
      place == nil
      ? OutputPlan.path(name.stem, in: nil, beside: reference)
      : OutputPlan.path(name.stem, in: place == "." ? "./" : place, beside: nil)
    return Target(stem: stem, fixedExtension: name.fixedExtension)
  }

  private static func requireDistinct(
    _ pictures: [PictureList.Entry], _ targets: [Swift.Result<Target, PlantainError>]
  ) throws(PlantainError) {
    var seen: [[UInt8]: Reference] = [:]
    for (picture, target) in zip(pictures, targets) where picture.failure == nil {
      guard let path = try? target.get().path else { continue }
      let source = picture.reference
      if let other = seen.updateValue(source, forKey: Array(OutputFile.canonical(path).utf8)) {
        throw .usage(
          "\(other.name) and \(source.name) would both be written as \(path)",
          hint: "Prepare them into different folders.")
      }
    }
  }

  /// A name that was given for one picture is looked at before any work.
  private func requireOnly(
    _ path: String, own: OutputFile.Identity?, skippingExisting: Bool
  ) throws(PlantainError) {
    try targets[0].get().check(options)
    let found = OutputFile.Identity(path)
    try requireNoPicture(path, found, own: own)
    try OutputPlan.requireFree(path, overwriting: skippingExisting || overwrites || isOwn(found, own))
  }

  /// How a picture is prepared: in the format of the name that it is for, if that has one.
  package func preparation(at position: Int) -> PreparationOptions {
    guard let target = try? targets[position].get(), target.fixedExtension != nil else { return options }
    var options = options
    options.format = OutputPlan.format(byNameOf: target.path)?.mediaType ?? options.format
    return options
  }

  /// What lies already where a picture goes; `nil`: nothing, or the picture itself.
  public func existing(at position: Int) -> String? {
    guard let target = try? targets[position].get() else { return nil }
    let formats =
      options.format.flatMap(PictureFormat.writable).map { [$0] } ?? PictureFormat.all.filter(\.isWritable)
    let paths =
      target.fixedExtension == nil ? formats.map { "\(target.stem).\($0.extensions[0])" } : [target.path]
    return paths.first { path in OutputFile.Identity(path).map { sources[$0] == nil } ?? false }
  }

  /// Writes what was made of the picture at that position; its folder is created.
  ///
  /// - Returns: the path.
  /// - Throws: 73 when it exists already and is not to be overwritten, is a picture, or cannot be written; 66 when a picture that
  ///   passes as it is has changed since it was prepared.
  public func write(_ result: Preparer.Result, at position: Int) throws(PlantainError) -> String {
    let target = try targets[position].get()
    let format = PictureFormat.writable(result.reference.mediaType)?.extensions[0] ?? "jpg"
    let path = target.fixedExtension == nil ? "\(target.stem).\(format)" : target.path
    let (found, own) = (
      OutputFile.Identity(path), Self.path(of: result.source).flatMap(OutputFile.Identity.init)
    )
    try requireNoPicture(path, found, own: own)
    try result.write(to: path, overwriting: overwrites || isOwn(found, own))
    return path
  }

  /// Whether what lies there is the picture itself, and may be replaced.
  private func isOwn(_ found: OutputFile.Identity?, _ own: OutputFile.Identity?) -> Bool {
    replacesSources && found != nil && found == own
  }

  private func requireNoPicture(
    _ path: String, _ found: OutputFile.Identity?, own: OutputFile.Identity?
  ) throws(PlantainError) {
    guard !isOwn(found, own), let picture = found.flatMap({ sources[$0] }) else { return }
    throw PlantainError(
      .output, .outputExists, "\(path) is the picture \(picture) itself, and would be replaced",
      hint: "Choose another folder or name, or replace pictures with --in-place.", subject: path)
  }
}

extension PreparedFiles.Target {
  fileprivate init(path: String) {
    let stem = OutputPlan.withoutExtension(path)
    self.init(stem: stem, fixedExtension: String(path.dropFirst(stem.count + 1)))
  }

  /// - Throws: 64 for a name that cannot be written, or is another format's than the one asked for.
  fileprivate func check(_ options: PreparationOptions) throws(PlantainError) {
    guard fixedExtension != nil else { return }
    try OutputPlan.requireWritableExtension(path)
    if let format = options.format.flatMap(PictureFormat.writable) {
      try OutputPlan.requireName(path, for: format)
    }
  }
}

extension Preparer {
  /// Prepares pictures for files, each in the format of its own; otherwise as the other.
  public func prepare(
    _ pictures: [PictureList.Entry], at positions: [Int], for files: PreparedFiles,
    each: (Swift.Result<Result, PlantainError>) async -> Void
  ) async {
    let jobs = positions.map { position in
      Job(source: pictures[position].reference, options: files.preparation(at: position))
    }
    await Self.prepare(jobs, by: workers, areShared: false, timeout: timeout, each: each)
  }
}
