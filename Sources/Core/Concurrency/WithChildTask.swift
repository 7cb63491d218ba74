/// Runs `work` as a child task, whose stack is freed when it ends. A task keeps the stack memory that it once
/// needed, so an edit that waits for minutes would hold the 20 KB of its preparation all that time.
package func withChildTask<Value: Sendable, Failure: Error>(
  _ work: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result: Result<Value, Failure>? = await withTaskGroup(of: Result<Value, Failure>.self) { group in
    group.addTask {
      do throws(Failure) {
        return .success(try await work())
      } catch {
        return .failure(error)
      }
    }
    return await group.next()
  }
  // A group with one child always has one result.
  guard let result else { preconditionFailure() }
  return try result.get()
}
