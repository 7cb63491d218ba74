import Finishing
import Gateways
import PictureFormats
package import Ledger
import Submission
import Core

/// Copies of existing results that are requested at another path.
extension Recovery {
  /// Writes the results of an earlier edit to another path as well, without paying.
  ///
  /// - Returns: `nil` when a result no longer exists.
  /// - Throws: `outputNotWritable` when the output cannot be written.
  package func copy(
    _ entry: EditEntry, to options: EditOptions, namedAfter first: Reference?
  ) async throws(PlantainError) -> EditResult? {
    let start = ContinuousClock.now
    guard let (sources, isChecked) = try await remaining(of: entry) else { return nil }
    let output = try OutputPlan(options, first: first)
    try output.check()
    try output.prepareFolder()
    var finishing = FinishingOptions()
    finishing.wanted = output.wanted
    var pictures: [FinishedPicture] = []
    for source in sources {
      do {
        pictures.append(try await workers.finish(source, finishing))
      } catch {
        throw .finishing(error, of: nil, gateway: entry.gateway, keptAt: nil)
      }
    }
    let finished = pictures
    let paths = try await onPool { () throws(PlantainError) in try output.write(finished) }
    let written = zip(paths, pictures).compactMap { path, picture in
      path.map {
        WrittenFile(path: Path($0).absolute.string, sha256: picture.isConverted ? nil : picture.bytes.sha256)
      }
    }
    try await store.with { ledger throws(LedgerError) in try await ledger.add(written, toEdit: entry.id) }
    let images = zip(pictures, paths).map { EditResult.Image($0, source: .inline, output: $1) }
    return EditResult(
      copyOf: entry, images: images, warnings: isChecked ? [] : [.copyNotChecked],
      elapsed: ContinuousClock.now - start)
  }

  /// Whether the results of an edit still exist, so that `copy` can write them to another path.
  package func canCopy(_ entry: EditEntry) async throws(PlantainError) -> Bool {
    try await remaining(of: entry) != nil
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
  package static func resultGone(_ entry: EditEntry) -> PlantainError {
    var error = PlantainError(
      .input, .missing,
      "it was done by the edit \(entry.id), whose result no longer exists"
        + ((entry.outputs?.last).map { ": \($0)" } ?? ""),
      hint: "Send it again, and pay again, with `again`.", subject: entry.outputs?.last)
    error.editID = entry.id
    return error
  }
}
