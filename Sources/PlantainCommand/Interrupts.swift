import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, SIGTERM, and the end of the terminal: the first cancels, so that what was paid for is kept and nothing half-written stays; the second
/// ends the process at once.
final class Interrupts: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init(_ cancel: @escaping @Sendable () -> Void) {
    nonisolated(unsafe) var seen = 0
    let queue = DispatchQueue(label: "plantain.interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        seen += 1
        if seen > 1 { _exit(130) }
        cancel()
      }
      source.resume()
      return source
    }
  }

  func stop() {
    for source in sources { source.cancel() }
  }
}
