import Finishing
import Gateways
import PictureFormats
package import Ledger
import Submission
import Core

/// Copies of existing results that are requested at another path.
extension Recovery {
  /// Writes the results of earlier edits of a job to another path as well, without paying. Of several
  /// pictures, those that are there already are left as they are.
  ///
  /// - Returns: `nil` when a result no longer exists.
  /// - Throws: `outputNotWritable` when the output cannot be written.
  package func copy(
    _ pictures: JobPictures, to options: EditOptions, namedAfter first: Reference?
  ) async throws(PlantainError) -> EditResult? {
    let start = ContinuousClock.now
    var options = options
    if options.count > 1 {
      let plan = try OutputPlan(options, first: first)
      options.numbers = pictures.obtainable.filter { pictures.result($0, at: plan) == nil }
    }
    guard let sources = try await sources(of: pictures, options.numbers), let entry = sources.first?.entry
    else { return nil }
    let output = try OutputPlan(options, first: first)
    try await onPool { () throws(PlantainError) in
      try output.check()
      try output.prepareFolder()
    }
    var finishing = FinishingOptions()
    finishing.wanted = output.wanted
    var finished: [FinishedPicture] = []
    for source in sources {
      do {
        finished.append(try await processor.finish(source.bytes, finishing))
      } catch {
        throw .finishing(error, of: nil, gateway: source.entry.gateway, keptAt: nil)
      }
    }
    let (all, numbers) = (finished, options.numbers ?? [])
    let paths = try await onPool { () throws(PlantainError) in
      try output.write(all, numbers: numbers)
    }
    for ((source, path), picture) in zip(zip(sources, paths), finished) {
      guard let path else { continue }
      let file = WrittenFile(
        path: Path(path).absolute.string, sha256: picture.isConverted ? nil : picture.bytes.sha256)
      try await store.with { ledger throws(LedgerError) in
        try await ledger.add([file], toEdit: source.entry.id)
      }
    }
    let images = zip(finished, paths).map { EditResult.Image($0, source: .inline, output: $1) }
    return EditResult(
      copyOf: entry, images: images,
      warnings: sources.allSatisfy(\.isChecked) ? [] : [.copyNotChecked], elapsed: ContinuousClock.now - start
    )
  }

  /// Whether the results of a job still exist, so that `copy` can write them to another path.
  package func canCopy(_ pictures: JobPictures) async throws(PlantainError) -> Bool {
    try await sources(of: pictures, pictures.numbers.count > 1 ? pictures.obtainable : nil) != nil
  }

  /// An existing picture of an earlier edit.
  private struct Source: Sendable {
    let entry: EditEntry
    let bytes: PictureBytes
    /// Whether it was verified by its digest.
    let isChecked: Bool
  }

  /// The existing pictures of a job.
  ///
  /// - Parameter numbers: those to find; `nil`: all pictures of one edit.
  private func sources(
    of pictures: JobPictures, _ numbers: [Int]?
  ) async throws(PlantainError) -> [Source]? {
    guard let numbers else {
      for entry in pictures.results[1] ?? [] {
        guard let (all, isChecked) = try await remaining(of: entry) else { continue }
        return all.map { Source(entry: entry, bytes: $0, isChecked: isChecked) }
      }
      return nil
    }
    return try await onPool { () throws(PlantainError) in
      var found: [Source] = []
      for number in numbers {
        let entries = pictures.results[number] ?? []
        guard let source = entries.lazy.compactMap({ Self.source(number, of: $0) }).first else { return nil }
        found.append(source)
      }
      return found.isEmpty ? nil : found
    }
  }

  /// The existing picture with that number of an edit.
  private static func source(_ number: Int, of entry: EditEntry) -> Source? {
    let files = entry.numberedFiles
    let own = files.contains { $0.number == number } ? files.filter { $0.number == number } : files
    let digests = Set(own.map(\.digest)).subtracting([""])
    for file in own + files.filter({ digests.contains($0.digest) }) {
      guard let bytes = picture(file.path), file.digest.isEmpty || bytes.sha256 == file.digest else {
        continue
      }
      return Source(entry: entry, bytes: bytes, isChecked: !file.digest.isEmpty)
    }
    return nil
  }

  /// The pictures of an edit that still exist, verified by their digests. If an earlier version recorded no
  /// digests, whatever pictures exist at their paths.
  private func remaining(
    of entry: EditEntry
  ) async throws(PlantainError) -> (pictures: [PictureBytes], isChecked: Bool)? {
    let outputs = entry.writtenPlaces
    let digests = entry.digests ?? []
    return try await onPool { () throws(PlantainError) in
      var pictures: [PictureBytes] = []
      let known = digests.reduce(into: [String]()) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
      guard !known.isEmpty else {
        for path in outputs {
          guard let bytes = Self.picture(path) else { return nil }
          pictures.append(bytes)
        }
        return pictures.isEmpty ? nil : (pictures, false)
      }
      for digest in known {
        let places = zip(outputs, digests).lazy.filter { $0.1 == digest }.map(\.0)
        guard let bytes = places.compactMap(Self.picture).first(where: { $0.sha256 == digest }) else {
          return nil
        }
        pictures.append(bytes)
      }
      return (pictures, true)
    }
  }

  private static func picture(_ path: String) -> PictureBytes? {
    guard let bytes = try? Reference.file(path).read(), (try? PictureStructure.read(bytes)) != nil else {
      return nil
    }
    return bytes
  }
}

extension PlantainError {
  /// The error for a job that is done, but whose results no longer exist.
  package static func resultGone(_ pictures: JobPictures) -> PlantainError {
    pictures.newestResult.map(resultGone) ?? .usage("the job has no result", hint: nil)
  }

  package static func resultGone(_ entry: EditEntry) -> PlantainError {
    let gone = entry.outputs?.last { !Path($0).exists } ?? entry.outputs?.last
    var error = PlantainError(
      .input, .missing,
      "it was done by the edit \(entry.id), whose result no longer exists" + (gone.map { ": \($0)" } ?? ""),
      hint: "Put the file back, or send it again, and pay again, with `again`.", subject: gone)
    error.editID = entry.id
    return error
  }
}
