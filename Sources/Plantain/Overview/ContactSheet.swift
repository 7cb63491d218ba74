import Finishing
import Imaging
import Vocabulary

extension BatchRecord {
  /// Checks that a report and a contact sheet can be written, before anything is sent. Earlier ones are replaced, but nothing that
  /// the run reads or makes.
  ///
  /// - Throws: 64 for an extension that is not theirs, or a name that is taken; 73.
  public static func requireWritable(
    report: String?, contactSheet: String?, beside manifest: Manifest
  ) throws(PlantainError) {
    if let report, !report.lowercased().hasSuffix(".html") {
      throw .usage("expected a name that ends in .html for the report, received \(report)", hint: nil)
    }
    if let contactSheet { _ = try sheetFormat(contactSheet) }
    let taken = manifest.places
    for path in [report, contactSheet].compactMap(\.self) {
      let place = OutputFile.canonical(path)
      guard !taken.contains(place), !taken.contains(OutputPlan.withoutExtension(place)) else {
        throw .usage("\(path) is a name of the batch itself", hint: "Choose another name for it.")
      }
      do throws(WriteError) {
        try OutputFile.check(path, overwriting: true)
        try OutputFile.prepareFolder(of: path)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  fileprivate static func sheetFormat(_ path: String) throws(PlantainError) -> PictureFormat {
    guard let format = OutputPlan.format(byNameOf: path), format.isWritable else {
      throw .usage("cannot write a picture as \(path)", hint: "Give a name that ends in .jpg, .png or .webp.")
    }
    return format
  }
}

extension Manifest {
  /// What is read, and where results go; names of results without extension where that is not known before.
  fileprivate var places: Set<String> {
    var places = Set(items.compactMap(\.place).map(OutputFile.canonical))
    if let path { places.insert(OutputFile.canonical(path)) }
    for case .file(let path) in items.flatMap(\.references) { places.insert(OutputFile.canonical(path)) }
    return places
  }
}

extension Editor {
  /// Writes one picture of all jobs that have a result, in the manifest's order: each original with its result at its right.
  ///
  /// - Parameter path: its extension says the format: jpg, png or webp.
  /// - Throws: 73 when it cannot be written, 64 for another extension. Without results nothing is written.
  public func writeContactSheet(of record: BatchRecord, to path: String) async throws(PlantainError) {
    let format = try BatchRecord.sheetFormat(path)
    let entries = record.sorted.filter { !$0.outputs.isEmpty }
    guard !entries.isEmpty else { return }
    var sheet = ContactSheet(count: entries.count)
    await forEachPanels(entries, edge: sheet.edge) { entry, panels in
      sheet.add(panels)
    }
    let settled = sheet
    try await onPool { () throws(PlantainError) in
      do {
        let bytes = try settled.encoded(as: format)
        try OutputFile.write(PictureContent(bytes), to: path, overwriting: true)
      } catch let error as WriteError {
        throw .writing(error, path)
      } catch {
        throw .unexpected(error)
      }
    }
  }
}

/// Cells in rows, each with an original and its result, on a grey ground.
struct ContactSheet: Sendable {
  /// As wide and high as every format takes.
  private static let longest = 8_000
  private static let gap = 8
  private static let ground: UInt8 = 48

  /// The longest edge of each picture.
  let edge: Int
  let columns: Int
  private let size: PixelSize
  private var pixels: [UInt8]
  private var filled = 0

  /// - Parameter count: how many cells; at least 1.
  init(count: Int) {
    // A cell is twice as wide as high, so a square sheet has half as many columns as rows.
    columns = max(1, Int((Double(count) / 2).squareRoot().rounded(.up)))
    let rows = (count + columns - 1) / columns
    let most = min((Self.longest - Self.gap) / rows, (Self.longest - Self.gap) / columns / 2)
    edge = max(16, min(320, most - 2 * Self.gap))
    size = PixelSize(
      width: columns * (2 * edge + 2 * Self.gap) + Self.gap, height: rows * (edge + Self.gap) + Self.gap)
    pixels = [UInt8](repeating: Self.ground, count: 3 * size.pixelCount)
  }

  /// - Parameter panels: `nil`: the cell stays empty, so that each is where it is looked for.
  mutating func add(_ panels: Panels?) {
    let (column, row) = (filled % columns, filled / columns)
    filled += 1
    // What comes here was made by our own worker, from a decoded picture.
    guard let panels, let image = try? Image.decode(panels.bytes, as: .png), image.bands == 3,
      let source = try? image.realised().pixels()
    else { return }
    let left = Self.gap + column * (2 * edge + 2 * Self.gap)
    let top = Self.gap + row * (edge + Self.gap)
    let shown = panels.count == 3 ? [0, 1] : [0]
    for panel in shown {
      let from = panel * (panels.panel.width + comparisonGap)
      let place = panels.count == 3 ? panel : 1
      paste(
        source, panels, from: from, left: left + place * (edge + 2) + (edge - panels.panel.width) / 2,
        top: top + (edge - panels.panel.height) / 2)
    }
  }

  private mutating func paste(_ source: [UInt8], _ panels: Panels, from: Int, left: Int, top: Int) {
    let panel = panels.panel
    guard panel.width <= edge, panel.height <= edge else { return }
    for row in 0..<panel.height {
      let start = 3 * (row * panels.size.width + from)
      let end = 3 * ((top + row) * size.width + left)
      pixels.replaceSubrange(end..<end + 3 * panel.width, with: source[start..<start + 3 * panel.width])
    }
  }

  func encoded(as format: PictureFormat) throws(ImagingError) -> PictureBytes {
    let image = try Image.fromPixels(pixels, size: size, bands: 3)
    switch format {
    case .jpeg: return try image.encoded(as: .jpeg(quality: 88, halvedChroma: true))
    case .webp: return try image.encoded(as: .webp(quality: 85))
    default: return try image.encoded(as: .png)
    }
  }
}
