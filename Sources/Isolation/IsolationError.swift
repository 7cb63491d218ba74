/// Why a worker gave no answer.
public enum IsolationError: Error, Sendable, Equatable {
  /// The program `plantain-worker` is not where it was looked for.
  case workerMissing(lookedFor: String)
  /// It is there and cannot be started, or does not speak as it should; the text says what happened.
  case workerUnusable(String)
  /// A decoder ended the worker; the signal's name says how, such as `SIGSEGV`.
  case crashed(signal: String)
  /// The same when the picture was decoded already and its result was being made.
  case crashedEncoding(signal: String)
  /// Decoding took longer than it may.
  case tookTooLong(seconds: Int)
  /// Decoding was over, and what came then took longer than the call may.
  case encodingTookTooLong(seconds: Int)
  /// It was stopped, or waited for something that did not come.
  case stoodStill(seconds: Int)
  /// It went away without a signal.
  case vanished
  /// The task was canceled; the worker was ended.
  case canceled
}

extension IsolationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .workerMissing(let places): "plantain-worker is missing (looked for it \(places))"
    case .workerUnusable(let why): "plantain-worker cannot be used: \(why)"
    case .crashed(let signal): "decoding it ended the worker process with \(signal)"
    case .crashedEncoding(let signal): "encoding the result ended the worker process with \(signal)"
    case .encodingTookTooLong(let seconds):
      "it was decoded, but encoding the result took longer than \(seconds) s"
    case .tookTooLong(let seconds): "decoding it took longer than \(seconds) s"
    case .stoodStill(let seconds): "the worker process stood still for \(seconds) s"
    case .vanished: "the worker process ended without an answer"
    case .canceled: "interrupted"
    }
  }
}
