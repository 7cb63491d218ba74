import PictureFormats
import CImaging
import Logging
import Synchronization

/// libvips in this process: started once, on first need, never for a picture that passes untouched.
package enum ImagingRuntime {
  private static let outcome: CImagingStart = cimaging_start(
    { message in
      guard let message else { return }
      Logger(label: "plantain.imaging").debug("\(String(cString: message))")
    }, isExpendable)

  static func start() throws(ImagingError) {
    switch outcome {
    case .started: return
    case .cannotInitialize: throw .libraryUnusable(takeErrorText())
    case .libraryTooOld:
      throw .libraryUnusable("found \(version), expected 8.14 or newer")
    }
  }

  /// Whether this process may die of a decoder: only then are untrusted loaders let in. Set by a worker at its start.
  package static var isExpendable: Bool {
    get { expendable.load(ordering: .relaxed) }
    set { expendable.store(newValue, ordering: .relaxed) }
  }

  private static let expendable = Atomic(false)

  /// What is done once the foreign bytes of a piece of work are all decoded: from then on it works on its own pixels, which take
  /// what they take. Set by a worker, whose limits guard decoding alone.
  package static var whenDecoded: (@Sendable () -> Void)? {
    get { decoded.withLock { $0 } }
    set { decoded.withLock { $0 = newValue } }
  }

  private static let decoded = Mutex<(@Sendable () -> Void)?>(nil)

  /// To be called when nothing foreign is left to be decoded; more than once does no harm.
  package static func noteDecoded() { whenDecoded?() }

  /// Frees what libvips keeps for the calling thread, when a piece of work on it is over.
  package static func finishThread() { cimaging_finish_thread() }

  package static var version: String { String(cString: cimaging_version()) }

  /// libvips' words for the reader, with line breaks folded.
  static func takeErrorText() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      cimaging_take_error_text(start, buffer.count)
      return String(cString: start).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
  }
}
