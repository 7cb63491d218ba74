package import Core

/// What a worker is asked: the name of a kind of work, its options, and what it may use for it. The picture travels
/// beside it.
package struct WorkerJob: Codable, Sendable {
  /// What one piece of work may use.
  package struct Limits: Codable, Sendable, Equatable {
    /// What the work should take at most. The system can only limit address space, which is more than memory in use, so that
    /// limit is set higher (`Confinement.limit`).
    package var memory: ByteCount
    /// CPU time for decoding, after which the system ends the worker.
    package var cpuSeconds: Int
    /// How long the rest may take by the clock. `nil`: for ever. Only the program waits for it, so a worker is not told.
    package var encoding: Duration?

    private enum CodingKeys: CodingKey { case memory, cpuSeconds }

    package init(memory: ByteCount, cpuSeconds: Int, encoding: Duration? = nil) {
      self.memory = memory
      self.cpuSeconds = cpuSeconds
      self.encoding = encoding
    }
  }

  /// The version of everything that goes between a program and its workers: raised when a message, an option or an answer
  /// changes (`WorkerMessageTests` compares them). A worker is told it as its last argument, and ends with `refusal` where its
  /// own is another. Version 1, whose options were JSON, was not told, and ends in the same way.
  package static let version = 5
  package static let refusal: Int32 = 64

  package let kind: String
  package let limits: Limits
  /// The options of that kind of work, as `MessageText` writes them.
  package let options: [UInt8]
  /// How many more pictures follow, each in a message of its own.
  package let further: Int
  /// How many files an answer that has one brings, each in a message of its own.
  package let results: Int

  package init(kind: String, limits: Limits, options: [UInt8], further: Int = 0, results: Int = 1) {
    self.kind = kind
    self.limits = limits
    self.options = options
    self.further = further
    self.results = results
  }
}

/// The texts of messages. Both ends have one version, so a text that cannot be read is a defect.
package enum MessageText {
  package static func encode(_ value: some Encodable) throws(ChannelError) -> [UInt8] {
    do {
      return try MessageEncoder.encode(value).bytes
    } catch {
      throw .malformed
    }
  }

  package static func decode<Value: Decodable>(
    _ type: Value.Type, from text: [UInt8]
  ) throws(ChannelError) -> Value {
    let value = try MessageValue(text)
    do {
      return try MessageDecoder.decode(type, from: value)
    } catch {
      throw .malformed
    }
  }
}
