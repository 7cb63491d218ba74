public import Gateways
import InProcess
import PictureWork
public import PlantainSimulator

/// Runs a simulator that makes its pictures in this process.
public func withSimulator<Result: Sendable>(
  port: Int = 0, gateways: [Gateway] = Gateway.all, faults: [Fault] = [],
  _ body: @Sendable (Simulator) async throws -> Result
) async throws -> Result {
  try await withSimulator(
    port: port, gateways: gateways, faults: faults, processor: ImageProcessor(InProcessBackend()), body)
}
