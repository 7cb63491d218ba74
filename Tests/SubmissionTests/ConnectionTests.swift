import Gateways
import TestSupport
import Testing
import Vocabulary

@testable import Submission

@Suite struct `Connections` {
  /// An answer that came faster than the end of the request once kept its connection for ever, until there was none left.
  @Test(.timeLimit(.minutes(2)))
  func `go back to their pool, however fast the answer is`() async throws {
    let answer = #"{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}]}"#
    try await ScriptedGateway.run(.reply(status: 200, body: answer)) { gateway in
      let submitter = Submitter(settings: ClientSettings(environment: [:]))
      let request = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [])
      let key = try APIKey("sk-canary-7f3a")
      let outgoing = Gateway.google.encode(request, baseURL: gateway.baseURL, key: key)
      let lost = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<32 {
          group.addTask {
            var lost = 0
            for _ in 0..<50 where lost == 0 {
              let reply = try? await submitter.send(outgoing, timeout: .seconds(10))
              if reply?.status != 200 { lost += 1 }
            }
            return lost
          }
        }
        return await group.reduce(0, +)
      }
      #expect(lost == 0)
      await submitter.close()
    }
  }
}
