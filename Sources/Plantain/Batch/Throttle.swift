/// How many requests are in flight by one route: more while all goes well, half as many when it asks to come back later, and none
/// until then. Whoever waits keeps its order.
actor Throttle {
  private static let first = 4.0
  private let most: Double
  private var limit: Double
  private var inFlight = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var pausedUntil: ContinuousClock.Instant?

  init(most: Int) {
    self.most = Double(most)
    limit = min(Self.first, Double(most))
  }

  /// Whole ones.
  var width: Int { max(1, Int(limit)) }

  func enter() async {
    if inFlight < width, waiting.isEmpty {
      inFlight += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    while let end = pausedUntil, end > .now {
      // One that is cancelled does not wait; its work sees that for itself.
      guard (try? await Task.sleep(until: end, clock: .continuous)) != nil else { break }
    }
  }

  /// - Parameter isSuccess: it was answered as wished; every width of successes allows one more.
  func leave(isSuccess: Bool) {
    inFlight -= 1
    if isSuccess { limit = min(most, limit + 1 / limit) }
    admit()
  }

  /// The route asks to come back after a time.
  func backOff(for wait: Duration) {
    limit = max(1, limit / 2)
    pausedUntil = max(pausedUntil ?? .now, .now + wait)
  }

  private func admit() {
    while inFlight < width, !waiting.isEmpty {
      inFlight += 1
      waiting.removeFirst().resume()
    }
  }
}
