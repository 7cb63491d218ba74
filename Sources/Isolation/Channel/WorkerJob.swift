package import Core

/// A job for a worker: the kind of work, its options, and its resource limits. The picture is attached to the
/// message.
package struct WorkerJob: Codable, Sendable {
  /// The resource limits of one job.
  package struct Limits: Codable, Sendable, Equatable {
    /// The estimated maximum memory of the work. The system can limit only address space, which is more than
    /// memory in use, so that limit is set higher (`Confinement.limit`).
    package var memory: ByteCount
    /// The CPU time for decoding in seconds, after which the system ends the worker.
    package var cpuSeconds: Int
    /// The wall-clock time for the rest of the work. Default: `nil`, no limit. The program enforces it, so it
    /// is not sent to the worker.
    package var encoding: Duration?

    private enum CodingKeys: CodingKey { case memory, cpuSeconds }

    package init(_ cost: WorkCost, encoding: Duration? = nil) {
      self.init(memory: cost.memory, cpuSeconds: cost.cpuSeconds, encoding: encoding)
    }

    package init(memory: ByteCount, cpuSeconds: Int, encoding: Duration? = nil) {
      self.memory = memory
      self.cpuSeconds = cpuSeconds
      self.encoding = encoding
    }
  }

  /// The version of the protocol between a program and its workers. It is raised when a message, an option or
  /// a reply changes (`WorkerMessageTests` compares them). A worker gets it as its last argument, and exits
  /// with `refusal` if its own version differs. Version 1, whose options were JSON, was not passed and ends
  /// in the same way.
  package static let version = 7
  /// The exit status of a worker that refuses the version.
  package static let refusal: Int32 = 64

  /// The kinds of work. Each has its options and its reply.
  package enum Kind: String, Codable, Sendable {
    case prepare, finish, mask, pixels, encode, simulate, decoders
  }

  /// The kind of work.
  package let kind: Kind
  /// The resource limits.
  package let limits: Limits
  /// The options of this kind of work, encoded by `MessageText`.
  package let options: [UInt8]
  /// How many pictures follow after the first, each in its own message. Default: 0.
  package let further: Int
  /// How many files a reply that has any contains, each in its own message. Default: 1.
  package let results: Int

  package init(kind: Kind, limits: Limits, options: [UInt8], further: Int = 0, results: Int = 1) {
    self.kind = kind
    self.limits = limits
    self.options = options
    self.further = further
    self.results = results
  }
}

/// Encodes and decodes the texts of messages. Both ends have the same version, so a text that cannot be
/// decoded is a bug.
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
