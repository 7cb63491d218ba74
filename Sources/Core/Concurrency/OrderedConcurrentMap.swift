/// Runs `work` on every input, at most `width` at a time, and passes the outputs to `consume` in the order of
/// the inputs.
package func orderedConcurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], width: Int, _ work: @escaping @Sendable (Input) async -> Output,
  consume: (Output) async -> Void
) async {
  await orderedConcurrentMap(inputs, weighing: { _ in 0 }, width: width, ahead: width, work, consume: consume)
}

/// The same, but of the next `ahead` inputs the heaviest starts first: a heavy input that started last would
/// keep one core busy while the others have nothing left to do.
///
/// - Parameters:
///   - weighing: estimates how long an input takes, in any unit.
///   - ahead: how many inputs, counted from the next output to consume, may have started. This bounds the
///     outputs in memory.
package func orderedConcurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], weighing: (Input) -> Int, width: Int, ahead: Int,
  _ work: @escaping @Sendable (Input) async -> Output, consume: (Output) async -> Void
) async {
  await withTaskGroup(of: (Int, Output).self) { group in
    // Inputs that may start: their index and weight.
    var candidates: [(position: Int, weight: Int)] = []
    var seen = 0
    var running = 0
    var waiting: [Int: Output] = [:]
    var next = 0
    while next < inputs.count {
      // Outputs that wait for an earlier one count too: a slow first picture must not let all others pile up
      // in memory.
      while seen < inputs.count, seen - next < ahead {
        candidates.append((seen, weighing(inputs[seen])))
        seen += 1
      }
      // Among equals the first input wins.
      while running < width,
        let heaviest = candidates.indices.max(by: { candidates[$0].weight < candidates[$1].weight })
      {
        let position = candidates.remove(at: heaviest).position
        group.addTask { (position, await work(inputs[position])) }
        running += 1
      }
      guard let (position, output) = await group.next() else { return }
      running -= 1
      waiting[position] = output
      while let output = waiting.removeValue(forKey: next) {
        await consume(output)
        next += 1
      }
    }
  }
}
