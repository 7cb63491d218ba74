public import Core
import Synchronization

/// The progress of one edit as a sequence, whose last event is `done` with the result.
///
/// The edit starts when the sequence is created, and runs once: the events are for one iteration. When it
/// fails, the iteration throws its error. Canceling the task that iterates, or leaving the loop early,
/// cancels the edit as canceling the task of `Editor.edit` does. A request in flight may then have been
/// billed; to stop without losing what is paid for, give the edit a `StopSignal` and ask that.
public struct EditEvents: AsyncSequence, Sendable {
  /// An event of the edit.
  public typealias Element = EditEvent
  /// The error of the edit.
  public typealias Failure = PlantainError

  private let events: AsyncStream<EditEvent>
  private let edit: Task<Result<EditResult, PlantainError>, Never>
  private let end = End()

  /// Whether an iterator has given the end: all iterators of a sequence share it.
  fileprivate final class End: Sendable {
    private let isReached = Atomic(false)

    /// Marks the end as given.
    ///
    /// - Returns: whether it was given before.
    func reach() -> Bool { isReached.exchange(true, ordering: .relaxed) }
  }

  init(
    of edit:
      @escaping @Sendable (@escaping @Sendable (EditEvent) -> Void) async throws(PlantainError) -> EditResult
  ) {
    let (events, continuation) = AsyncStream.makeStream(of: EditEvent.self)
    let task = Task { () -> Result<EditResult, PlantainError> in
      defer { continuation.finish() }
      do throws(PlantainError) {
        return .success(try await edit { continuation.yield($0) })
      } catch {
        return .failure(error)
      }
    }
    continuation.onTermination = { reason in
      if case .finished = reason { return }
      task.cancel()
    }
    (self.events, self.edit) = (events, task)
  }

  /// The result of the edit, when it is done. Can be awaited beside an iteration, or instead of one.
  ///
  /// - Throws: the error of the edit.
  public var result: EditResult {
    get async throws(PlantainError) { try await edit.value.get() }
  }

  /// Creates the iterator. All iterators of one sequence share its events.
  public func makeAsyncIterator() -> Iterator {
    Iterator(events: events.makeAsyncIterator(), edit: edit, end: end)
  }

  /// Iterates over the events of an edit.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate var events: AsyncStream<EditEvent>.Iterator
    fileprivate let edit: Task<Result<EditResult, PlantainError>, Never>
    fileprivate let end: End

    /// The next event; `nil` after `done`.
    ///
    /// - Throws: the error of the edit, once.
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(PlantainError) -> EditEvent? {
      if let event = await events.next(isolation: actor) {
        if case .done = event { _ = end.reach() }
        return event
      }
      guard !end.reach() else { return nil }
      // A canceled iteration ends before the edit does, which knows whether it was billed.
      return .done(try await edit.value.get())
    }
  }
}

extension Editor {
  /// Starts an edit, and returns its progress as a sequence that ends with the result.
  ///
  ///     for try await event in editor.events(of: "at night", references: [.file("a.jpg")]) {
  ///       if case .done(let result) = event { print(result.image.size) }
  ///     }
  ///
  /// - Parameters:
  ///   - prompt: as in `edit`.
  ///   - references: as in `edit`.
  ///   - options: the options of the edit. Default: `EditOptions()`.
  ///   - stop: as in `edit`. Default: a signal that never stops the edit.
  /// - Returns: the events; the iteration throws what `edit` throws.
  public func events(
    of prompt: String, references: [Reference], options: EditOptions = EditOptions(),
    until stop: StopSignal = StopSignal()
  ) -> EditEvents {
    EditEvents { watch throws(PlantainError) in
      try await self.edit(prompt, references: references, options: options, until: stop, watch: watch)
    }
  }
}
