import Core
import Ledger

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reservations for the day's limit. Each has a lock that the kernel releases when its process ends, so that
/// a killed process does not reserve money for the rest of the day.
extension LedgerStore {
  /// The name of the lock file of an edit's reservation, beside the replies.
  static func reservationName(of edit: String) -> String { "\(edit).reserved" }

  /// Locks the reservation of an edit for as long as the lock exists.
  ///
  /// - Returns: `nil` when it cannot be locked. The reservation then counts until it is released.
  func lockReservation(of edit: String) -> JobLock? {
    guard let system = RunningSystem.id,
      let path = try? ledger().replyPath(Self.reservationName(of: edit))
    else { return nil }
    return try? JobLock(path, for: system)
  }

  /// Releases the reservations of today whose processes are gone.
  func releaseAbandonedReservations(since moment: Int) async throws(PlantainError) {
    try await releaseAbandoned(
      await with { ledger throws(LedgerError) in try await ledger.reservations(since: moment) })
  }

  /// Releases the reservations of a run whose processes are gone.
  func releaseAbandonedReservations(ofRun run: String) async throws(PlantainError) {
    try await releaseAbandoned(
      await with { ledger throws(LedgerError) in try await ledger.reservations(ofRun: run) })
  }

  /// Releases reservations that a process of this running system has locked, and whose lock is free. Any
  /// other process, as on another machine that shares the ledger, may be alive.
  private func releaseAbandoned(_ edits: [String]) async throws(PlantainError) {
    guard let system = RunningSystem.id else { return }
    for edit in edits {
      let path = try ledger().replyPath(Self.reservationName(of: edit))
      guard JobLock.place(path) == system, let lock = try? JobLock(path, for: system) else { continue }
      defer { withExtendedLifetime(lock) {} }
      try await with { ledger throws(LedgerError) in try await ledger.release(edit) }
    }
  }
}

/// The running operating system, between two starts of it.
enum RunningSystem {
  /// An id that differs between machines and between starts of a machine; `nil` if unknown.
  static let id: String? = {
    #if os(Linux)
      let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var text = [UInt8](repeating: 0, count: 64)
      let count = read(descriptor, &text, text.count)
    #else
      var text = [UInt8](repeating: 0, count: 64)
      var count = text.count
      if sysctlbyname("kern.bootsessionuuid", &text, &count, nil, 0) != 0 { return nil }
    #endif
    let id = text.prefix(max(0, count)).filter { $0 > UInt8(ascii: " ") }
    return id.isEmpty ? nil : String(decoding: id, as: UTF8.self)
  }()
}
