import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, SIGTERM, and the end of the terminal: the first cancels, so that what was paid for is kept and nothing half-written stays; one after that
/// ends the process at once.
final class Interrupts: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// - Parameter interrupt: returns whether that was all it can do.
  init(_ interrupt: @escaping @Sendable () -> Bool) {
    nonisolated(unsafe) var isLast = false
    let queue = DispatchQueue(label: "plantain.interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
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

  func stop() {
    for source in sources { source.cancel() }
  }
}
