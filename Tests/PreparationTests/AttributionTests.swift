import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite("Copyright and creator stay on request")
struct AttributionTests {
  private static let both = Attribution(creator: "Ida Núñez", copyright: "© 2026 Ida Núñez & Co. <all>")

  /// A file with the two names and other metadata in `place`, one of the locations that programs use.
  private func picture(_ place: String) throws -> [UInt8] {
    let size = PixelSize(width: 48, height: 32)
    let jpeg = try Synthetic.jpeg(size)
    let text = { (text: String?) in Array((text ?? "").utf8) }
    let iptc = { (set: UInt8, text: [UInt8]) in [0x1C, 2, set, 0, UInt8(text.count)] + text }
    let (creator, copyright) = (text(Self.both.creator), text(Self.both.copyright))
    let xmp = """
      <x:xmpmeta><rdf:Description><dc:creator><rdf:Seq><rdf:li>Ida Núñez</rdf:li></rdf:Seq></dc:creator>
      <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">\
      © 2026 Ida Núñez &amp; Co. &lt;all&gt;</rdf:li></rdf:Alt>
      </dc:rights><exif:GPSLatitude>1</exif:GPSLatitude></rdf:Description></x:xmpmeta>
      """
    switch place {
    case "exif":
      let named = PictureBytes(jpeg).adding(EmbeddedMetadata(Self.both), as: .jpeg).array
      return Embedded.segment(0xFE, Array("a secret".utf8), in: named)
    case "iptc":
      let block = Array("Photoshop 3.0\0".utf8) + Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 99]
      return Embedded.segment(
        0xED, block + iptc(90, text("Rome")) + iptc(80, creator) + iptc(116, copyright), in: jpeg)
    case "xmp":
      return Embedded.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Array(xmp.utf8), in: jpeg)
    case "png":
      let png = try Synthetic.png(size)
      let named = Embedded.chunk("tEXt", Array("Author\0".utf8) + creator, in: png)
      return Embedded.chunk("tEXt", Array("Copyright\0".utf8) + copyright, in: named)
    default:
      return PictureBytes(try Synthetic.webp(size)).adding(EmbeddedMetadata(Self.both), as: .webp).array
    }
  }

  @Test("the names are kept wherever they were", arguments: ["exif", "iptc", "xmp", "png", "webp"])
  func kept(_ place: String) throws {
    let source = try picture(place)
    for format in [MediaType?.none, .jpeg, .png, .webp] {
      let result = try prepare(source) {
        $0.keepsCopyright = true
        $0.format = format
      }
      let structure = try PictureStructure.read(result.bytes)
      #expect(structure.metadata == [.exif])
      #expect(structure.attribution == Self.both)
      #expect(!String(decoding: result.bytes.array, as: UTF8.self).contains("secret"))
      #expect(try decodedPixels(result.bytes.array).size == PixelSize(width: 48, height: 32))
      let without = try prepare(source) { $0.format = format }
      #expect(try PictureStructure.read(without.bytes).attribution.isEmpty)
    }
  }

  @Test("the byte limit includes the names")
  func withinLimit() throws {
    let source = try picture("exif")
    for limit in stride(from: 1_200, through: source.count, by: 97) {
      let result = try prepare(source) {
        $0.keepsCopyright = true
        $0.maximumBytes = ByteCount(limit)
      }
      #expect(result.bytes.count <= limit)
      #expect(try PictureStructure.read(result.bytes).attribution == Self.both)
    }
  }

  @Test("nothing is added if there was nothing")
  func nothing() throws {
    let jpeg = try Synthetic.jpeg(PixelSize(width: 48, height: 32))
    #expect(try prepare(jpeg) { $0.keepsCopyright = true }.bytes.array == jpeg)
  }
}
