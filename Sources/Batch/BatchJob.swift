import Core
package import Editing
import Finishing
import Gateways
import Imaging
import PictureFormats
import Ledger
import Submission

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is paid for once: an item, and those whose pictures are the same.
package struct BatchJob: Sendable {
  /// With its number where several lines ask for variants of the same.
  package let item: Manifest.Item
  /// Pictures of a folder with the same bytes: the result is written for each.
  package let same: [Manifest.Item]

  package var items: [Manifest.Item] { [item] + same }

  /// Those whose outputs lie there already, whatever has made them.
  package var existing: [(item: Manifest.Item, outputs: [String])] {
    items.compactMap { item in item.existing.map { (item, $0) } }
  }

  /// What is left of it without the items of those lines; `nil`: nothing.
  package func without(_ lines: some Collection<Int>) -> BatchJob? {
    guard !lines.isEmpty else { return self }
    let rest = items.filter { !lines.contains($0.line) }
    return rest.first.map { BatchJob(item: $0, same: Array(rest.dropFirst())) }
  }
}

/// All jobs of a manifest, in its order.
package struct BatchJobs: Sendable {
  package var all: [BatchJob] = []
  /// The lines that are variants of one another.
  package var variants: [[Int]] = []
}

/// Items that ask for the same are told apart before anything is sent: lines of a manifest are variants, each paid for; pictures of
/// a folder are one job.
extension Editor {
  package func jobs(of manifest: Manifest) async throws(PlantainError) -> BatchJobs {
    var jobs = BatchJobs()
    var items = manifest.items.map(Optional.some)
    var same: [Int: [Manifest.Item]] = [:]
    for group in try await equalItems(of: manifest.items) where group.count > 1 {
      let equal = group.map { manifest.items[$0] }
      if equal[0].isPicture {
        items[group[0]]?.isShared = true
        same[group[0]] = equal.dropFirst().map(\.shared)
        for position in group.dropFirst() { items[position] = nil }
      } else {
        var first: [Int: Int] = [:]
        let numbers = try await numbers(of: equal)
        for (position, number) in zip(group, numbers) {
          items[position]?.variant = number
          // Two lines may be the places of one result that was copied before.
          if let other = first[number], let item = items[position] {
            same[other, default: []].append(item)
            items[position] = nil
          }
          first[number] = first[number] ?? position
        }
        if first.count > 1 { jobs.variants.append(first.values.sorted().map { manifest.items[$0].line }) }
      }
    }
    jobs.variants.sort { $0[0] < $1[0] }
    jobs.all = items.enumerated().compactMap { position, item in
      item.map { BatchJob(item: $0, same: same[position] ?? []) }
    }
    return jobs
  }

  /// The positions of items that ask for the same, each group in the items' order.
  private func equalItems(of items: [Manifest.Item]) async throws(PlantainError) -> [[Int]] {
    // Only where everything but the pictures' bytes is equal are those looked at.
    let alike = Dictionary(grouping: items.indices) { Self.outline(of: items[$0]) }.values.filter {
      $0.count > 1
    }
    var digests: [String: String] = [:]
    var groups: [[Int]] = []
    for positions in alike {
      var byKey: [String: [Int]] = [:]
      for position in positions {
        let item = items[position]
        // What cannot be read is told when its turn comes.
        let keys = try? await keys(of: item.prompt, item.references, item.options, known: &digests)
        if let key = keys?.first?.text { byKey[key, default: []].append(position) }
      }
      groups += byKey.values
    }
    return groups
  }

  /// What is seen of an item without reading its pictures.
  private static func outline(of item: Manifest.Item) -> [String] {
    let pictures = (item.references + [item.options.finish.mask].compactMap(\.self)).map { reference in
      if case .file = reference { "\(reference.expectedSize.bytes)" } else { "\(reference)" }
    }
    return [item.prompt, item.options.allowed.sorted().joined(separator: ",")]
      + StoredNames.texts(of: item.options) + pictures
  }

