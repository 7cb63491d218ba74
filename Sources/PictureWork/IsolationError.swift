/// Why a worker gave no reply.
package enum IsolationError: Error, Sendable, Equatable {
  /// The program `plantain-worker` was not found; the text says where it was looked for.
  case workerMissing(lookedFor: String)
  /// The program exists but cannot be started, or does not follow the protocol; the text says what happened.
  case workerUnusable(String)
  /// The system cannot load the worker, because one of its libraries is missing.
  case libraryMissing
  /// The worker was ended by a signal while decoding. The text is the signal's name, such as `SIGSEGV`.
  case crashed(signal: String)
  /// The worker was ended by a signal after decoding, while it made the result.
  case crashedEncoding(signal: String)
  /// Decoding took longer than its limit.
  case tookTooLong(seconds: Int)
  /// Decoding was finished, but the rest took longer than its limit.
  case encodingTookTooLong(seconds: Int)
  /// The worker used no CPU time for the given number of seconds: it was stopped, or waited for something
  /// that did not happen.
  case stoodStill(seconds: Int)
  /// The worker exited without a signal and without a reply.
  case vanished
  /// The task was canceled, and the worker was ended.
  case canceled
}

extension IsolationError: CustomStringConvertible {
  /// The error as a sentence.
  package var description: String {
    switch self {
    case .workerMissing(let places): "plantain-worker was not found \(places)"
    case .workerUnusable(let why): "plantain-worker cannot be used: \(why)"
    case .libraryMissing: "plantain-worker cannot be loaded: libvips or another library is missing"
    case .crashed(let signal): "the worker process ended with \(signal) while decoding it"
    case .crashedEncoding(let signal): "the worker process ended with \(signal) while encoding the result"
    case .encodingTookTooLong(let seconds):
      "it was decoded, but encoding the result took longer than \(seconds) s"
    case .tookTooLong(let seconds): "decoding it took longer than \(seconds) s"
    case .stoodStill(let seconds): "the worker process used no CPU time for \(seconds) s"
    case .vanished: "the worker process exited without a reply"
    case .canceled: "interrupted"
    }
  }
}
