import Batch
import Editing
import PictureFormats
import PictureWork
import Core

/// The names under the pictures of one row of a contact sheet.
package struct SheetNames: Sendable {
  struct Cell: Sendable {
    package let name: String
    /// In pixels.
    package let left: Int
    package let width: Int
  }

  let cells: [Cell]
  package let width: Int
  package let height: Int

  /// The names as an SVG drawing: the SVG library draws text in every script that the system has fonts for.
  var drawing: [UInt8] {
    let size = Double(height) * 0.68
    let texts = cells.map { cell in
      """
      <svg x="\(cell.left)" y="0" width="\(cell.width)" height="\(height)">\
      <text x="\(cell.width / 2)" y="\(size * 1.1)" \
      text-anchor="middle" font-family="sans-serif" \
      font-size="\(size)" fill="#e8e5de">\(shown(cell, size))</text></svg>
      """
    }
    let svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)">\
      <rect width="100%" height="100%" fill="#303030"/>\(texts.joined())</svg>
      """
    return Array(svg.utf8)
  }

  /// The name shortened to fit: its beginning, and its end, by which numbered files differ. Characters that
  /// XML does not allow or that change the text direction are replaced.
  private func shown(_ cell: Cell, _ size: Double) -> String {
    let maximum = max(8, Int(Double(cell.width) / (size * 0.56)))
    let scalars = cell.name.unicodeScalars.map { scalar -> Character in
      [.control, .format, .privateUse, .unassigned].contains(scalar.properties.generalCategory)
        ? "·" : Character(scalar)
    }
    let ending = maximum * 2 / 5
    let kept =
      scalars.count <= maximum
      ? scalars : scalars.prefix(maximum - 1 - ending) + ["…"] + scalars.suffix(ending)
    let entities: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
    return kept.map { entities[$0] ?? String($0) }.joined()
  }
}

extension ImageProcessor {
  /// The names as pixels, three bytes each, row by row.
  ///
  /// - Returns: `nil` when nothing can draw text: decoders that run in this process do not read SVG, and some
  ///   libraries are built without it.
  package func pixels(of names: SheetNames) async -> [UInt8]? {
    let drawing = Reference.bytes(PictureBytes(names.drawing), name: "names.svg")
    // Small drawings are rendered at a larger size; this limit undoes it.
    let edge = max(names.width, names.height)
    guard let drawn = await small(drawing, as: .png, edge: edge, allowing: ["svg"]) else { return nil }
    return try? await pixels(of: drawn.bytes, over: ContactSheet.background).bytes
  }
}
