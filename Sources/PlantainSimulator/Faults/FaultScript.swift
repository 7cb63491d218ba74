package import Gateways
import Core

/// Reads a fault script: a JSON array of faults. Each request uses the next one; after the last, requests
/// succeed.
package enum FaultScript {
  /// An error in a script.
  package struct Mistake: Error, Sendable, Equatable {
    /// The position of the fault and what is wrong with it.
    package let message: String
  }

  /// Parses a script.
  ///
  /// - Parameters:
  ///   - text: The script as JSON.
  ///   - gateways: The gateways that a fault can name. Default: all built-in ones.
  /// - Returns: The faults in order.
  /// - Throws: `Mistake` for text that is not such an array, an unknown name, or a value that is out of
  ///   range.
  package static func read(_ text: String, gateways: [Gateway] = Gateway.all) throws(Mistake) -> [Fault] {
    guard case .array(let entries)? = JSONValue(parsing: Array(text.utf8)) else {
      throw Mistake(message: "it is not a JSON array of faults")
    }
    var faults: [Fault] = []
    for (position, entry) in entries.enumerated() {
      do throws(Mistake) {
        let fault = try Reader(entry).fault()
        if let id = fault.gateway, !gateways.contains(where: { $0.id == id }) {
          throw Mistake(message: "there is no gateway called \(id)")
        }
        faults.append(fault)
      } catch {
        throw Mistake(message: "fault \(position + 1): \(error.message)")
      }
    }
    return faults
  }

  /// Reads the members of an object and requires that no unknown one is left.
  private struct Reader {
    private var members: [String: JSONValue]

    init(_ value: JSONValue) throws(Mistake) {
      guard case .object(let members) = value else { throw Mistake(message: "it is not an object") }
      self.members = members
    }

    func fault() throws(Mistake) -> Fault {
      var reader = self
      var fault = Fault()
      fault.gateway = try reader.text("gateway")
      fault.times = try reader.whole("times", 1...1_000_000) ?? 1
      fault.status = try reader.whole("status", 300...599)
      fault.body = try reader.text("body")
      fault.retryAfter = try reader.text("retryAfter", orNumber: true)
      fault.isBilled = try reader.switch("billed")
      fault.delay = try reader.number("delay", 0...86_400).map { .seconds($0) }
      fault.connection = try reader.word("connection")
      fault.label = try reader.text("label").map { MediaType($0) }
      fault.hasNoPicture = try reader.switch("noPicture") ?? false
      fault.drift = try reader.drift()
      fault.thoughts = try reader.whole("thoughts", 1...10)
      fault.isOnlyThought = try reader.switch("onlyThought") ?? false
      fault.text = try reader.text("words")
      fault.blockReason = try reader.text("blockReason")
      fault.finishReason = try reader.text("finishReason")
      fault.inText = try reader.word("inText")
      fault.download = try reader.word("download")
      fault.redirect = try reader.text("redirect")
      fault.polls = try reader.whole("polls", 0...1_000_000)
      fault.taskFailure = try reader.text("taskFailure")
      try reader.requireNothingLeft()
      guard fault.status != nil || fault.body == nil && fault.retryAfter == nil else {
        throw Mistake(message: "body and retryAfter need a status")
      }
      guard fault.status == nil || fault.connection == nil else {
        throw Mistake(message: "a status and a connection exclude each other")
      }
      return fault
    }

    private mutating func drift() throws(Mistake) -> Fault.Drift? {
      guard let value = members.removeValue(forKey: "drift") else { return nil }
      var reader = try Reader(value)
      var drift = Fault.Drift()
      drift.right = try reader.whole("right", -500...500) ?? 0
      drift.down = try reader.whole("down", -500...500) ?? 0
      drift.scale = try reader.number("scale", 0.5...2) ?? 1
      if let tint = reader.members.removeValue(forKey: "tint") {
        drift.tint = tint.elements.compactMap(\.double)
        guard drift.tint.count == 3, drift.tint.allSatisfy({ (0...2).contains($0) }) else {
          throw Mistake(message: "expected three numbers of 0…2 for tint")
        }
      }
      try reader.requireNothingLeft()
      return drift
    }

    private func requireNothingLeft() throws(Mistake) {
      if let stranger = members.keys.sorted().first { throw Mistake(message: "there is no \(stranger)") }
    }

    private mutating func text(_ name: String, orNumber: Bool = false) throws(Mistake) -> String? {
      switch members.removeValue(forKey: name) {
      case nil: return nil
      case .string(let text)?: return text
      case .number(let number)? where orNumber: return JSONValue.number(number).text
      default: throw Mistake(message: "expected a string for \(name)")
      }
    }

    private mutating func `switch`(_ name: String) throws(Mistake) -> Bool? {
      guard let value = members.removeValue(forKey: name) else { return nil }
      guard let bool = value.bool else { throw Mistake(message: "expected true or false for \(name)") }
      return bool
    }

    private mutating func number(_ name: String, _ range: ClosedRange<Double>) throws(Mistake) -> Double? {
      guard let value = members.removeValue(forKey: name) else { return nil }
      guard case .number(let number) = value, range.contains(number) else {
        throw Mistake(message: "expected \(range.lowerBound)…\(range.upperBound) for \(name)")
      }
      return number
    }

    private mutating func whole(_ name: String, _ range: ClosedRange<Int>) throws(Mistake) -> Int? {
      guard let value = members.removeValue(forKey: name) else { return nil }
      guard case .number(let number) = value, let whole = Int(exactly: number), range.contains(whole) else {
        throw Mistake(
          message: "expected a whole number of \(range.lowerBound)…\(range.upperBound) for \(name)")
      }
      return whole
    }

    private mutating func word<Word: RawRepresentable<String> & CaseIterable>(
      _ name: String
    ) throws(Mistake) -> Word? {
      guard let text = try text(name) else { return nil }
      guard let word = Word(rawValue: text) else {
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw Mistake(message: "expected one of \(known) for \(name), received \(text)")
      }
      return word
    }
  }
}

extension Fault {
  /// The script name of a setting that does not apply to a dialect; `nil` if all settings apply.
  func stranger(to traits: SimulatedTraits) -> String? {
    let parts = [
      ("thoughts", thoughts != nil), ("onlyThought", isOnlyThought), ("words", text != nil),
      ("blockReason", blockReason != nil), ("finishReason", finishReason != nil), ("inText", inText != nil),
    ]
    let tasks = [("polls", polls != nil), ("taskFailure", taskFailure != nil)]
    let addresses = [("download", download != nil), ("redirect", redirect != nil)]
    let strangers =
      (traits.contains(.modelParts) ? [] : parts) + (traits.contains(.tasks) ? [] : tasks)
      + (traits.contains(.addresses) || inText == .address ? [] : addresses)
    return strangers.first { $0.1 }?.0
  }
}
