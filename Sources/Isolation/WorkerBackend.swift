package import Core
package import Finishing
package import PictureFormats
package import PictureWork
package import Preparation

/// Jobs as messages to a worker. A worker's reply is not trusted: its files are copied before they are used.
extension WorkerFleet: PictureBackend {
  package var isIsolated: Bool { true }

  package func prepare(
    _ inspection: PictureInspection, timeout: Duration?
  ) async throws -> PreparedReference {
    let (cost, source) = (inspection.cost, inspection.source)
    let limits = WorkerJob.Limits(
      memory: ByteCount(cost.memory.bytes + inspection.heldBytes), cpuSeconds: cost.cpuSeconds,
      encoding: timeout)
    let reply: Reply<PreparedReference.Answer> = try await ask(
      .prepare, inspection.options, about: [source], limits, largestResult: inspection.options.maximumBytes)
    try source.requireUnchanged()
    switch reply.answer {
    case .prepared(let facts): return PreparedReference(content: try reply.firstFile, facts: facts)
    case .failed(let error): throw error
    }
  }

  package func finish(
    _ result: PictureBytes, beside contents: FinishingContents, _ options: FinishingOptions, cost: WorkCost
  ) async throws -> FinishedPicture {
    // The worker tells the mask from the original by its position.
    let files = [PictureContent(result)] + [contents.original, contents.mask].compactMap(\.self)
    let reply: Reply<FinishedPicture.Answer> = try await ask(
      .finish, options, about: files, results: options.compares ? 2 : 1, WorkerJob.Limits(cost))
    switch reply.answer {
    case .finished(let facts):
      let files = try await reply.readFiles()
      return FinishedPicture(bytes: files[0], facts: facts, comparison: files.dropFirst().first)
    case .failed(let error): throw error
    }
  }

  package func readMask(
    _ mask: PictureContent, _ question: MaskQuestion, cost: WorkCost
  ) async throws -> MaskReading {
    let reply: Reply<MaskQuestion.Answer> = try await ask(
      .mask, question, about: [mask], WorkerJob.Limits(cost), largestResult: ByteCount(0))
    switch reply.answer {
    case .reading(let reading): return reading
    case .failed(let error): throw error
    }
  }

  package func pixels(
    of picture: PictureBytes, over background: RGBColor, cost: WorkCost
  ) async throws -> RawPixels {
    let reply: Reply<PixelAnswer> = try await ask(
      .pixels, PixelQuestion(over: background), about: [PictureContent(picture)], WorkerJob.Limits(cost))
    guard case .pixels(let layout) = try reply.answer.get() else { throw Self.wrongReply }
    let bytes = try await reply.readFirstFile()
    guard bytes.count == layout.size.pixelCount * layout.bands else { throw Self.wrongReply }
    return RawPixels(bytes.array, layout)
  }

  package func encode(
    _ pixels: RawPixels, as encoding: PixelEncoding, cost: WorkCost
  ) async throws -> PictureBytes {
    let reply: Reply<PixelAnswer> = try await ask(
      .encode, EncodingQuestion(pixels.layout, encoding), about: [PictureContent(PictureBytes(pixels.bytes))],
      WorkerJob.Limits(cost))
    guard case .picture = try reply.answer.get() else { throw Self.wrongReply }
    return try await reply.readFirstFile()
  }

  package func simulate(
    _ edit: SimulatedEdit, on picture: PictureBytes?, cost: WorkCost
  ) async throws -> PictureBytes {
    let reply: Reply<PixelAnswer> = try await ask(
      .simulate, edit, about: [picture].compactMap(\.self).map(PictureContent.init), WorkerJob.Limits(cost))
    guard case .picture = try reply.answer.get() else { throw Self.wrongReply }
    return try await reply.readFirstFile()
  }

  package func decoders() async throws -> InstalledDecoders {
    let reply: Reply<PixelAnswer> = try await ask(
      .decoders, NoOptions(), about: [], WorkerJob.Limits(.ofPixels(0)), largestResult: ByteCount(0))
    guard case .decoders(let decoders) = try reply.answer.get() else { throw Self.wrongReply }
    return decoders
  }

  private static let wrongReply = IsolationError.workerUnusable("its reply is one to another job")

  /// Sends a job to a worker.
  private func ask<Answer: Decodable & Sendable>(
    _ kind: WorkerJob.Kind, _ options: some Encodable, about files: [PictureContent], results: Int = 1,
    _ limits: WorkerJob.Limits, largestResult: ByteCount = Confinement.largestFile
  ) async throws -> Reply<Answer> {
    do {
      let job = WorkerJob(
        kind: kind, limits: limits, options: try MessageText.encode(options),
        further: max(0, files.count - 1), results: results)
      let reply = try await perform(job, files: files, largestResult: largestResult)
      return Reply(
        answer: try MessageText.decode(Answer.self, from: reply.text),
        files: reply.files.map(PictureContent.init))
    } catch is ChannelError {
      throw IsolationError.workerUnusable("a message cannot be encoded or decoded")
    } catch IsolationError.canceled {
      throw CancellationError()
    }
  }
}

/// A worker's decoded reply.
private struct Reply<Answer: Sendable>: Sendable {
  let answer: Answer
  let files: [PictureContent]

  var firstFile: PictureContent {
    get throws(IsolationError) {
      guard let file = files.first else { throw .workerUnusable("its reply has no file") }
      return file
    }
  }

  /// Copies the files into memory. There is at least one.
  func readFiles() async throws -> [PictureBytes] {
    _ = try firstFile
    return try await ThreadPool.shared.run {
      try files.map { file in
        do throws(ContentError) { return try file.read() } catch {
          throw IsolationError.workerUnusable("\(error)")
        }
      }
    }
  }

  func readFirstFile() async throws -> PictureBytes { try await readFiles()[0] }
}

extension PixelAnswer {
  fileprivate func get() throws(ImagingError) -> PixelAnswer {
    if case .failed(let error) = self { throw error }
    return self
  }
}
