import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, SIGTERM, and the end of the terminal: the first asks to stop, the second cancels, so that what was paid for is kept and
/// nothing half-written stays; one after that ends the process at once. A signal that was ignored when the program started, as by
/// `nohup`, stays ignored.
final class Interrupts: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// - Parameter interrupt: returns whether that was all it can do.
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
