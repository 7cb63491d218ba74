import Core
package import Ledger

/// The pictures that a job asks for, and the earlier edit that decides about each.
package struct JobPictures: Sendable {
  private enum Decision: Sendable { case done, paid, unknown, lost, forgone }

  private let count: Int
  /// All edits that have delivered a picture, by its number, the newest first.
  private(set) var results: [Int: [EditEntry]] = [:]
  private var decisions: [Int: (decision: Decision, entry: EditEntry)] = [:]
  /// Whether a process is working on one of the edits.
  package internal(set) var isUnderWay = false
  /// The edits that may have a result to fetch, the newest first.
  package private(set) var fetchable: [EditEntry] = []
  /// The edits whose kept reply had no usable picture, or that are in `fetchable`, the newest first.
  private(set) var readable: [EditEntry] = []

  init(count: Int) { self.count = count }

  /// Adds the next older edit of the job.
  mutating func add(_ entry: EditEntry, _ pictures: [Int: EditStanding], _ again: ResendPolicy) {
    let isPassedOver = again.passesOver(entry)
    var (isFetchable, isReadable) = (false, false)
    for (number, standing) in pictures where number <= count {
      if case .done = standing, !isPassedOver { results[number, default: []].append(entry) }
      // An edit that was settled as lost does not matter if an older one has the picture.
      let known = decisions[number]?.decision
      // Nor does one that brought fewer pictures than asked for.
      guard known == nil || known == .lost || known == .forgone else { continue }
      switch standing {
      case .forgone where known == nil: decide(number, .forgone, entry, unless: isPassedOver)
      case .done: decide(number, .done, entry, unless: isPassedOver)
      case .paid:
        isFetchable = true
        decide(number, .paid, entry)
      case .unknown(let isKept):
        isFetchable = isFetchable || isKept
        decide(number, .unknown, entry, unless: isPassedOver)
      case .lost where known == nil: decide(number, .lost, entry, unless: isPassedOver)
      case .withoutPicture(isKept: true): isReadable = true
      case .underWay, .lost, .forgone, .withoutPicture, .nothing: break
      }
    }
    if isFetchable { fetchable.append(entry) }
    if isFetchable || isReadable { readable.append(entry) }
  }

  private mutating func decide(
    _ number: Int, _ decision: Decision, _ entry: EditEntry, unless isPassedOver: Bool = false
  ) {
    if !isPassedOver { decisions[number] = (decision, entry) }
  }

  /// Counts results that could not be fetched as not there: their outcome is unknown, or they are passed
  /// over.
  mutating func endFetching(_ again: ResendPolicy) {
    for (number, known) in decisions where known.decision == .paid {
      decisions[number] = again.passesOver(known.entry) ? nil : (.unknown, known.entry)
    }
  }

  /// The numbers of the pictures that are to be sent for.
  package var missing: [Int] { numbers.filter { decisions[$0] == nil } }

  var numbers: ClosedRange<Int> { 1...max(1, count) }

  /// The same; `nil` if that is all of them.
  package var rest: [Int]? { missing.count == count ? nil : missing }

  /// The numbers of the pictures that a job has, or will have once they are sent for.
  var obtainable: [Int] { numbers.filter { decisions[$0]?.decision != .forgone } }

  /// The newest edit that has delivered a picture.
  package var newestResult: EditEntry? { numbers.lazy.compactMap { results[$0]?.first }.first }

  /// The edits with paid results that were not fetched yet.
  package var paid: [EditEntry] { entries(.paid) }

  /// The edits whose outcome is unknown.
  package var unknown: [EditEntry] { entries(.unknown) }

  /// The edits that the user has settled as billed without a picture.
  package var lost: [EditEntry] { entries(.lost) }

  /// The errors of the pictures that will not be sent for and are not there, one for each edit.
  package var errors: [PlantainError] {
    unknown.map { naming($0, in: .unknownOutcome(of: $0.id)) }
      + lost.map { naming($0, in: .settledAsLost($0.id)) }
  }

  /// The error with the numbers of the pictures of a job for several.
  private func naming(_ entry: EditEntry, in error: PlantainError) -> PlantainError {
    guard count > 1 else { return error }
    let own = decisions.filter {
      $0.value.entry.id == entry.id && ![.done, .forgone].contains($0.value.decision)
    }.keys.sorted()
    var error = error
    let numbers = own.map(String.init).joined(separator: ", ")
    error.message = "\(own.count == 1 ? "picture" : "pictures") \(numbers) of \(count): \(error.message)"
    return error
  }

  private func entries(_ decision: Decision) -> [EditEntry] {
    decisions.filter { $0.value.decision == decision }.sorted { $0.key < $1.key }.map(\.value.entry)
      .reduce(into: []) { all, entry in if !all.contains(where: { $0.id == entry.id }) { all.append(entry) } }
  }
}

extension JobPictures {
  /// The file of a result at an output, if it exists.
  func result(_ number: Int, at plan: OutputPlan) -> String? {
    for entry in results[number] ?? [] {
      let outputs = entry.outputs ?? []
      let places = zip(outputs, plan.numbers(ofResultsAt: outputs)).filter { $0.1 == number }.map(\.0)
      if let path = places.first(where: { Path($0).exists }) { return path }
    }
    return nil
  }

  /// The results at an output, if all of them exist there.
  ///
  /// - Returns: the files, and the id of an edit that has made one of them.
  package func results(at plan: OutputPlan) -> (id: String, outputs: [String])? {
    if plan.asked > 1 {
      let outputs = obtainable.compactMap { result($0, at: plan) }
      if outputs.count == obtainable.count, let entry = newestResult { return (entry.id, outputs) }
    }
    for entry in results[1] ?? [] where plan.asked == 1 || entry.outputs == nil {
      let outputs = plan.outputs(of: entry)
      if !outputs.isEmpty, outputs.allSatisfy({ Path($0).exists }) { return (entry.id, outputs) }
    }
    return nil
  }
}
