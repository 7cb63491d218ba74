import Ledger
import PictureFormats
import Core
import Logging

/// Billed pictures that the program that asked for them did not receive.
extension Editor {
  /// Keeps a billed picture that cannot be written to standard output in the folder for temporary files, and
  /// records its path as the output of its edit.
  ///
  /// - Returns: the error to report.
  package func keepLostOutput(of result: EditResult) async -> PlantainError {
    let image = result.image
    let name = PictureFormat.writable(image.mediaType)?.extensions[0] ?? "reply"
    let kept = OutputPlan.keep(image.bytes, extension: name).map { Path($0).absolute.string }
    var error = PlantainError(
      .output, .outputNotWritable, "cannot write the picture to standard output",
      hint: kept.map { "It was kept as \($0)." } ?? "It could not be kept anywhere.", subject: "-",
      billed: .yes
    ).keeping(kept)
    error.editID = result.id
    guard let kept else { return error }
    let written = WrittenFile(path: kept, sha256: image.bytes.sha256)
    do throws(PlantainError) {
      try await store.with { ledger throws(LedgerError) in try await ledger.add([written], toEdit: result.id)
      }
      error.hint = "It was kept as \(kept). To edit it further: plantain edit `from` \(result.id)"
    } catch {
      logger.warning("the ledger does not name \(kept): \(error.message)")
    }
    return error
  }
}
