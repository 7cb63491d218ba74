import Imaging
import PictureFormats
import Preparation
import Core

/// The bytes in two pieces: a file may be in pieces, of which only a little is visible at a time.
private func inPortions(_ bytes: UnsafeBufferPointer<UInt8>) -> PictureContent {
  let (head, tail) = (bytes.prefix(bytes.count / 3), bytes.dropFirst(bytes.count / 3))
  return PictureContent([.memory(PictureBytes(Array(head))), .memory(PictureBytes(Array(tail)))])
}

private func described(_ content: PictureContent, _ lenient: Bool) -> String {
  do {
    return "\(try PictureStructure.read(content, tolerance: lenient ? .lenient : .strict, portion: 16))"
  } catch {
    return "\(error)"
  }
}

/// Fuzzes everything that reads a file before a decoder sees it.
@Sendable func fuzzHeaders(_ bytes: UnsafeBufferPointer<UInt8>) {
  let file = PictureBytes([UInt8](bytes))
  var options = PreparationOptions()
  options.allowed = ["svg", "jxl", "jp2"]
  for lenient in [false, true] {
    options.allowsTruncated = lenient
    precondition(described(PictureContent(file), lenient) == described(inPortions(bytes), lenient))
    guard let inspection = try? inspectPicture(PictureContent(file), options: options) else { continue }
    // A cleaned file must need no further cleaning.
    let cleaned = inspection.structure.cleaned(file)
    precondition(cleaned.byteCount == inspection.structure.cleanedByteCount)
    guard inspection.structure.isComplete, !inspection.needsDecoder else { continue }
    guard let again = try? PictureStructure.read(cleaned), again.metadata.isEmpty else {
      preconditionFailure("the cleaned file cannot be read, or is not clean")
    }
    _ = cleaned.adding(EmbeddedMetadata(Attribution(creator: "a", copyright: "b")), as: again.format)
  }
}
