import Testing

@testable import Batch
@testable import UserConfiguration
@testable import Editing
@testable import Options
@testable import Plantain
@testable import Reports

/// Options are written as they are read, so that a failed job is the same job when it is read again.
@Suite struct `Options by their names` {
  private static let examples: [String: [String]] = [
    "aspect": ["source", "auto", "16:9"], "tier": ["0.5K", "4K"], "model": ["m-1"], "count": ["3"],
    "thinking": ["minimal", "high"], "max-bytes": ["7MB", "1234567"], "request-bytes": ["9MB"],
    "max-edge": ["none", "900"], "format": ["jpeg", "png"], "quality": ["80"],
    "background": ["#0a1b2c", "red"],
    "max-pixels": ["5000"], "page": ["2"], "keep": ["copyright"], "fit": ["pad", "crop"],
    "allow": ["svg", "jp2"],
    "output-format": ["webp"], "timeout": ["90s", "1500ms"], "price": ["0.05USD", "1EUR"],
    "region": ["1,2,3,4", "25%,0,50%,12.5%"], "feather": ["3"], "max-drift": ["2.5"],
    "max-output-bytes": ["2MB"],
    "mask": ["/m.png", "https://example.com/m.png"], "mask-edits": ["transparent"], "compare": ["/c.png"],
    "align": ["false", "true"], "match-color": ["false"],
  ]

  @Test(arguments: OptionRow.ofEdits.map(\.name)) func `an option reads back unchanged`(name: String) throws {
    let option = try #require(OptionRow.ofEdits(named: name)?.setting)
    for value in Self.examples[name] ?? ["true"] {
      var options = EditOptions()
      #expect(option.set(&options, value, "/folder"))
      let texts = OptionRow.texts(of: options)
      #expect(Array(texts.keys) == [name])
      var again = EditOptions()
      #expect(option.set(&again, try #require(texts[name]), "/elsewhere"))
      #expect("\(again)" == "\(options)", "\(name) \(value)")
    }
  }

  @Test func `the options of requests are options of an edit`() {
    for (option, _) in Gateway.google.fields.options {
      #expect(OptionRow.ofEdits(named: option) != nil, "\(option)")
    }
  }

  @Test func `default values are not written`() { #expect(OptionRow.texts(of: EditOptions()).isEmpty) }

  @Test(arguments: OptionRow.ofEdits.map(\.name)) func `reports name what changes the work`(name: String)
    throws
  {
    let setting = try #require(OptionRow.ofEdits(named: name)?.setting)
    for value in Self.examples[name] ?? ["true"] {
      var options = EditOptions()
      #expect(setting.set(&options, value, "/folder"))
      let words = OptionRow.words(of: options)
      let isShown = setting.changesWork && name != "model" && name != "tier"
      #expect(words.map { $0.split(separator: " ")[0] } == (isShown ? [Substring(name)] : []), "\(words)")
    }
  }

  @Test func `reports write values for people`() throws {
    var options = EditOptions()
    options.preparation.maximumBytes = .megabytes(7)
    (options.finish.aligns, options.finish.matchesColor) = (true, false)
    options.finish.mask = .file("/a/m.png")
    #expect(
      OptionRow.words(of: options) == [
        "max-bytes 7,000,000 bytes", "align", "match-color false", "mask m.png",
      ])
  }
}
