public import Batch
public import Editing
import Finishing
import PictureFormats
import PictureWork
import Core

extension BatchRecord {
  /// Checks that a report and a contact sheet can be written, before anything is sent. An earlier report is
  /// replaced; any other file only if `overwriting` is set, and never one that the run reads or writes.
  ///
  /// - Parameters:
  ///   - report: the path of the report; `nil`: none.
  ///   - contactSheet: the path of the contact sheet; `nil`: none.
  ///   - manifest: the edits of the run.
  ///   - overwriting: whether other existing files are replaced. Default: `false`.
  /// - Throws: `PlantainError` with the code `usage` for a wrong extension, or a path that the run itself
  ///   uses, `outputExists` or `outputNotWritable` when a file cannot be written.
  public static func requireWritable(
    report: String?, contactSheet: String?, beside manifest: Manifest, overwriting: Bool = false
  ) throws(PlantainError) {
    if let report, !report.lowercased().hasSuffix(".html") {
      throw .usage("expected a file name ending in .html for the report, received \(report)", hint: nil)
    }
    if let contactSheet { _ = try sheetFormat(contactSheet) }
    let (results, sources) = manifest.places
    for path in [report, contactSheet].compactMap(\.self) {
      let place = Path(path).canonical
      // An output without an extension gets that of its picture later.
      let names = [place, place.withoutExtension]
      guard !sources.contains(place), results.isDisjoint(with: names) else {
        throw .usage("the batch itself reads or writes \(path)", hint: "Choose another file name.")
      }
      do throws(WriteError) {
        try OutputFile.check(
          path, overwriting: overwriting || ReportPage.isReport(path) || SheetMark.isIn(path))
        try OutputFile.prepareFolder(of: path)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  fileprivate static func sheetFormat(_ path: String) throws(PlantainError) -> PictureFormat {
    guard let format = OutputPlan.format(byNameOf: path), format.isWritable else {
      throw .usage("cannot write a picture as \(path)", hint: "Use a name ending in .jpg, .png or .webp.")
    }
    return format
  }
}

extension Manifest {
  /// The paths of the results, without an extension where that is not known in advance, and the paths that
  /// are read.
  fileprivate var places: (results: Set<Path>, sources: Set<Path>) {
    var sources = Set([path].compactMap(\.self).map { Path($0).canonical })
    for case .file(let path) in items.flatMap(\.references) { sources.insert(Path(path).canonical) }
    return (Set(items.compactMap(\.place).map { Path($0).canonical }), sources)
  }
}

extension Editor {
  /// Writes a contact sheet of all jobs that have a result, in the manifest's order: each original with its
  /// result to its right and its name below. Names need isolated workers, which can draw them. Without
  /// results, nothing is written.
  ///
  /// - Parameters:
  ///   - record: the outcomes of the run.
  ///   - path: the file; its extension sets the format: jpg, png or webp.
  /// - Throws: `PlantainError` with the code `outputNotWritable` when it cannot be written, `usage` for
  ///   another extension.
  public func writeContactSheet(of record: BatchRecord, to path: String) async throws(PlantainError) {
    let format = try BatchRecord.sheetFormat(path)
    let entries = record.sorted.filter { !$0.outputs.isEmpty }
    guard !entries.isEmpty else { return }
    var sheet = ContactSheet(count: entries.count)
    await forEachPanels(entries, edge: sheet.edge) { entry, panels in
      let cell = SheetCell(await pixels(of: panels, edge: sheet.edge), entry.name, edge: sheet.edge)
      if !sheet.hasRoom(for: cell) { await endRow(&sheet) }
      sheet.add(cell)
    }
    await endRow(&sheet)
    let picture: PictureBytes
    do {
      picture = try await processor.encode(sheet.rows, as: ContactSheet.encoding(of: format))
    } catch {
      throw .unexpected(error)
    }
    try await onPool { () throws(PlantainError) in
      do throws(WriteError) {
        let marked = picture.adding(SheetMark.metadata, as: format)
        try OutputFile.write(PictureContent(marked), to: path, overwriting: true)
      } catch {
        throw .writing(error, path)
      }
    }
  }

  /// The pixels of panels; `nil` when there are none, or they are not as large as they should be.
  private func pixels(of panels: Panels?, edge: Int) async -> SheetCell.Pictures? {
    guard let panels, panels.panel.longestEdge <= edge,
      let pixels = try? await processor.pixels(of: panels.bytes, over: ContactSheet.background)
    else { return nil }
    return SheetCell.Pictures(panels, pixels)
  }

  private func endRow(_ sheet: inout ContactSheet) async {
    var names: [UInt8]?
    if let wanted = sheet.names { names = await processor.pixels(of: wanted) }
    sheet.endRow(names: names)
  }
}

/// A contact sheet: rows of cells, each with an original and its result, on a gray background. The pictures
/// set the width of a cell and the height of a row.
package struct ContactSheet: Sendable {
  /// The maximum width and height, which every format supports.
  private static let longest = 8_000
  private static let gap = 8
  static let background = RGBColor(red: 48, green: 48, blue: 48)

  /// The longest edge of each picture.
  package let edge: Int
  /// The number of cells in a row, if the pictures are landscapes.
  package let columns: Int
  /// The height of the names; 0 where they would be too small to read.
  private let nameHeight: Int
  private let width: Int
  /// The width of the widest row.
  private var used = 0
  private var pixels: [UInt8] = []
  private var row: [SheetCell] = []

  /// - Parameter count: the number of cells; at least 1.
  init(count: Int) {
    columns = Self.columns(for: count)
    let rows = (count + columns - 1) / columns
    let widest = (Self.longest - Self.gap) / columns / 2
    nameHeight = widest < 64 ? 0 : 22
    let maximum = min((Self.longest - Self.gap) / rows - nameHeight, widest)
    edge = max(16, min(320, maximum - 2 * Self.gap))
    width = columns * (2 * edge + 2 * Self.gap) + Self.gap
    pixels.reserveCapacity(3 * width * (rows * (edge + nameHeight + Self.gap) + Self.gap))
  }

  /// The number of columns that makes the sheet about as wide as high and leaves little of its last row
  /// empty. A cell is twice as wide as its pictures, which are mostly wider than high.
  private static func columns(for count: Int) -> Int {
    let fault = { (columns: Int) in
      let rows = (count + columns - 1) / columns
      let empty = 1 - Double(count) / Double(rows * columns)
      let shape = 2 * Double(columns) / (0.75 * Double(rows))
      return empty + 0.15 * max(shape, 1 / shape).squareRoot()
    }
    let maximum = max(1, Int(Double(count).squareRoot().rounded(.up)))
    return (1...maximum).min { fault($0) < fault($1) } ?? 1
  }

  /// Whether the cell fits into the current row.
  func hasRoom(for cell: SheetCell) -> Bool { row.isEmpty || end + Self.gap + cell.width + Self.gap <= width }

  package mutating func add(_ cell: SheetCell) { row.append(cell) }

  /// The right edge of the row's last cell.
  private var end: Int { row.reduce(0) { $0 + Self.gap + $1.width } }

  /// The names of the current row; `nil` when there are none, or they would be too small to read.
  package var names: SheetNames? {
    guard nameHeight > 0, !row.isEmpty else { return nil }
    var left = 0
    let cells = row.map { cell in
      defer { left += cell.width + Self.gap }
      return SheetNames.Cell(name: cell.name, left: left, width: cell.width)
    }
    return SheetNames(cells: cells, width: left - Self.gap, height: nameHeight)
  }

  /// - Parameter names: the pixels of `SheetNames`; `nil` when nothing can draw them.
  mutating func endRow(names: [UInt8]?) {
    let height = row.reduce(0) { max($0, $1.height) }
    let start = pixels.isEmpty ? Self.gap : pixels.count / 3 / width
    let below = height + (names == nil ? 0 : nameHeight) + Self.gap
    pixels.append(
      contentsOf: repeatElement(Self.background.red, count: (start + below) * 3 * width - pixels.count))
    let first = (width - Self.gap - end) / 2 + Self.gap
    used = max(used, end)
    var left = first
    for cell in row {
      cell.paste(into: &pixels, width: width, left: left, top: start + height - cell.height)
      left += cell.width + Self.gap
    }
    if let names { paste(names, width: left - Self.gap - first, left: first, top: start + height + 2) }
    row = []
  }

  private mutating func paste(_ names: [UInt8], width shown: Int, left: Int, top: Int) {
    guard names.count == 3 * shown * nameHeight else { return }
    for line in 0..<nameHeight {
      let start = 3 * ((top + line) * width + left)
      pixels.replaceSubrange(
        start..<start + 3 * shown, with: names[3 * line * shown..<3 * (line + 1) * shown])
    }
  }

  /// The finished sheet: all rows, without the columns that no row uses.
  var rows: RawPixels {
    let (left, height) = ((width - Self.gap - used) / 2, pixels.count / 3 / width)
    let size = PixelSize(width: used + Self.gap, height: height)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * size.pixelCount)
    for row in 0..<height {
      let start = 3 * (row * width + left)
      bytes += pixels[start..<start + 3 * size.width]
    }
    return RawPixels(bytes, PixelLayout(size, bands: 3))
  }

  static func encoding(of format: PictureFormat) -> PixelEncoding {
    switch format {
    case .jpeg: .jpeg(quality: 88)
    case .webp: .webp(quality: 85)
    default: .png
    }
  }
}

/// The pixels of one job's original and result, or of its result alone, with its name.
package struct SheetCell: Sendable {
  package let name: String
  /// In pixels.
  package let width: Int
  package let height: Int
  private let pictures: Pictures?

  /// The original and the result, or one of them.
  struct Pictures: Sendable {
    let pixels: RawPixels
    let width: Int
    let count: Int

    init(_ panels: Panels, _ pixels: RawPixels) {
      self.pixels = pixels
      width = panels.panel.width
      // The third panel is the map of changes.
      count = panels.count == 3 ? 2 : 1
    }
  }

  /// - Parameter pictures: `nil` when no picture can be read: the cell is then empty, so that every job keeps
  ///   its position.
  init(_ pictures: Pictures?, _ name: String, edge: Int) {
    self.name = name
    self.pictures = pictures
    guard let pictures else {
      (width, height) = (2 * edge + comparisonGap, edge)
      return
    }
    width = pictures.count * pictures.width + (pictures.count - 1) * comparisonGap
    height = pictures.pixels.size.height
  }

  func paste(into pixels: inout [UInt8], width whole: Int, left: Int, top: Int) {
    guard let pictures else { return }
    let (source, wide) = (pictures.pixels, pictures.width)
    for panel in 0..<pictures.count {
      let from = panel * (wide + comparisonGap)
      for row in 0..<height {
        let start = 3 * (row * source.size.width + from)
        let end = 3 * ((top + row) * whole + left + from)
        pixels.replaceSubrange(end..<end + 3 * wide, with: source.bytes[start..<start + 3 * wide])
      }
    }
  }
}
