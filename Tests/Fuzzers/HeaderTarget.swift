import Imaging
import Preparation
import Vocabulary

/// Everything that reads a file before a decoder may see it.
@Sendable func fuzzHeaders(_ bytes: UnsafeBufferPointer<UInt8>) {
  let file = PictureBytes([UInt8](bytes))
  var options = PreparationOptions()
  options.allowed = ["svg", "jxl", "jp2"]
  for lenient in [false, true] {
    options.allowsTruncated = lenient
    guard let inspection = try? inspectPicture(PictureContent(file), options: options) else { continue }
    // A cleaned file must be one that we would clean no further.
    let cleaned = inspection.structure.cleaned(file)
    precondition(cleaned.byteCount == inspection.structure.cleanedByteCount)
    guard inspection.structure.isComplete, !inspection.needsDecoder else { continue }
    guard let again = try? PictureStructure.read(cleaned), again.metadata.isEmpty else {
      preconditionFailure("the cleaned file cannot be read, or is not clean")
    }
    _ = cleaned.adding(EmbeddedMetadata(Attribution(creator: "a", copyright: "b")), as: again.format)
  }
}
