// What libFuzzer calls with bytes of its own making: everything that reads a file before a decoder may see it. Built and
// run by Tests/extended.
import Imaging
import Preparation
import Vocabulary

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = PictureBytes([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  var options = PreparationOptions()
  options.allowed = ["svg", "jxl", "jp2"]
  for lenient in [false, true] {
    options.allowsTruncated = lenient
    guard let inspection = try? inspectPicture(file, options: options) else { continue }
    // A cleaned file must be one that we would clean no further.
    let cleaned = inspection.structure.cleaned(file)
    precondition(cleaned.byteCount == inspection.structure.cleanedByteCount)
    guard inspection.structure.isComplete, !inspection.needsDecoder else { continue }
    guard let again = try? PictureStructure.read(cleaned), again.metadata.isEmpty else {
      preconditionFailure("the cleaned file cannot be read, or is not clean")
    }
    _ = cleaned.adding(Attribution(creator: "a", copyright: "b"), as: again.format)
  }
  return 0
}

#if FUZZING
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  var count = CommandLine.argc
  var arguments = CommandLine.unsafeArgv
  _ = runDriver(&count, &arguments) { fuzz($0, $1) }
#else
  print("This is built with libFuzzer by Tests/extended; one empty input gives \(fuzz(nil, 0)).")
#endif
