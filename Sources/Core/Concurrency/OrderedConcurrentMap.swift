/// Runs `work` on every input, at most `width` at a time, and hands the outputs to `consume` in the inputs' order.
package func orderedConcurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], width: Int, _ work: @escaping @Sendable (Input) async -> Output,
  consume: (Output) async -> Void
) async {
  await orderedConcurrentMap(inputs, weighing: { _ in 0 }, width: width, ahead: width, work, consume: consume)
}

/// The same, with the heaviest of the next `ahead` inputs always begun first: a heavy one that came last would keep one core
/// busy while the others have nothing left to do.
///
/// - Parameters:
///   - weighing: about how long an input takes, in any unit.
///   - ahead: how many outputs may be there at a time that wait for an earlier one, with what is in work.
package func orderedConcurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], weighing: (Input) -> Int, width: Int, ahead: Int,
  _ work: @escaping @Sendable (Input) async -> Output, consume: (Output) async -> Void
) async {
  await withTaskGroup(of: (Int, Output).self) { group in
    // What may begin: its place, and how heavy it is.
    var candidates: [(position: Int, weight: Int)] = []
    var seen = 0
    var running = 0
    var waiting: [Int: Output] = [:]
    var next = 0
    while next < inputs.count {
      // What waits for its turn counts too: a slow first picture must not let all others pile up in memory.
      while seen < inputs.count, seen - next < ahead {
        candidates.append((seen, weighing(inputs[seen])))
        seen += 1
      }
      // Of equals the first.
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
