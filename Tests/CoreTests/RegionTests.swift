import Testing
import Core

@Suite struct `Regions as text and pixels` {
  private static let size = PixelSize(width: 1_000, height: 600)

  @Test(arguments: [
    ("25%,25%,50%,50%", "250,150,500,300"), ("800x600+900+500", "900,500,800,600"),
    ("10,20,30,40", "10,20,30,40"), ("50%x50%+25%+25%", "250,150,500,300"), ("0,0,50%,100%", "0,0,500,600"),
    ("33.3%,0,33.4%,100%", "333,0,334,600"), (" 25% , 0, 10 , 20 ", "250,0,10,20"),
    // An area of less than a pixel becomes one pixel, also at the far edge.
    ("0%,0%,0.01%,0.01%", "0,0,1,1"), ("99.99%,99.99%,0.01%,0.01%", "999,599,1,1"),
    ("66.7%,0%,33.3%,100%", "667,0,333,600"),
    // A region may reach beyond the picture. Whether that is allowed is decided where the picture is known.
    ("60%,0%,50%,50%", "600,0,500,300"), ("-5%,0%,50%,50%", "-50,0,500,300"),
    ("900000000x1+900000000+0", "900000000,0,900000000,1"),
  ])
  func `a region becomes an area, and its text parses to itself`(text: String, area: String) throws {
    let region = try #require(Region(parsing: text))
    #expect(region.area(in: Self.size).description == area)
    #expect(Region(parsing: region.description) == region)
  }

  @Test(arguments: [
    "", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,-4", "0%,0%,0%,50%", "a,b,c,d", "nan%,0,1,1", "1e3%,0,1,1",
    "inf%,0,1,1", "%,%,%,%", "1,2,99999999999999999999,4", "1,2,99999999999999%,4", "800x600", "800x600+1",
    "800x600+1+2+3", "800+600+1+2", "x+1+2", "25.5,0,10,10", "5٪,0,1,1",
  ])
  func `any other text is refused`(text: String) { #expect(Region(parsing: text) == nil) }

  @Test func `a region in pixels gives its pixel area`() {
    #expect(Region(parsing: "1,2,30,40")?.pixels == PixelArea(parsing: "1,2,30,40"))
    #expect(Region(parsing: "1,2,30%,40")?.pixels == nil)
  }

  @Test func `a huge region never overflows`() throws {
    let far = try #require(Region(parsing: "1000000000%,1000000000,1000000000%,1000000000"))
    let area = far.area(in: PixelSize(width: 1_000_000, height: 1_000_000))
    #expect(area.right > area.left && area.bottom > area.top)
  }
}
