import Preparation
import Core
package import Editing
import Finishing
import Gateways
import PictureFormats
import Ledger
import Submission

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A unit of work that is paid for once: an item, and the items whose pictures have the same bytes.
package struct BatchJob: Sendable {
  /// The item, with its variant number where several lines request the same content.
  package let item: Manifest.Item
  /// The other pictures of a folder with the same bytes: the result is written for each of them.
  package let same: [Manifest.Item]

  package var items: [Manifest.Item] { [item] + same }

  /// The items whose outputs exist already, whatever created those.
  package var existing: [(item: Manifest.Item, outputs: [String])] {
    items.compactMap { item in item.existing.map { (item, $0) } }
  }

  /// The job without the items on those lines; `nil` when none remain.
  package func without(_ lines: some Collection<Int>) -> BatchJob? {
    guard !lines.isEmpty else { return self }
    let rest = items.filter { !lines.contains($0.line) }
    return rest.first.map { BatchJob(item: $0, same: Array(rest.dropFirst())) }
  }
}

/// All jobs of a manifest, in its order.
package struct BatchJobs: Sendable {
  package var all: [BatchJob] = []
  /// The line numbers of each group of variants.
  package var variants: [[Int]] = []
}

/// Groups the items that request the same content, before anything is sent: equal lines of a manifest are
/// variants, each paid for; equal pictures of a folder are one job.
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
        for (position, (number, isKnown)) in zip(group, numbers) {
          items[position]?.variant = number
          items[position]?.isKnownVariant = isKnown
          // Two lines may be the outputs of one result that was copied before.
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

  /// The positions of the items that request the same content, in groups; each group is in the items' order.
  private func equalItems(of items: [Manifest.Item]) async throws(PlantainError) -> [[Int]] {
    // The pictures are read only where all else is equal.
    let alike = Dictionary(grouping: items.indices) { Self.outline(of: items[$0]) }.values.filter {
      $0.count > 1
    }
    var digests: [String: String] = [:]
    var groups: [[Int]] = []
    for positions in alike {
      var byKey: [String: [Int]] = [:]
      for position in positions {
        let item = items[position]
        // An unreadable picture is reported when its job runs.
        let keys = try? await keys(of: item.prompt, item.references, item.options, known: &digests)
        if let key = keys?.first?.text { byKey[key, default: []].append(position) }
      }
      groups += byKey.values
    }
    return groups
  }

  /// The parts of an item that are known without reading its pictures.
  private static func outline(of item: Manifest.Item) -> [String] {
    let pictures = (item.references + [item.options.finish.mask].compactMap(\.self)).map { reference in
      if case .file = reference { "\(reference.expectedSize.bytes)" } else { "\(reference)" }
    }
    return [item.prompt, item.options.preparation.allowed.sorted().joined(separator: ",")]
      + StoredNames.texts(of: item.options) + pictures
  }

  /// The variant number of each of several equal lines: that of the variant with the line's output; else that
  /// of one that was paid for and has the output of none of the lines, whose result is copied; else the next
  /// free one.
  private func numbers(
    of items: [Manifest.Item]
  ) async throws(PlantainError) -> [(number: Int, isKnown: Bool)] {
    let keys = try await keys(of: items[0].prompt, items[0].references, items[0].options)
    let known = try await knownVariants(keys, beyond: items.count)
    var taken: Set<Int> = []
    var numbers = items.map { item -> Int? in
      let own = known.number(placedAt: item)
      // Equal pictures of a folder that failed share one number in the manifest of failed items.
      guard let number = own ?? item.variant else { return nil }
      taken.insert(number)
      return number
    }
    let open = numbers.indices.filter { numbers[$0] == nil }
    let moved = known.numbers(without: taken, maximum: open.count)
    for (position, number) in zip(open, moved) { numbers[position] = number }
    taken.formUnion(moved)
    for position in open.dropFirst(moved.count) {
      var free = 1
      while taken.contains(free) || known[free]?.isUsed == true { free += 1 }
      numbers[position] = free
      taken.insert(free)
    }
    return numbers.compactMap { number in number.map { ($0, moved.contains($0)) } }
  }

  /// The variant number of a line without an equal in its manifest: that of the variant with the line's
  /// output; else that of any done variant, whose result is copied; else that of one whose outcome is
  /// unknown.
  package func number(of item: Manifest.Item, _ keys: [JobKey]) async throws(PlantainError) -> Int {
    if let number = item.variant { return number }
    let known = try await knownVariants(keys, beyond: 1)
    let used = known.filter(\.value.isUsed)
    return known.number(placedAt: item) ?? used.filter(\.value.isDone).keys.min() ?? used.keys.min() ?? 1
  }

  /// Whether another output has taken the variant's number meanwhile: other processes share the ledger.
  func isTaken(_ names: [String], from item: Manifest.Item) async throws(PlantainError) -> Bool {
    guard !item.isKnownVariant else { return false }
    let record = try await variantRecords(names.map { ($0, 1) })[1]
    return record.map { $0.isUsed && !$0.isPlaced(item, amongUsed: true) } ?? false
  }

  /// The variants of a job that the ledger knows. Some numbers may be missing because they were pruned.
  private func knownVariants(
    _ keys: [JobKey], beyond maximum: Int
  ) async throws(PlantainError) -> [Int: VariantRecord] {
    guard Path(store.path).exists else { return [:] }
    var maximum = maximum + Self.looksAhead
    while true {
      let names = (1...maximum).flatMap { number in keys.map { ($0.text(ofVariant: number), number) } }
      let known = try await variantRecords(names)
      guard let last = known.keys.max(), last > maximum - Self.looksAhead else { return known }
      maximum *= 2
    }
  }

  /// - Parameter names: job keys, each with the number of its variant.
  private func variantRecords(
    _ names: [(name: String, number: Int)]
  ) async throws(PlantainError) -> [Int: VariantRecord] {
    let numbers = Dictionary(names, uniquingKeysWith: { first, _ in first })
    let all = names.map(\.name)
    var known: [Int: VariantRecord] = [:]
    for entry in try await store.with({ ledger throws(LedgerError) in try await ledger.edits(ofJobs: all) }) {
      guard let number = entry.jobKey.flatMap({ numbers[$0] }) else { continue }
      let attempts = try await store.attempts(of: entry)
      let states = attempts.map { $0.settledState(isLive: false) }
      known[number, default: VariantRecord()].entries.append((entry, AttemptState.combined(states)))
      if attempts.contains(where: store.isLive) { known[number]?.isLive = true }
    }
    return known
  }

  /// How many numbers beyond the highest known one are looked up: pruned ones leave gaps.
  private static let looksAhead = 4
}

