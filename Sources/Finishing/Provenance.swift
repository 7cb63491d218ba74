/// How a picture was made, as written into its file (XMP, with the properties of the IPTC Photo Metadata
/// Standard 2025.1).
package struct Provenance: Sendable, Codable, Equatable {
  package var prompt: String?
  package var model: String?
  package var gateway: String?
  /// The time of writing, in ISO 8601.
  package var date: String?
  /// Whether the picture was made from a prompt alone; otherwise by editing a picture.
  package var isGenerated = false

  package init() {}

  /// In bytes. A JPEG has room for about 65,000 bytes of XMP in all.
  private static let longestPrompt = 40_000
  private static let longestName = 8_000

  /// The XMP packet.
  ///
  /// - Parameters:
  ///   - creator: the creator of the original.
  ///   - copyright: the copyright holder of the original.
  func packet(creator: String?, copyright: String?) -> String {
    // https://cv.iptc.org/newscodes/digitalsourcetype
    let source = isGenerated ? "trainedAlgorithmicMedia" : "compositeWithTrainedAlgorithmicMedia"
    let system = [model, gateway.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    let properties: [(String, String?)] = [
      ("Iptc4xmpExt:DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/\(source)"),
      ("Iptc4xmpExt:AISystemUsed", system.isEmpty ? nil : system),
      ("Iptc4xmpExt:AIPromptInformation", prompt),
      ("xmp:CreatorTool", "plantain"), ("xmp:ModifyDate", date), ("xmp:MetadataDate", date),
    ]
    let lists: [(String, String, String, String?)] = [
      ("dc:creator", "rdf:Seq", "<rdf:li>", creator),
      ("dc:rights", "rdf:Alt", #"<rdf:li xml:lang="x-default">"#, copyright),
    ]
    let lines =
      properties.compactMap { name, value in
        value.map { "<\(name)>\(Self.escaped($0, maximum: Self.longestPrompt))</\(name)>" }
      }
      + lists.compactMap { name, kind, item, value in
        value.map {
          """
          <\(name)><\(kind)>\(item)\(Self.escaped($0, maximum: Self.longestName))\
          </rdf:li></\(kind)></\(name)>
          """
        }
      }
    return """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
      xmlns:dc="http://purl.org/dc/elements/1.1/" \
      xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
      \(lines.joined(separator: "\n"))
      </rdf:Description>
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>
      """
  }

  /// Escapes text for XML: markup becomes entities, characters that XML cannot contain become spaces, and
  /// text that is too long is truncated.
  ///
  /// - Parameter maximum: the maximum length in bytes, as written.
  private static func escaped(_ text: String, maximum: Int) -> String {
    var result = ""
    var written = 0
    for character in text.unicodeScalars {
      guard written <= maximum else { return result + "…" }
      let before = result.utf8.count
      defer { written += result.utf8.count - before }
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\t", "\n", "\r": result.unicodeScalars.append(character)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += " "
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
