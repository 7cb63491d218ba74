import Core
package import Ledger

/// Suggestions for ids that are not in the ledger.
extension LedgerStore {
  /// The kind of an id.
  package enum Named: String {
    case edit, run
  }

  /// Returns a run by its id or a prefix of it.
  ///
  /// - Throws: `missing` when no run matches, `usage` when several do, `ledgerUnusable` when the ledger
  ///   cannot be read.
  package func run(_ id: String) async throws(PlantainError) -> RunEntry {
    guard exists else { throw unknown(.run, id) }
    let found = try await with { ledger throws(LedgerError) in
      try await ledger.runs(beginningWith: id.lowercased(), maximum: 2)
    }
    guard !id.isEmpty, let run = found.first else { throw try await unknownRun(id) }
    guard found.count == 1 || run.id == id.lowercased() else {
      throw .usage("several runs begin with \(id)", hint: "Give more characters of the id.")
    }
    return run
  }

  func unknownEdit(_ id: String) async throws(PlantainError) -> PlantainError {
    let (edits, runs) = try await similar(id)
    if let run = runs.equal { return unknown(.edit, id, "That is a run: plantain history `run` \(run)") }
    return unknown(.edit, id, (edits.near ?? runs.near).map { "Did you mean \($0)?" })
  }

  private func unknownRun(_ id: String) async throws(PlantainError) -> PlantainError {
    let (edits, runs) = try await similar(id)
    if let edit = edits.equal { return unknown(.run, id, "That is an edit: plantain history \(edit)") }
    return unknown(.run, id, runs.near.map { "Did you mean \($0)?" })
  }

  /// The error of an id that is not in the ledger.
  package func unknown(_ what: Named, _ id: String, _ hint: String? = nil) -> PlantainError {
    guard exists else {
      return PlantainError(
        .input, .missing, "there is no \(what) \(id), because there is no ledger yet",
        hint: "The first edit creates it at \(path).", subject: id)
    }
    let list = what == .edit ? "plantain history" : "plantain history `runs`"
    return PlantainError(
      .input, .missing, "the ledger \(path) has no \(what) \(id)",
      hint: hint ?? "\(list) lists those that it has.", subject: id)
  }

  private typealias Similar = (equal: String?, near: String?)

  private func similar(_ id: String) async throws(PlantainError) -> (edits: Similar, runs: Similar) {
    let maximum = Self.maximumCompared
    let edits = try await with { ledger throws(LedgerError) in
      try await ledger.ids(of: EditQuery(), maximum: maximum)
    }
    let runs = try await with { ledger throws(LedgerError) in try await ledger.runs(maximum: maximum) }.map(
      \.id)
    return (similar(id, edits), similar(id, runs))
  }

  private func similar(_ id: String, _ known: [String]) -> Similar {
    let wanted = Array(id.lowercased().utf8.prefix(Self.longestID))
    guard !wanted.isEmpty else { return (nil, nil) }
    let equal = known.first { Array($0.utf8.prefix(wanted.count)) == wanted }
    // A prefix is compared with prefixes of the same length.
    let distances = known.map { wanted.editDistance(to: Array($0.utf8.prefix(wanted.count))) }
    guard let least = distances.min(), least <= max(1, wanted.count / 4),
      let place = distances.firstIndex(of: least)
    else { return (equal, nil) }
    return (equal, known[place])
  }

  /// The number of newest ids that are compared, which are the most likely to be meant.
  private static let maximumCompared = 2_000
  /// The length of a complete id in bytes.
  private static let longestID = 36
}
