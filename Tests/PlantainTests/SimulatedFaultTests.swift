import Foundation
import Plantain
import PlantainSimulator
import TestSupport
import Testing

@Suite(.endsInTime) struct `Every gateway over a real socket` {
  static let ids = Gateway.all.map(\.id)

  private func gateway(_ id: String) throws -> Gateway { try #require(Gateway.named(id)) }

  @Test(arguments: ids)
  func `an edit succeeds and is billed once`(id: String) async throws {
    let trial = try await Trial(gateway(id), [])
    let image = try #require(trial.result?.image, "\(String(describing: trial.error))")
    #expect(image.mediaType == .jpeg)
    #expect(trial.counts.received == 1)
    #expect(trial.counts.billed == 1)
    #expect(trial.keptReplies.isEmpty)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: Fault
    let code: PlantainError.Code
    let billed: PlantainError.Billing
    var isKept = false
    var timeout: Duration?

    var testDescription: String { name }
  }

  private static func status(_ status: Int, _ code: PlantainError.Code, _ billed: PlantainError.Billing)
    -> Row
  {
    Row(name: "status \(status)", fault: fault { $0.status = status }, code: code, billed: billed)
  }

  static let ends = [
    status(400, .requestRejected, .no), status(401, .keyRejected, .no), status(402, .outOfCredit, .no),
    status(404, .unknownModel, .no), status(413, .requestRejected, .no), status(422, .requestRejected, .no),
    status(500, .outcomeUnknown, .unknown), status(502, .outcomeUnknown, .unknown),
    status(504, .outcomeUnknown, .unknown), status(524, .outcomeUnknown, .unknown),
    Row(
      name: "a proxy's page",
      fault: fault {
        $0.status = 524
        $0.body = "<html><title>524: A timeout occurred</title></html>"
      }, code: .outcomeUnknown, billed: .unknown),
    Row(
      name: "a supplier's error inside a message",
      fault: fault {
        $0.status = 500
        $0.body =
          #"{"error":{"message":"{\"error\":{\"code\":429,\"message\":\"slow down\"}}","code":"500"}}"#
      }, code: .outcomeUnknown, billed: .unknown),
    Row(
      name: "reset instead of an answer", fault: fault { $0.connection = .resetReply },
      code: .outcomeUnknown, billed: .unknown),
    Row(
      name: "half an answer", fault: fault { $0.connection = .cutReply }, code: .outcomeUnknown, billed: .yes,
      isKept: true),
    Row(
      name: "silence", fault: fault { $0.connection = .stall }, code: .outcomeUnknown, billed: .unknown,
      timeout: .seconds(3)),
    Row(
      name: "silence after half an answer", fault: fault { $0.connection = .stallReply },
      code: .outcomeUnknown, billed: .yes, isKept: true, timeout: .seconds(3)),
  ]

  @Test(arguments: ids)
  func `every kind of failure happens once, without a retry`(id: String) async throws {
    for row in Self.ends {
      let trial = try await Trial(gateway(id), [row.fault]) { $0.timeout = row.timeout }
      let error = try #require(trial.error, "\(id), \(row.name)")
      #expect(error.code == row.code, "\(id), \(row.name): \(error)")
      #expect(error.billed == row.billed, "\(id), \(row.name): \(error)")
      #expect(trial.counts.received == 1, "\(id), \(row.name)")
      #expect(trial.keptReplies.count == (row.isKept ? 1 : 0), "\(id), \(row.name)")
    }
  }

  /// Whether the last byte had been sent by then is random. If not, nothing can have been billed.
  @Test(arguments: ids)
  func `a connection lost while sending is not billed twice`(id: String) async throws {
    let trial = try await Trial(gateway(id), [fault { $0.connection = .resetRequest }])
    if trial.result == nil { #expect(trial.error?.code == .outcomeUnknown) }
    #expect(trial.counts.received == (trial.result == nil ? 1 : 2))
    #expect(trial.counts.billed == (trial.result == nil ? 0 : 1))
  }

  @Test(arguments: ids)
  func `an edit is retried only after failures that cost nothing`(id: String) async throws {
    let busy = fault {
      $0.status = 429
      $0.retryAfter = "1"
      $0.times = 2
    }
    let trial = try await Trial(gateway(id), [busy, fault { $0.status = 503 }])
    #expect(trial.result != nil, "\(String(describing: trial.error))")
    #expect(trial.counts.received == 4)
    #expect(trial.counts.billed == 1)
  }

  @Test(arguments: ids)
  func `a missing picture is an error, and a wrong media type is a warning`(id: String) async throws {
    let empty = try await Trial(gateway(id), [fault { $0.hasNoPicture = true }])
    #expect(empty.error?.code == .noPicture, "\(String(describing: empty.error))")
    #expect(empty.counts.received == 1)
    let lie = try await Trial(gateway(id), [fault { $0.label = .webp }])
    #expect(lie.result?.image.mediaType == .jpeg)
    // A URL alone does not give the media type.
    if ["native-gemini", "images"].contains(try gateway(id).dialect.rawValue) {
      #expect(lie.result?.warnings.contains(.labelWrong) == true)
    }
  }

  @Test(arguments: Gateway.all.filter { $0.dialect != .nativeGemini }.map(\.id))
  func `downloads resume, expire, and never follow unsafe redirections`(id: String) async throws {
    let cut = try await Trial(gateway(id), [fault { $0.download = .cut }])
    #expect(cut.result != nil, "\(String(describing: cut.error))")
    #expect(cut.counts.downloads == 2)
    let expired = try await Trial(gateway(id), [fault { $0.download = .expired }])
    #expect(expired.error?.code == .outcomeUnknown)
    #expect(expired.error?.billed == .yes)
    #expect(expired.keptReplies.count == 1)
    let astray = try await Trial(gateway(id), [fault { $0.redirect = "https://169.254.169.254/latest" }])
    #expect(astray.error?.billed == .yes)
    let words = "169.254.169.254 is an address of this machine or its network"
    #expect(astray.error?.message.contains(words) == true, "\(String(describing: astray.error))")
    #expect([cut, expired, astray].allSatisfy { $0.counts.billed == 1 })
  }
}

@Suite(.endsInTime) struct `The native dialect` {
  private static let route = Gateway.crazyrouter

  @Test func `drafts are not results, unless there is nothing else`() async throws {
    for onlyThought in [false, true] {
      let faults = fault {
        $0.thoughts = 2
        $0.isOnlyThought = onlyThought
      }
      let trial = try await Trial(Self.route, [faults]) { $0.tier = .one }
      #expect(trial.result?.images.count == 1)
      // Drafts have the smallest tier.
      #expect(trial.result?.image.size.longestEdge == 1_264)
    }
    let only = try await Trial(Self.route, [fault { $0.isOnlyThought = true }])
    #expect(only.result?.images.count == 1)
  }

  @Test func `text instead of a picture is shown`() async throws {
    let trial = try await Trial(Self.route, [fault { $0.text = "I can't do that to a plantain." }])
    #expect(trial.error?.code == .noPicture)
    #expect(trial.error?.message.contains("I can't do that to a plantain.") == true)
  }

  @Test(arguments: [
    "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK",
    "SOMETHING_NEW",
  ])
  func `a blocked prompt is a refusal`(reason: String) async throws {
    let trial = try await Trial(Self.route, [fault { $0.blockReason = reason }])
    #expect(trial.error?.code == .refused)
    #expect(trial.error?.message.contains(reason) == true)
    #expect(trial.counts.received == 1)
  }

  @Test(arguments: [
    ("IMAGE_SAFETY", PlantainError.Code.refused), ("PROHIBITED_CONTENT", .refused),
    ("IMAGE_PROHIBITED_CONTENT", .refused), ("IMAGE_RECITATION", .refused), ("NO_IMAGE", .noPicture),
    ("IMAGE_OTHER", .noPicture), ("MAX_TOKENS", .noPicture), ("SOMETHING_NEW", .noPicture),
  ])
  func `a reply without a picture gives its reason`(reason: String, code: PlantainError.Code) async throws {
    let trial = try await Trial(Self.route, [fault { $0.finishReason = reason }])
    #expect(trial.error?.code == code)
    #expect(trial.error?.message.contains(reason) == true)
  }

  @Test(arguments: Fault.InText.allCases)
  func `a picture in the text is found`(place: Fault.InText) async throws {
    let trial = try await Trial(Self.route, [fault { $0.inText = place }])
    #expect(trial.result?.images.count == 1, "\(String(describing: trial.error))")
    #expect(trial.counts.downloads == (place == .address ? 1 : 0))
  }
}

@Suite(.endsInTime) struct `The task dialect` {
  @Test func `a slow task is polled until it is done, and gives several pictures`() async throws {
    let trial = try await Trial(.gccai, [fault { $0.polls = 20 }]) {
      $0.count = 3
      $0.output = .memory
    }
    #expect(trial.result?.images.count == 3, "\(String(describing: trial.error))")
    #expect(trial.counts.received == 1)
    #expect(trial.counts.billed == 1)
    #expect(trial.counts.questions == 21)
    #expect(trial.counts.downloads == 3)
  }

  @Test func `a failed task is not sent again`() async throws {
    let trial = try await Trial(.gccai, [fault { $0.taskFailure = "content policy violation" }])
    #expect(trial.error?.message.contains("content policy violation") == true)
    #expect(trial.counts.received == 1)
  }

  @Test func `a task that outlasts the timeout is pending, not failed`() async throws {
    let trial = try await Trial(.gccai, [fault { $0.polls = 1_000_000 }])
    #expect(trial.error?.code == .outcomeUnknown)
    #expect(trial.error?.hint?.contains("recover") == true)
    #expect(trial.counts.received == 1)
  }
}
