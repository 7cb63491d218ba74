// The libFuzzer entry point. Tests/extended builds and runs it, one target at a time; the first argument
// names the target.

/// The fuzz targets by name. A target ends the process when something is wrong.
let targets: [String: @Sendable (UnsafeBufferPointer<UInt8>) -> Void] = [
  "headers": fuzzHeaders, "base64": fuzzBase64, "data-uri": fuzzDataURI, "replies": fuzzReplies,
]

#if FUZZING
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  guard CommandLine.argc > 1, let chosen = targets[CommandLine.arguments[1]] else {
    fatalError("Name one of \(targets.keys.sorted().joined(separator: ", ")).")
  }
  private let target = chosen

  /// Runs one input. The name is that of libFuzzer.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(UnsafeBufferPointer(start: bytes, count: count))
    return 0
  }

  // libFuzzer takes the target's name for the program's name.
  var count = CommandLine.argc - 1
  var arguments = CommandLine.unsafeArgv + 1
  _ = runDriver(&count, &arguments) { fuzz($0, $1) }
#else
  for (_, target) in targets.sorted(by: { $0.key < $1.key }) {
    target(UnsafeBufferPointer(start: nil, count: 0))
  }
  print("This is built with libFuzzer by Tests/extended; one empty input went through every target.")
#endif
