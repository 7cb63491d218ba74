import CImaging
import Core
import Logging
package import PictureFormats
import Synchronization

/// The libvips of this process. It is started once, on first use, and never for a picture that passes
/// unchanged.
package enum ImagingRuntime {
  private static let outcome: CImagingStart = cimaging_start(
    { message in
      guard let message else { return }
      Logger(label: "plantain.imaging").debug("\(String(cString: message))")
    }, isExpendable)

  package static func start() throws(ImagingError) {
    switch outcome {
    case .started: ThreadPool.afterWork.withLock { $0 = finishThread }
    case .cannotInitialize: throw .libraryUnusable(takeErrorText())
    case .libraryTooOld:
      throw .libraryUnusable("found \(version), expected 8.14 or newer")
    }
  }

  /// Whether a decoder may crash this process. Only then are untrusted loaders enabled. A worker sets it when
  /// it starts.
  package static var isExpendable: Bool {
    get { expendable.load(ordering: .relaxed) }
    set { expendable.store(newValue, ordering: .relaxed) }
  }

  private static let expendable = Atomic(false)

  /// A callback that runs when all untrusted bytes of a job are decoded. From then on the job works on its
  /// own pixels and may take the resources that those need. Set by a worker, whose limits guard decoding
  /// alone.
  package static var whenDecoded: (@Sendable () -> Void)? {
    get { decoded.withLock { $0 } }
    set { decoded.withLock { $0 = newValue } }
  }

  private static let decoded = Mutex<(@Sendable () -> Void)?>(nil)

  /// Reports that no untrusted bytes remain to be decoded. Repeated calls do no harm.
  package static func noteDecoded() { whenDecoded?() }

  /// Frees the memory that libvips keeps for the calling thread. Call it after each job on a thread.
  package static func finishThread() { cimaging_finish_thread() }

  /// The version of libvips, such as "8.14.1".
  package static var version: String { String(cString: cimaging_version()) }

  /// Takes libvips' error text, with line breaks replaced by "; ".
  static func takeErrorText() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      cimaging_take_error_text(start, buffer.count)
      return String(cString: start).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
  }
}
