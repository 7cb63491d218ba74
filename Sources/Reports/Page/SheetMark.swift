import Core
import PictureFormats

/// The mark that tells a contact sheet from a photograph: the next run replaces the one, and never the other.
enum SheetMark {
  private static let tool = "<xmp:CreatorTool>Plantain contact sheet</xmp:CreatorTool>"

  /// The XMP packet of a contact sheet.
  static var metadata: EmbeddedMetadata {
    EmbeddedMetadata(
      xmp: Array(
        """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">\
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
        xmlns:xmp="http://ns.adobe.com/xap/1.0/">\(tool)</rdf:Description></rdf:RDF></x:xmpmeta>\
        <?xpacket end="w"?>
        """.utf8))
  }

  /// Whether a file is a contact sheet. WebP has its metadata at the end, the other formats in front.
  static func isIn(_ path: String) -> Bool {
    guard let file = try? PictureFile.open(path) else { return false }
    let window = PictureWindow(PictureContent(file))
    let count = window.byteCount
    let mark = Array(tool.utf8)
    return [0..<min(count, portion), max(0, count - portion)..<count].contains { range in
      window.array(range).firstRange(of: mark) != nil
    }
  }

  private static let portion = 16_384
}
