import Core
import Submission

/// How an edit stops when it is asked to.
extension StopSignal {
  /// Runs an edit, and reports an `EditEvent.stopping` with the remaining wait when a stop is requested.
  func reporting(
    to watch: @escaping @Sendable (EditEvent) -> Void, _ timing: Timing,
    _ work: @escaping @Sendable () async throws(PlantainError) -> EditResult
  ) async throws(PlantainError) -> EditResult {
    let result: Result<EditResult, PlantainError>? = await withTaskGroup(
      of: Result<EditResult, PlantainError>?.self
    ) { group in
      group.addTask {
        do throws(PlantainError) { return .success(try await work()) } catch { return .failure(error) }
      }
      group.addTask {
        await self.asked()
        if self.isAsked, let deadline = self.deadline {
          watch(.stopping(atMost: max(.zero, deadline - timing.now())))
        }
        return nil
      }
      defer { group.cancelAll() }
      for await result in group { if let result { return result } }
      return nil
    }
    guard let result else { throw .interrupted() }
    return try result.get()
  }

  /// Runs the part of an edit that a stop cancels: nothing is sent yet.
  func cuttingEdit<Value: Sendable>(
    _ work: @escaping @Sendable () async throws(PlantainError) -> Value
  ) async throws(PlantainError) -> Value {
    do {
      return try await cutting(work)
    } catch let error as PlantainError {
      throw error
    } catch {
      throw .interrupted()
    }
  }
}
