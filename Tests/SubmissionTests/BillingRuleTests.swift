import Core
import Gateways
import TestSupport
import Testing

@testable import Submission

@Suite struct `What counts as billed` {
  private typealias State = AttemptState
  private typealias Event = AttemptState.Event

  /// Every valid transition. All others are refused.
  private static let table: [State: [Event: State]] = [
    .sending: [
      .settleBilled: .lost, .settleUnbilled: .unbilled, .settleResend: .writtenOff,
      .notSent: .unbilled, .refused: .unbilled, .lost: .ambiguous, .cut: .ambiguous, .abandon: .ambiguous,
      .begin: .accepted, .store: .stored,
    ],
    .accepted: [
      .settleBilled: .lost, .settleUnbilled: .unbilled, .settleResend: .writtenOff,
      .refused: .unbilled, .lost: .ambiguous, .cut: .ambiguous, .store: .stored,
      .findNothing: .withoutPicture, .findUnusable: .unusable, .finish: .done, .abandon: .accepted,
    ],
    .stored: [
      .settleBilled: .lost, .settleUnbilled: .unbilled, .settleResend: .writtenOff,
      .refused: .unbilled, .lost: .ambiguous, .store: .stored, .findNothing: .withoutPicture,
      .findUnusable: .unusable, .finish: .done, .abandon: .stored,
    ],
    .ambiguous: [
      .store: .stored, .begin: .accepted, .finish: .done, .settleBilled: .lost, .settleUnbilled: .unbilled,
      .settleResend: .writtenOff, .repeatAnswered: .unbilled,
    ],
    .withoutPicture: readable,
    .unusable: readable,
    .done: [.finish: .done],
    .lost: settled,
    .writtenOff: settled,
    .unbilled: settled,
  ]

  private static let readable: [Event: State] = [
    .store: .stored, .begin: .accepted, .finish: .done, .settleBilled: .lost, .settleUnbilled: .unbilled,
    .settleResend: .writtenOff,
  ]

  private static let settled: [Event: State] = [
    .store: .stored, .finish: .done, .settleBilled: .lost, .settleUnbilled: .unbilled,
    .settleResend: .writtenOff,
  ]

  @Test func `the transitions are exactly those of the table`() {
    for state in State.allCases {
      for event in Event.allCases {
        #expect(state.after(event) == Self.table[state]?[event], "\(state) \(event)")
      }
    }
  }

  @Test func `only an attempt that certainly cost nothing may be sent again`() {
    for state in State.allCases where state.permitsSendingAgain { #expect(state.billing == .no) }
    #expect(State.allCases.filter(\.permitsSendingAgain) == [.prepared, .unbilled])
  }

  @Test func `a possibly billed attempt stays so, unless a reply or the user says otherwise`() {
    let events = Event.allCases.filter { ![.settleUnbilled, .repeatAnswered].contains($0) }
    let spent: Set<State> = [.ambiguous, .withoutPicture, .unusable, .done, .lost, .writtenOff]
    for state in spent {
      for event in events {
        #expect(state.after(event).map { $0.billing != .no } ?? true)
      }
    }
    for state in [State.sending, .accepted, .stored] {
      for event in events where state.after(event)?.billing == .no {
        #expect(event == .refused || event == .notSent && state == .sending)
      }
    }
  }
}

@Suite struct `When to retry` {
  @Test func `waits double up to their maximum, with full jitter`() {
    var limits = RetryPlan.Limits()
    limits.rateLimits = 10
    var plan = RetryPlan(limits)
    let waits = (0..<8).map { _ in plan.next(after: .rateLimit, left: .seconds(1_000), random: 1) }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .wait(.seconds($0)) })
    var none = RetryPlan()
    #expect(none.next(after: .rateLimit, left: .seconds(1_000), random: 0) == .wait(.zero))
  }

  @Test func `the server's advice is the minimum, and too long an advice ends the attempts`() {
    var plan = RetryPlan()
    #expect(
      plan.next(after: .rateLimit, advice: .seconds(7), left: .seconds(100), random: 0.5)
        == .wait(.milliseconds(7_500)))
    #expect(plan.next(after: .rateLimit, advice: .seconds(61), left: .seconds(1_000), random: 0) == .giveUp)
    // Quotas are counted per minute. The jitter on top of a minute is no reason to give up.
    #expect(
      plan.next(after: .rateLimit, advice: .seconds(60), left: .seconds(1_000), random: 1)
        == .wait(.seconds(61)))
    #expect(plan.next(after: .rateLimit, advice: .seconds(9), left: .seconds(9), random: 0) == .giveUp)
  }

  @Test func `rate limits and faults are counted separately`() {
    var plan = RetryPlan()
    let faults = (0..<3).map { _ in plan.next(after: .fault, left: .seconds(100), random: 0) }
    #expect(faults == [.wait(.zero), .wait(.zero), .giveUp])
    #expect(plan.next(after: .rateLimit, left: .seconds(100), random: 0) == .wait(.zero))
    var never = RetryPlan(.none)
    #expect(never.next(after: .rateLimit, left: .seconds(100), random: 0) == .giveUp)
  }

  @Test func `a task is polled less and less often, until the timeout`() {
    var plan = PollPlan(interval: .seconds(2))
    #expect(plan.next(left: .seconds(100)) == .seconds(2))
    for _ in 0..<30 { _ = plan.next(left: .seconds(100)) }
    #expect(plan.next(left: .seconds(100)) == .seconds(10))
    #expect(plan.next(advice: .seconds(30), left: .seconds(100)) == .seconds(30))
    #expect(plan.next(left: .seconds(10)) == nil)
  }
}

@Suite(.endsInTime) struct `Proxies and certificate authorities from the environment` {
  @Test func `a proxy serves everything but loopback and the exceptions`() throws {
    let settings = ClientSettings(environment: [
      "HTTPS_PROXY": "proxy.example.com:3128", "HTTP_PROXY": "evil.example.com",
      "NO_PROXY": ".internal, b.org",
    ])
    #expect(settings.proxyName(for: "https://a.org/x") != nil)
    for direct in [
      "https://127.0.0.1:8080", "https://localhost/", "https://x.internal/", "https://b.org", "http://a.org",
    ] {
      #expect(settings.proxyName(for: direct) == nil, "\(direct)")
    }
    #expect(throws: ClientSettings.Mistake.self) {
      try ClientSettings(environment: ["https_proxy": "ftp://x"]).configuration(for: "https://a.org")
    }
  }

  @Test func `a request that the proxy refuses counts as not sent`() async throws {
    try await ScriptedGateway.run(.reply(status: 403, body: "")) { proxy in
      let sender = HTTPSender(settings: ClientSettings(environment: ["https_proxy": proxy.baseURL]))
      let request = EditRequest(prompt: "x", model: "m", tier: nil, shape: nil, references: [])
      let outgoing = Gateway.google.encode(
        request, baseURL: "https://images.example.com", key: try APIKey("sk-canary-7f3a"))
      let error = await #expect(throws: SubmissionError.self) {
        try await sender.send(outgoing, timeout: .seconds(120))
      }
      guard case .unreachable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let head = proxy.requests.first?.head ?? ""
      #expect(head.hasPrefix("CONNECT images.example.com:443 "))
      #expect(!head.contains("canary"))
      await sender.close()
    }
  }

  @Test func `an unreadable certificate authority file is named`() {
    #expect(throws: ClientSettings.Mistake(variable: "SSL_CERT_FILE", message: "/no/such.pem cannot be read"))
    {
      try ClientSettings(environment: ["SSL_CERT_FILE": "/no/such.pem"]).configuration(for: "https://a.org")
    }
  }
}
