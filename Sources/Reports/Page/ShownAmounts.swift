import Core
import Batch
import Editing

/// Sums and times as people write them.
enum Shown {
  /// As in `$0.0336`, `€12.50` or `3 credits`: from one on with two decimal places, below with as many as it has, four at most.
  package static func money(_ amount: Double, _ currency: String?) -> String {
    let symbols = ["USD": "$", "EUR": "€", "GBP": "£"]
    guard amount.isFinite, abs(amount) < 1e12 else { return "\(amount) \(currency ?? "")" }
    let sign = amount < 0 ? "-" : ""
    guard let symbol = currency.flatMap({ symbols[$0] }) else {
      return sign + ([decimal(abs(amount), least: 0)] + [currency].compactMap(\.self)).joined(separator: " ")
    }
    return sign + symbol + decimal(abs(amount), least: 2)
  }

  /// As in `8 s`, `1 min 20 s` or `2 h 5 min`.
  package static func duration(_ duration: Duration) -> String {
    let tenths = Int((duration.seconds * 10).rounded())
    if tenths < 100 { return "\(Double(tenths) / 10) s" }
    let seconds = (tenths + 5) / 10
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3_600 { return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s") }
    let minutes = (seconds + 30) / 60
    return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
  }

  /// - Parameter least: how many places a number that is not whole has.
  private static func decimal(_ amount: Double, least: Int) -> String {
    let unit = amount >= 1 ? 100 : 10_000
    let units = Int((amount * Double(unit)).rounded())
    // What is less than the last place is still something.
    guard units > 0 || amount == 0 else { return "\(amount)" }
    guard units % unit > 0 else { return "\(units / unit)" }
    var digits = String(String(units % unit + unit).dropFirst())
    while digits.last == "0", digits.count > least { digits.removeLast() }
    return "\(units / unit).\(digits)"
  }
}
