extension Duration {
  /// As in `0.42 s`.
  public var formattedSeconds: String { "\(seconds) s" }

  /// Rounded to milliseconds.
  package var seconds: Double {
    let (seconds, attoseconds) = components
    return ((Double(seconds) + Double(attoseconds) / 1e18) * 1_000).rounded() / 1_000
  }
}

extension Double {
  /// Rounded to so many decimal places.
  package func rounded(to places: Int) -> Double {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    return (self * factor).rounded() / factor
  }
}
