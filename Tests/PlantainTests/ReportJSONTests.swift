import Core
import Finishing
import Testing

@testable import Editing
@testable import Ledger
@testable import Reports

@Suite struct `Reports and stored values that JSON cannot hold` {
  private struct Measured: Encodable {
    let values: [Double]
  }

  private struct Unusable: Encodable {
    func encode(to encoder: any Encoder) throws {
      throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "no such value"))
    }
  }

  @Test func `numbers that JSON lacks are texts`() throws {
    let text = try ReportJSON.encode(Measured(values: [1.5, .nan, .infinity, -.infinity]))
    #expect(String(decoding: text, as: UTF8.self) == #"{"values":[1.5,"NaN","Infinity","-Infinity"]}"#)
  }

  @Test func `a report that cannot be encoded is an error`() {
    let error = #expect(throws: PlantainError.self) { try ReportJSON.encode(Unusable()) }
    #expect(error?.code == .internalError && error?.exitStatus == 70)
  }

  /// The ledger would otherwise say that the result needs no finishing.
  @Test func `finishing options that cannot be stored are an error`() throws {
    var stored = StoredFinishing()
    #expect(try stored.text().contains("version"))
    stored.shown = StoredFinishing.Shown(left: .nan, top: 0, width: 4, height: 3)
    let error = #expect(throws: PlantainError.self) { try stored.text() }
    #expect(error?.code == .internalError && error?.billed == .no)
  }

  @Test func `routes on this machine are those with a loopback address`() {
    for (url, place) in [
      ("http://127.0.0.1:8080/v1", "this machine"), ("http://[::1]:9", "this machine"),
      ("https://127.example.com", "https://127.example.com"),
    ] {
      let record = RouteRecord(
        gateway: "g", baseURL: url, attempts: 1, good: 1, lastBad: nil, lastBadWords: nil)
      #expect(RouteHealth(record, nil).place == place)
    }
  }
}