/// The edits of one variant.
struct VariantRecord {
  package var entries: [(entry: EditEntry, state: AttemptState)] = []
  /// Whether a process is working on one of them.
  var isLive = false

  /// The edits that were paid for, or may have been.
  private var used: [EditEntry] {
    entries.filter { ![.prepared, .unbilled].contains($0.state) }.map(\.entry)
  }

  /// Whether the variant's number is taken.
  var isUsed: Bool { !used.isEmpty }
  var isDone: Bool { entries.contains { $0.state == .done } }

  func isPlaced(_ item: Manifest.Item, amongUsed: Bool) -> Bool {
    guard let plan = try? OutputPlan(item.options, first: item.references.first) else { return false }
    return (amongUsed ? used : entries.map(\.entry)).contains(where: plan.isPlace)
  }
}

extension [Int: VariantRecord] {
  /// The numbers of variants that were paid for, or may have been, in order. Those that are done are
  /// preferred.
  ///
  /// - Parameter taken: the numbers to leave out.
  func numbers(without taken: Set<Int>, maximum: Int) -> [Int] {
    let open = filter { !taken.contains($0.key) && $0.value.isUsed && !$0.value.isLive }
    let done = open.filter(\.value.isDone).keys.sorted()
    let others = Set(open.keys).subtracting(done).sorted()
    return (done + others).prefix(maximum).sorted()
  }

  /// The lowest number of a variant with the item's output: first among the variants that were paid for, then
  /// among those that only failed attempts of that output used.
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
