import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Handles SIGINT (Ctrl-C), SIGTERM, and SIGHUP (the end of the terminal). The first signal asks the command
/// to stop. The second cancels it, so that what was paid for is kept and no half-written file stays. One
/// after that ends the process at once. A signal that was ignored when the program started, as by `nohup`,
/// stays ignored.
final class Interrupts: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// - Parameter interrupt: Called for a signal. Returns whether the next one must end the process.
  init(_ interrupt: @escaping @Sendable () -> Bool) {
    nonisolated(unsafe) var isLast = false
    let queue = DispatchQueue(label: "plantain.interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      var before = sigaction()
      sigaction(number, nil, &before)
      guard !Self.isIgnored(before) else { return nil }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if isLast { _exit(130) }
        isLast = interrupt()
      }
      source.resume()
      return source
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  func stop() {
    for source in sources { source.cancel() }
  }
}
