import Base64
import Foundation
import Gateways
import Testing
import Core

/// A reply read in chunks of `chunk` bytes; whole by default.
func lifted(_ reply: [UInt8], chunk: Int = .max, threshold: Int = ReplyLifter.usualThreshold) throws
  -> LiftedText
{
  var lifter = ReplyLifter(threshold: threshold)
  var rest = reply[...]
  while !rest.isEmpty {
    try Array(rest.prefix(chunk)).withUnsafeBytes { try lifter.take($0) }
    rest = rest.dropFirst(chunk)
  }
  return lifter.finish()
}

/// A reply that fits the limits.
func lifted(_ reply: String) -> LiftedText {
  (try? lifted(Array(reply.utf8))) ?? ReplyLifter().finish()
}

private func value(_ reply: String, chunk: Int = .max) throws -> JSONValue {
  let lifted = try lifted(Array(reply.utf8), chunk: chunk)
  return try #require(JSONValue(parsing: lifted.text, lifted: lifted))
}

private func pieces(_ value: JSONValue?) -> [String] {
  guard case .lifted(let pieces)? = value else { return [] }
  return pieces.map { piece in
    switch piece {
    case .text(let text): text
    case .value(let value): "<\(value.bytes.count)>"
    }
  }
}

@Suite struct `Lifting pictures out of replies` {
  /// Bytes whose Base64 text has every letter, `+` and `/` included.
  private static let picture = Data((0..<30_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) })
  private static let text = picture.base64EncodedString()

  @Test(arguments: [1, 2, 3, 7, 61, 1_000, 4_096, Int.max])
  func `pictures are lifted at any chunk boundary and in any spelling`(chunk: Int) throws {
    let slashes = Self.text.replacing("/", with: #"\/"#)
    let escaped = Self.text.replacing("+", with: #"\u002b"#).replacing("/", with: #"\u002F"#)
    let safe = Self.text.replacing("+", with: "-").replacing("/", with: "_")
    for text in [
      Self.text, slashes, escaped, safe, safe.replacing("=", with: ""),
      escaped.replacing("=", with: #"\u003d"#),
    ] {
      let reply = try value(#"{"data":"\#(text)","mimeType":"image/png","n":[1,"\#(text)"]}"#, chunk: chunk)
      #expect(try reply["data"]?.base64()?.array == Array(Self.picture))
      #expect(reply["mimeType"]?.string == "image/png")
      #expect(try reply["n"]?.elements.last?.base64()?.array == Array(Self.picture))
    }
  }

  @Test(arguments: [64, 76, 1_000], ["\\n", "\\r\\n"])
  func `pictures in lines are lifted`(length: Int, end: String) throws {
    var lines: [Substring] = []
    var rest = Self.text[...]
    while !rest.isEmpty {
      lines.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    let text = lines.joined(separator: end)
    for text in [text, text + end, end + text] {
      for chunk in [1, 5, 1_000, Int.max] {
        let reply = try value(#"{"data":"\#(text)"}"#, chunk: chunk)
        #expect(try reply["data"]?.base64()?.array == Array(Self.picture))
      }
    }
    let unpadded = try value(#"{"text":"![](data:image/png;base64,\#(text.replacing("=", with: ""))) done"}"#)
    #expect(pieces(unpadded["text"]) == ["![](data:image/png;base64,", "<30001>", ") done"])
  }

  @Test(arguments: [3_000, 3_001, 3_002, 30_000], [true, false])
  func `the last line and the kind of white space do not matter`(count: Int, padded: Bool) throws {
    let bytes = PictureBytes(Array(Self.picture.prefix(count)))
    let text = Array(Base64.encode(bytes, padded: padded).utf8)
    for length in [20, 64, 76, 1_100, text.count - 3] {
      for (between, end) in [("\\n", "\\n"), ("\\r\\n", ""), (" ", " \\n"), ("\\n\\n", "\\t")] {
        let lines = stride(from: 0, to: text.count, by: length).map {
          String(decoding: text[$0..<min(text.count, $0 + length)], as: UTF8.self)
        }
        let reply = try value(#"{"data":"\#(lines.joined(separator: between) + end)"}"#)
        #expect(try reply["data"]?.base64()?.array == bytes.array, "\(count) in lines of \(length)")
      }
    }
  }

  @Test func `text that is not quite Base64 is refused`() throws {
    let text = String(Self.text.prefix(4_000))
    for bad in ["\(text) *", "\(text)=", "\(text)\\nA", "A\\n\(text)=\(text)", "\(text)AA=A"] {
      let reply = try value(#"{"data":"\#(bad)"}"#)
      #expect(throws: Base64.DecodingError.self, "\(bad.suffix(6))") { try reply["data"]?.base64() }
    }
  }

  @Test func `a picture in the middle of a sentence is lifted`() throws {
    let text = Self.text.replacing("=", with: "")
    for (after, rest) in [
      (") and more", ") and more"), ("\\nHere it is.", "\nHere it is."), (" done", " done"), ("", nil),
      (
        "\\n\\nWords of more than any line, such as Donaudampfschiffahrt",
        "\n\nWords of more than any line, such as Donaudampfschiffahrt"
      ),
    ] {
      let reply = try value(#"{"text":"See ![it](data:image/png;base64,\#(text)\#(after)"}"#)
      #expect(
        pieces(reply["text"]) == ["See ![it](data:image/png;base64,", "<30001>"] + [rest].compactMap(\.self))
    }
  }

  @Test func `only the short rest reaches the JSON decoder`() throws {
    let reply = #"{"candidates":[{"data":"\#(Self.text)"},{"data":"\#(Self.text)"}]}"#
    #expect(lifted(reply).text.count < 150)
    #expect(lifted(reply).values.map(\.bytes.count) == [30_001, 30_001])
  }

  @Test func `texts are left unchanged`() throws {
    let text = (0..<2_000).map { "word\($0)" }
    let texts = [
      text.joined(separator: "\\n"), text.joined(separator: " "), text.joined(separator: "="),
      String(repeating: "x", count: 1_023), "https://host/" + String(repeating: "a/b-c_d.", count: 500),
      #"escapes \" \\ \/ \b \f \n \r \t \u00e9 \ud83c\udf4c \u12"#.dropLast(4) + "", "🍌 ünïcödé",
    ]
    for text in texts {
      for chunk in [1, 3, Int.max] {
        let reply = Array(#"{"text": "\#(text)", "n": [1.5e3, true, null]}"#.utf8)
        let lifted = try lifted(reply, chunk: chunk)
        #expect(lifted.values.isEmpty)
        #expect(lifted.text == reply)
      }
    }
  }

  @Test func `text that is not JSON passes through`() throws {
    for text in [
      #"<html><a href="x">it's</a></html>"#, #"a "quote that never ends"#, #"{"a":"\"#, #"{"a":"\u00"#,
      #"{"a":"\u0"}"#,
      "\"\n\"\n", "",
    ] {
      for chunk in [1, 2, Int.max] {
        #expect(String(decoding: try lifted(Array(text.utf8), chunk: chunk).text, as: UTF8.self) == text)
      }
    }
  }

  @Test func `a long run of letters that is not a picture is named, not lost`() throws {
    let reply = try value(#"{"text":"Ha: \#(String(repeating: "ha", count: 1_000))!"}"#)
    #expect(reply["text"]?.string == "Ha: …2,000 characters…!")
  }

  @Test func `a mark that the reply forges is plain text`() throws {
    let forged = "picture-1:0;"
    let reply = try value(#"{"a":"\#(Self.text)","b":"\#(forged)"}"#)
    #expect(reply["b"]?.string == forged)
  }

  @Test func `a reply that is too large is refused, with or without pictures`() throws {
    var wordy = ReplyLifter(textLimit: 1_000)
    let text = Array((#"{"text":""# + String(repeating: "words and ", count: 100)).utf8)
    #expect(throws: ReplyLifter.TooLarge.self) { try text.withUnsafeBytes { try wordy.take($0) } }
    var declared = ReplyLifter(expecting: 1_001, limit: 1_000)
    var sent = ReplyLifter(limit: 1_000)
    let (one, many) = ([UInt8](repeating: 0x20, count: 1), [UInt8](repeating: 0x20, count: 1_001))
    #expect(throws: ReplyLifter.TooLarge.self) { try one.withUnsafeBytes { try declared.take($0) } }
    #expect(throws: ReplyLifter.TooLarge.self) { try many.withUnsafeBytes { try sent.take($0) } }
  }
}
