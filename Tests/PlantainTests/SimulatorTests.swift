import Plantain
import PlantainSimulator
import TestSupport
import Testing

@Suite(.endsInTime) struct `The simulator` {
  @Test(arguments: [
    ("{}", "it is not a JSON array of faults"), ("[1]", "fault 1: it is not an object"),
    (#"[{}, {"statsu": 1}]"#, "fault 2: there is no statsu"),
    (#"[{"status": 200}]"#, "fault 1: expected a whole number of 300…599 for status"),
    (#"[{"connection": "cut"}]"#, "received cut"), (#"[{"gateway": "nobody"}]"#, "no gateway called nobody"),
    (#"[{"body": "x"}]"#, "need a status"),
    (#"[{"status": 500, "connection": "stall"}]"#, "exclude each other"),
    (#"[{"drift": {"tint": [1]}}]"#, "expected three numbers"),
    (#"[{"drift": {"up": 1}}]"#, "there is no up"),
  ])
  func `an invalid fault script gives its mistake`(text: String, words: String) {
    let mistake = #expect(throws: FaultScript.Mistake.self) { try FaultScript.read(text) }
    #expect(mistake?.message.contains(words) == true, "\(String(describing: mistake))")
  }

  @Test func `every fault of a script is read`() throws {
    let faults = try FaultScript.read(
      #"""
      [{"gateway": "gccai", "times": 2, "status": 429, "body": "b", "retryAfter": 3, "billed": true},
       {"delay": 0.5, "connection": "cut-reply", "label": "image/webp", "noPicture": true, "thoughts": 2},
       {"onlyThought": true, "words": "no", "blockReason": "X", "finishReason": "Y", "inText": "address"},
       {"download": "cut", "redirect": "http://10.0.0.1/", "polls": 3, "taskFailure": "f"},
       {"drift": {"right": 3, "down": -2, "scale": 1.01, "tint": [1, 0.9, 1.1]}}]
      """#)
    #expect(faults.count == 5)
    #expect(faults[0].gateway == "gccai")
    #expect(faults[0].times == 2)
    #expect(faults[0].status == 429)
    #expect(faults[0].body == "b")
    #expect(faults[0].retryAfter == "3")
    #expect(faults[0].isBilled == true)
    #expect(faults[1].delay == .seconds(0.5))
    #expect(faults[1].connection == .cutReply)
    #expect(faults[1].label == .webp)
    #expect(faults[1].hasNoPicture)
    #expect(faults[1].thoughts == 2)
    #expect(faults[2].isOnlyThought)
    #expect(faults[2].text == "no")
    #expect(faults[2].blockReason == "X")
    #expect(faults[2].finishReason == "Y")
    #expect(faults[2].inText == .address)
    #expect(faults[3].download == .cut)
    #expect(faults[3].redirect == "http://10.0.0.1/")
    #expect(faults[3].polls == 3)
    #expect(faults[3].taskFailure == "f")
    #expect(faults[4].drift?.right == 3)
    #expect(faults[4].drift?.down == -2)
    #expect(faults[4].drift?.scale == 1.01)
    #expect(faults[4].drift?.tint == [1, 0.9, 1.1])
  }

  @Test func `a gateway's faults do not affect other gateways`() async throws {
    let elsewhere = fault {
      $0.gateway = "aimlapi"
      $0.status = 500
    }
    #expect(try await Trial(.google, [elsewhere]).result != nil)
    #expect(try await Trial(.aimlapi, [elsewhere]).error?.code == .outcomeUnknown)
  }

  @Test func `a fault without meaning in a dialect is reported`() async throws {
    let trial = try await Trial(.aimlapi, [fault { $0.thoughts = 2 }])
    #expect(trial.error?.message.contains("'thoughts' means nothing at aimlapi") == true)
  }

  @Test func `the returned picture is shifted by the requested pixels`() async throws {
    let straight = try await pixels([])
    let moved = try await pixels([
      fault {
        $0.drift = Fault.Drift()
        $0.drift?.right = 24
        $0.drift?.tint = [1, 1, 0.5]
      }
    ])
    let width = 1_024
    let row = 512 * width
    let places = stride(from: 100, to: 900, by: 7)
    func difference(at shift: Int) -> Int {
      places.map { abs(Int(straight[3 * (row + $0)]) - Int(moved[3 * (row + $0 + shift)])) }.reduce(0, +)
    }
    #expect(difference(at: 24) * 4 < difference(at: 0))
    let blue = places.map { Int(straight[3 * (row + $0) + 2]) }.reduce(0, +)
    let tinted = places.map { Int(moved[3 * (row + $0 + 24) + 2]) }.reduce(0, +)
    #expect(tinted * 10 < blue * 6)
  }

  private func pixels(_ faults: [Fault]) async throws -> [UInt8] {
    let trial = try await Trial(.simulator, faults, prompt: "warm") {
      $0.tier = .one
      $0.aspect = AspectRatio(parsing: "1:1").map { .ratio($0) }
    }
    let image = try #require(trial.result?.image)
    return try decodedPixels(image.bytes.array).pixels
  }
}
