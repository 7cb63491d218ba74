/// Runs `work` on every input, at most `width` at a time, and hands the outputs to `consume` in the inputs' order.
func inOrder<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], width: Int, _ work: @escaping @Sendable (Input) async -> Output,
  consume: (Output) async -> Void
) async {
  await withTaskGroup(of: (Int, Output).self) { group in
    var started = 0
    var waiting: [Int: Output] = [:]
    var next = 0
    while next < inputs.count {
      // What waits for its turn counts too: a slow first picture must not let all others pile up in memory.
      while started < inputs.count, started - next < width {
        let position = started
        group.addTask { (position, await work(inputs[position])) }
        started += 1
      }
      guard let (position, output) = await group.next() else { return }
      waiting[position] = output
      while let output = waiting.removeValue(forKey: next) {
        await consume(output)
        next += 1
      }
    }
  }
}
