import Imaging
import PictureFormats
import Preparation
import TestSupport
import Testing
import Core

@Suite("References outside a drawing's file")
struct DrawingTests {
  private func references(_ content: String, before: String = "") throws -> [String] {
    let svg = before + "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'>\(content)</svg>"
    return try PictureStructure.read(PictureBytes(Array(svg.utf8))).outsideReferences
  }

  @Test(
    "references outside the file are found",
    arguments: [
      "<image href='a.png' width='9'/>", "<image width=\"9\" xlink:href = \"a.png\"/>",
      "<svg:image xlink:href='a.png'></svg:image>", "<use href='a.png'/>", "<feImage href='\n a.png'/>",
      "<g><g><image\n\txlink:href='a.png'\n/></g></g>", "<pattern href='a.png'/>",
      "<rect fill='url(a.png)'/>", "<rect style=\"fill: url( 'a.png' ) red\"/>",
      "<style>rect { fill: url(a.png) }</style>", "<style><![CDATA[@import 'a.png';]]></style>",
      "<style>@import url(\"a.png\");</style>", "<!-- <image href='no.png'/> --><image href='a.png'/>",
      "<image data-x='>' href='a.png'/>", "<foreignObject><img src='a.png'/></foreignObject>",
      "<image href='a.png'/><image href='a.png'/>", "<rect fill='URL(a.png)'/>",
      "<style>rect { fill: Url(\"a.png\") }</style>", "<style>@IMPORT 'a.png';</style>",
      "<style>@Import URL(a.png);</style>",
    ])
  func found(content: String) throws {
    #expect(try references(content) == ["a.png"])
  }

  @Test(
    "references within the file, and those that draw nothing, are ignored",
    arguments: [
      "<image href='data:image/png;base64,AAAA'/>", "<use href='#a'/>", "<rect fill='url(#a)'/>",
      "<image href=''/>",
      "<a href='https://example.com/'><rect/></a>", "<script href='a.js'/>",
      "<text>href='a.png' url(a.png)</text>",
      "<!-- <image href='a.png'/>", "<rect fill='URL'/>", "<image xlink:href=' data:image/png;base64,AAAA'/>",
      "<style>rect { fill: red }</style><text>url(a.png)</text>", "<image href=a.png/>",
    ])
  func inside(content: String) throws {
    #expect(try references(content).isEmpty)
  }

  @Test("references before the drawing are found, too")
  func before() throws {
    let sheet = "<?xml version='1.0'?>\n<?xml-stylesheet type='text/css' href='a.css'?>\n"
    let type = "<!DOCTYPE svg [ <!ENTITY a \"x>\"> ] >\n"
    #expect(try references("<image href='b.png'/>", before: sheet + type) == ["a.css", "b.png"])
  }

  @Test("references are reported with their addresses")
  func said() throws {
    let images = (1...7).map { "<image href='https://example.com/\($0).png'/>" }.joined()
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='60'>\(images)</svg>"
    var options = PreparationOptions()
    options.allowed = ["svg"]
    let plan = try inspectPicture(PictureContent(PictureBytes(Array(svg.utf8))), options: options).plan
    #expect(plan.warnings == [.referencesLeftOut])
    let reason = try #require(plan.steps.first { $0.kind == .strip }).reason
    #expect(reason.contains("https://example.com/5.png and 2 more"))
    let plain = PictureContent(PictureBytes(try Samples.fixture("fields.svg")))
    #expect(try inspectPicture(plain, options: options).plan.warnings.isEmpty)
  }

  @Test(
    "the search takes no time, however often a reference begins",
    arguments: [
      "<image href='", "<!a", "<![CDATA[", "<style>url(", "url(   ", "<a b=", "<?", "<a b='url(", "<!x [",
      "=",
    ])
  func repeated(part: String) throws {
    let svg = "<svg width='80' height='60'>" + String(repeating: part, count: 40_000)
    #expect(try PictureStructure.read(PictureBytes(Array(svg.utf8))).outsideReferences.count <= 100)
  }
}
