import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A request's surroundings, with the connection itself, so that it can be broken.
struct SimulatorContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Ends the connection in the middle of whatever goes on.
  ///
  /// - Parameter hard: by a reset, which throws away what is still on its way.
  func hangUp(hard: Bool) async {
    if hard {
      let sockets = channel as? any SocketOptionProvider
      try? await sockets?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try? await channel.close().get()
  }

  /// Says nothing until the simulator ends.
  func stall() async throws {
    try await Task.sleep(for: .seconds(86_400))
  }
}
