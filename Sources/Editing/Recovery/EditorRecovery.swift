import Core

extension Editor {
  /// Fetches the missing results of an edit: those of its tasks, or those that a stored reply contains or
  /// links to. Sends nothing that costs.
  ///
  /// - Parameters:
  ///   - id: the edit's id, or the beginning of it.
  ///   - options: only the output, whether it overwrites or is raw, the format, the timeout, and
  ///     `finish.maximumDrift` count. An output in memory means the output that the edit was given; no
  ///     maximum drift means the edit's own, and `.infinity` any. Default: none set.
  ///   - watch: receives events. Default: does nothing.
  /// - Throws: `PlantainError` with the code `missing` for an unknown id, `outcomeUnknown` when nothing can
  ///   be fetched, or not yet, `usage` when the edit needs nothing or belongs to another gateway; otherwise
  ///   as `edit`.
  public func recover(
    _ id: String, options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    try await recovery.recover(id, options, namedAfter: nil, until: StopSignal(), watch)
  }

  /// Reads the stored reply of an edit again. Requests nothing from the gateway except pictures that the
  /// reply links to.
  ///
  /// - Throws: as `recover`.
  public func replay(
    _ id: String, options: EditOptions = EditOptions(),
    watch: @escaping @Sendable (EditEvent) -> Void = { _ in }
  ) async throws(PlantainError) -> EditResult {
    try await recovery.resume(id, options, asksForTasks: false, namedAfter: nil, until: StopSignal(), watch)
  }
}
