import Core
import Ledger
import Submission

/// One of the requests of an edit, with its attempts in the ledger.
struct EditPart {
  /// The numbers of the pictures that it asks for, counted from 1 among those of the job.
  let numbers: [Int]
  let attempts: [AttemptEntry]
}

extension EditEntry {
  /// The number of pictures that the job of the edit asks for, at least: the edit may ask for some of them.
  var asked: Int { max(count, numbers?.max() ?? 1) }

  /// The numbers of the pictures that the edit asks for; `nil` for a single picture, and in entries of
  /// earlier versions.
  var numbers: [Int]? { output?.numbers?.flatMap(\.self) }

  /// The numbers of the pictures that one of its requests asks for; empty if they are not numbered.
  func numbers(ofPart part: Int) -> [Int] {
    guard let numbers = output?.numbers, numbers.indices.contains(part - 1) else { return [] }
    return numbers[part - 1]
  }

  /// The requests of the edit. Those of an earlier version have no numbers, and are taken to share the
  /// pictures evenly.
  func parts(_ attempts: [AttemptEntry]) -> [EditPart] {
    let known = Dictionary(grouping: attempts, by: \.part)
    if let numbers = output?.numbers {
      // A route that was tried before may have needed more requests, none of which was billed.
      return numbers.enumerated().map { EditPart(numbers: $1, attempts: known[$0 + 1] ?? []) }
    }
    return known.sorted { $0.key < $1.key }.enumerated().map { position, part in
      let ends = [position, position + 1].map { count * $0 / known.count }
      return EditPart(numbers: Array(ends[0] + 1..<ends[1] + 1), attempts: part.value)
    }
  }

  /// The standing of each picture that the edit asks for, by its number.
  ///
  /// - Parameter standing: that of a request, by its attempts.
  func pictures(
    _ attempts: [AttemptEntry], _ standing: ([AttemptEntry]) -> EditStanding
  ) -> [Int: EditStanding] {
    guard count > 1 || output?.numbers != nil else { return [1: standing(attempts)] }
    let parts = parts(attempts).map { (numbers: $0.numbers, standing: standing($0.attempts)) }
    let (done, open) = (parts.filter(\.standing.isDone), parts.filter { !$0.standing.isDone })
    let (written, others) = writtenNumbers
    var pictures = written.reduce(into: [Int: EditStanding]()) { $0[$1] = .done }
    // Earlier versions numbered the pictures that came, whichever request had asked for them.
    var rest = (output?.numbers == nil ? parts.flatMap(\.numbers) : []).filter { !written.contains($0) }
    for part in open {
      let numbers = output?.numbers == nil ? Array(rest.prefix(part.numbers.count)) : part.numbers
      for number in numbers where pictures[number] == nil { pictures[number] = part.standing }
      rest.removeAll(where: numbers.contains)
    }
    let left = output?.numbers == nil ? rest : done.flatMap(\.numbers).filter { !written.contains($0) }
    // Earlier versions took a request for done, however few pictures it had brought.
    let absent = output?.numbers == nil ? EditStanding.forgone : .nothing
    // A picture whose number is unknown is one of them.
    let isRecorded = outputs?.isEmpty == false
    for (position, number) in left.enumerated() where pictures[number] == nil {
      pictures[number] = position < others || !isRecorded ? .done : absent
    }
    return pictures
  }

  /// The numbers of the pictures that were written, and the number of other files that were.
  private var writtenNumbers: (numbers: Set<Int>, others: Int) {
    let files = numberedFiles
    return (Set(files.compactMap(\.number)), files.count { $0.number == nil })
  }

  /// The written files, with the numbers of their pictures as far as their names tell, and their digests;
  /// empty if unknown.
  var numberedFiles: [(path: String, number: Int?, digest: String)] {
    guard let outputs else { return [] }
    // The results of an edit in memory may have been recovered to files.
    let plan = output.map { OutputPlan($0, asked: asked, comparison: nil, written: 0) }
    let numbers = plan?.numbers(ofResultsAt: outputs) ?? outputs.map { _ in nil }
    return outputs.indices.map { position in
      let number = numbers[position] ?? Self.number(in: outputs[position])
      let digest = digests.flatMap { $0.indices.contains(position) ? $0[position] : nil }
      return (outputs[position], number.flatMap { (1...asked).contains($0) ? $0 : nil }, digest ?? "")
    }
  }

  /// The number at the end of a result's name, where it was written to another output.
  private static func number(in path: String) -> Int? {
    let name = Path(path).stem
    guard let dash = name.lastIndex(of: "-") else { return nil }
    let digits = name[name.index(after: dash)...]
    return digits.allSatisfy(\.isASCII) ? Int(digits) : nil
  }
}
