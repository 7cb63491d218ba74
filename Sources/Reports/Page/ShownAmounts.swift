import Core
import Batch
import Editing

/// Amounts of money and durations in a readable form.
enum Shown {
  /// An amount such as `$0.0336`, `€12.50` or `3 credits`: from 1 on with two decimal places, below 1 with as
  /// many as it needs, up to four.
  package static func money(_ amount: Double, _ currency: String?) -> String {
    let symbols = ["USD": "$", "EUR": "€", "GBP": "£"]
    guard amount.isFinite, abs(amount) < 1e12 else { return "\(amount) \(currency ?? "")" }
    let sign = amount < 0 ? "-" : ""
    guard let symbol = currency.flatMap({ symbols[$0] }) else {
      return sign + ([decimal(abs(amount), least: 0)] + [currency].compactMap(\.self)).joined(separator: " ")
    }
    return sign + symbol + decimal(abs(amount), least: 2)
  }

  /// A duration such as `8 s`, `1 min 20 s` or `2 h 5 min`.
  package static func duration(_ duration: Duration) -> String {
    let tenths = Int((duration.seconds * 10).rounded())
    if tenths < 100 { return "\(Double(tenths) / 10) s" }
    let seconds = (tenths + 5) / 10
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3_600 { return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s") }
    let minutes = (seconds + 30) / 60
    return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
  }

  /// - Parameter least: the minimum number of decimal places of a number that is not whole.
  private static func decimal(_ amount: Double, least: Int) -> String {
    let unit = amount >= 1 ? 100 : 10_000
    let units = Int((amount * Double(unit)).rounded())
    // An amount below the last place is not shown as zero.
    guard units > 0 || amount == 0 else { return "\(amount)" }
    guard units % unit > 0 else { return "\(units / unit)" }
    var digits = String(String(units % unit + unit).dropFirst())
    while digits.last == "0", digits.count > least { digits.removeLast() }
    return "\(units / unit).\(digits)"
  }
}
