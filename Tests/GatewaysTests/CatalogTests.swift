import Gateways
import Testing
import Core

@Suite struct `The gateway catalog` {
  @Test(arguments: Gateway.all.map(\.id))
  func `every gateway is complete`(id: String) throws {
    let gateway = try #require(Gateway.named(id))
    #expect(gateway.limits.references > 0)
    #expect(gateway.limits.pictureBytes <= .megabytes(10))
    #expect(gateway.limits.formats.contains(.jpeg))
    #expect(!gateway.models.isEmpty)
    #expect(gateway.keyVariables.contains(id.uppercased() + "_API_KEY"))
    #expect(gateway.checked.count == 10)
  }

  @Test func `the nearest aspect ratio is chosen by the logarithm of the quotient`() {
    let model = Gateway.apiyi.defaultModel
    for (width, height, expected) in [
      (4000, 3000, "4:3"), (3000, 4000, "3:4"), (1024, 858, "5:4"), (100, 100, "1:1"), (1, 10_000, "1:8"),
      (1920, 1080, "16:9"),
    ] {
      #expect(model.nearestRatio(to: PixelSize(width: width, height: height)).description == expected)
    }
  }

  @Test func `the pixel sizes of Nano Banana 2`() {
    let ratio = AspectRatio(parsing: "16:9") ?? AspectRatio(1, 1)
    #expect(NanoBanana2.size(ratio, .half) == PixelSize(width: 688, height: 384))
    #expect(NanoBanana2.size(ratio, .one) == PixelSize(width: 1376, height: 768))
    #expect(NanoBanana2.size(ratio, .two) == PixelSize(width: 2752, height: 1536))
    #expect(NanoBanana2.size(ratio, .four) == PixelSize(width: 5504, height: 3072))
    #expect(NanoBanana2.ratios.count == 14)
  }

  /// A picture of a given size is requested with the aspect ratio nearest to that size.
  @Test func `every ratio of every model has a pixel size, and is the ratio nearest to it`() throws {
    for model in Gateway.all.flatMap(\.models) {
      for (tier, ratio) in model.tiers.flatMap({ tier in model.ratios.map { (tier, $0) } }) {
        let size = try #require(model.size(ratio, tier), "\(model.id) \(tier) \(ratio)")
        #expect(model.nearestRatio(to: size) == ratio, "\(model.id) \(tier) \(ratio)")
      }
    }
  }

  @Test func `a new model name is sent as it is, without a price`() {
    let model = Gateway.apiyi.model(named: "gemini-nano-banana-9")
    #expect(model.id == "gemini-nano-banana-9")
    #expect(model.prices.isEmpty)
  }
}

@Suite struct `API keys` {
  @Test func `a key prints as stars in every form`() throws {
    let key = try APIKey("sk-canary-7f3a")
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped, "\([key])", "\(APIKey.Source.value(key))"] {
      #expect(!text.contains("canary"))
      #expect(!text.isEmpty)
    }
    #expect(key.redacted(from: "wrong key: sk-canary-7f3a!") == "wrong key: ***!")
  }

  @Test(arguments: ["", " sk-1", "sk-1\n", "sk\r\nX-Evil: 1", "schlüssel"])
  func `text that no HTTP header may carry is not a key`(text: String) {
    #expect(throws: APIKey.KeyError.malformed) { try APIKey(text) }
  }
}

@Suite struct `Sizes and ratios as text` {
  @Test(arguments: [
    ("10MB", 10_000_000), ("10MiB", 10_485_760), ("500 KiB", 512_000), ("1.5mb", 1_500_000), ("1234", 1_234),
    ("7B", 7),
  ])
  func `valid byte counts are read`(text: String, bytes: Int) {
    #expect(ByteCount(parsing: text)?.bytes == bytes)
  }

  @Test(arguments: ["", "MB", "0", "-5", "10XB", "1e9", "ten", "99999999999999GB"])
  func `invalid byte counts are refused`(text: String) {
    #expect(ByteCount(parsing: text) == nil)
  }

  @Test func `aspect ratios are read and printed`() {
    #expect(AspectRatio(parsing: "16:9")?.description == "16:9")
    for bad in ["16", "0:9", "16:9:4", "a:b", "-1:2", ""] { #expect(AspectRatio(parsing: bad) == nil) }
  }
}
