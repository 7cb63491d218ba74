extension Duration {
  /// The duration in seconds, rounded to milliseconds, as in `0.42 s`.
  package var formattedSeconds: String { "\(seconds) s" }

  /// The duration in seconds, rounded to milliseconds.
  package var seconds: Double {
    let (seconds, attoseconds) = components
    return ((Double(seconds) + Double(attoseconds) / 1e18) * 1_000).rounded() / 1_000
  }
}

extension Double {
  /// The number rounded to `places` decimal places.
  package func rounded(to places: Int) -> Double {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    return (self * factor).rounded() / factor
  }
}