  /// Which variant each of several lines is: the one whose output it has, else the next that is free.
  private func numbers(of items: [Manifest.Item]) async throws(PlantainError) -> [Int] {
    let keys = try await keys(of: items[0].prompt, items[0].references, items[0].options)
    let known = try await knownVariants(keys, beyond: items.count)
    var taken: Set<Int> = []
    var numbers = items.map { item -> Int? in
      let own = known.number(placedAt: item)
      // Equal pictures of a folder that failed have one number in the manifest of those that failed.
      guard let number = own ?? item.variant else { return nil }
      taken.insert(number)
      return number
    }
    for position in numbers.indices where numbers[position] == nil {
      var free = 1
      while taken.contains(free) || known[free]?.isUsed == true { free += 1 }
      numbers[position] = free
      taken.insert(free)
    }
    return numbers.compactMap(\.self)
  }

  /// Which variant a line is that has no equal in its manifest: the one whose output it has; else any that is done, whose result
  /// is copied, or that nobody knows the outcome of.
  package func number(of item: Manifest.Item, _ keys: [JobKey]) async throws(PlantainError) -> Int {
    if let number = item.variant { return number }
    let known = try await knownVariants(keys, beyond: 1)
    let used = known.filter(\.value.isUsed)
    return known.number(placedAt: item) ?? used.filter(\.value.isDone).keys.min() ?? used.keys.min() ?? 1
  }

  /// Whether a variant's number has become another place's meanwhile: other processes share the ledger.
  func isTaken(_ names: [String], from item: Manifest.Item) async throws(PlantainError) -> Bool {
    let record = try await variantRecords(names.map { ($0, 1) })[1]
    return record.map { $0.isUsed && !$0.isPlaced(item, amongUsed: true) } ?? false
  }

  /// What the ledger knows of a job's variants. Some of them may be pruned.
  private func knownVariants(
    _ keys: [JobKey], beyond maximum: Int
  ) async throws(PlantainError) -> [Int: VariantRecord] {
    guard OutputFile.exists(store.path) else { return [:] }
    var maximum = maximum + Self.looksAhead
    while true {
      let names = (1...maximum).flatMap { number in keys.map { ($0.text(ofVariant: number), number) } }
      let known = try await variantRecords(names)
      guard let last = known.keys.max(), last > maximum - Self.looksAhead else { return known }
      maximum *= 2
    }
  }

  /// - Parameter names: of jobs, with the variants' numbers.
  private func variantRecords(
    _ names: [(name: String, number: Int)]
  ) async throws(PlantainError) -> [Int: VariantRecord] {
    let numbers = Dictionary(names, uniquingKeysWith: { first, _ in first })
    let all = names.map(\.name)
    var known: [Int: VariantRecord] = [:]
    for entry in try await store.with({ ledger throws(LedgerError) in try await ledger.edits(ofJobs: all) }) {
      guard let number = entry.jobKey.flatMap({ numbers[$0] }) else { continue }
      let states = try await store.attempts(of: entry).map { $0.settledState(isLive: false) }
      known[number, default: VariantRecord()].entries.append((entry, HistoryEntry.state(of: states)))
    }
    return known
  }

  private static let looksAhead = 4
}

/// The edits of one variant.
struct VariantRecord {
  package var entries: [(entry: EditEntry, state: AttemptState)] = []

  /// Those of which something was, or may be, paid for.
  private var used: [EditEntry] {
    entries.filter { ![.prepared, .unbilled].contains($0.state) }.map(\.entry)
  }

  /// Whether its number is somebody's.
  var isUsed: Bool { !used.isEmpty }
  var isDone: Bool { entries.contains { $0.state == .done } }

  func isPlaced(_ item: Manifest.Item, amongUsed: Bool) -> Bool {
    guard let plan = try? OutputPlan(item.options, first: item.references.first) else { return false }
    return (amongUsed ? used : entries.map(\.entry)).contains(where: plan.isPlace)
  }
}

extension [Int: VariantRecord] {
  /// The lowest number whose place is the item's: of what was paid for, else of what was tried in vain by nobody else.
  package func number(placedAt item: Manifest.Item) -> Int? {
    let numbers = keys.sorted()
    return numbers.first { self[$0]?.isPlaced(item, amongUsed: true) == true }
      ?? numbers.first { self[$0]?.isUsed == false && self[$0]?.isPlaced(item, amongUsed: false) == true }
  }
}

extension Manifest.Item {
  fileprivate var shared: Manifest.Item {
    var item = self
    item.isShared = true
    return item
  }
}
