/// An upper bound on what work on a picture takes, estimated from the picture's header. It serves for
/// planning and for the limits of a worker, and is not a prediction.
package struct WorkCost: Equatable, Sendable {
  /// The maximum memory.
  package let memory: ByteCount
  /// The maximum CPU time until everything foreign is decoded, in seconds.
  package let cpuSeconds: Int

  package init(memory: ByteCount, cpuSeconds: Int) {
    self.memory = memory
    self.cpuSeconds = cpuSeconds
  }
}
