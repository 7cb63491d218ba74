import InProcess
import Finishing
import Imaging
import PictureFormats
import Preparation
import Synchronization
import Core
import Isolation
import PictureWork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The worker process. It reads jobs from standard input, a socket to the program that started it, and does
/// them one at a time. It has no network, opens no files by name, and has no secrets in its environment.
@main
enum PlantainWorker {
  /// The maximum size of a picture file, the same as in the program itself.
  private static let largestFile = PictureFile.sizeLimit

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, arguments.last == "\(WorkerJob.version)",
      let parent = arguments.first.flatMap(Int32.init), isSocket(0)
    else {
      let message = Array(
        "plantain-worker is started by programs that use Plantain. Do not run it by hand.\n".utf8)
      _ = write(STDERR_FILENO, message, message.count)
      exit(WorkerJob.refusal)
    }
    guard Confinement.begin(parent: parent) else { exit(71) }
    ImagingRuntime.isExpendable = true
    let channel = WorkerChannel(adopting: 0)
    do throws(ChannelError) {
      while true {
        try serve(channel)
      }
    } catch {
      exit(error == .closed ? 0 : 76)
    }
  }

  private static func serve(_ channel: WorkerChannel) throws(ChannelError) {
    let limits = try doJob(channel)
    // The picture and its result are released by now.
    Confinement.tidyUp(after: limits)
  }

  /// Lifts the confinement of decoding and reports that decoding is finished. From here on, the work is on
  /// our own pixels.
  private static func finishDecoding(_ channel: WorkerChannel) {
    guard Confinement.lift() else { return }
    _ = try? channel.send(WorkerChannel.decoded)
  }

  private static func doJob(_ channel: WorkerChannel) throws(ChannelError) -> WorkerJob.Limits {
    let message = try channel.receive(largestFile: largestFile)
    let job = try MessageText.decode(WorkerJob.self, from: message.text)
    var messages = [message]
    for _ in 0..<job.further { messages.append(try channel.receive(largestFile: largestFile)) }
    let hasDecoded = Atomic(false)
    ImagingRuntime.whenDecoded = {
      if !hasDecoded.exchange(true, ordering: .relaxed) { finishDecoding(channel) }
    }
    defer { ImagingRuntime.whenDecoded = nil }
    let reply = try answer(job, messages)
    guard try channel.send(reply.text, file: reply.files.first.map(PictureContent.init)) else {
      throw .closed
    }
    for file in reply.files.dropFirst() {
      guard try channel.send([], file: PictureContent(file)) else { throw .closed }
    }
    return job.limits
  }

  private static func answer(
    _ job: WorkerJob, _ messages: [WorkerChannel.Message]
  ) throws(ChannelError) -> (text: [UInt8], files: [PictureBytes]) {
    let files = messages.compactMap(\.file)
    // Only a job without any picture has a message without a file.
    guard files.count == messages.count || files.isEmpty && job.further == 0 else { throw .malformed }
    defer { ImagingRuntime.finishThread() }
    switch job.kind {
    case .prepare:
      let options = try MessageText.decode(PreparationOptions.self, from: job.options)
      guard let file = files.first, Confinement.limit(to: job.limits) else { throw .malformed }
      let (answer, bytes) = PreparedReference.answer(preparing: PictureContent(file), options: options)
      return (try MessageText.encode(answer), [bytes].compactMap(\.self))
    case .finish:
      let options = try MessageText.decode(FinishingOptions.self, from: job.options)
      let pictures = try read(files, within: job.limits)
      guard let result = pictures.first else { throw .malformed }
      let (answer, results) = FinishedPicture.answer(
        finishing: result,
        beside: FinishingPictures(original: pictures.dropFirst().first, mask: pictures.dropFirst(2).first),
        options: options)
      return (try MessageText.encode(answer), results)
    case .mask:
      let question = try MessageText.decode(MaskQuestion.self, from: job.options)
      guard let mask = try read(files, within: job.limits).first else { throw .malformed }
      return (try MessageText.encode(question.answer(about: mask)), [])
    case .pixels, .encode, .simulate, .decoders:
      return try pixelAnswer(job, try read(files, within: job.limits))
    }
  }

  private static func read(
    _ files: [OpenFile], within limits: WorkerJob.Limits
  ) throws(ChannelError) -> [PictureBytes] {
    let pictures = files.compactMap { try? $0.readAll() }
    guard pictures.count == files.count, Confinement.limit(to: limits) else { throw .malformed }
    return pictures
  }

  /// Does a job on the program's own pictures.
  private static func pixelAnswer(
    _ job: WorkerJob, _ files: [PictureBytes]
  ) throws(ChannelError) -> (text: [UInt8], files: [PictureBytes]) {
    var answer: PixelAnswer
    var results: [PictureBytes] = []
    do {
      switch job.kind {
      case .pixels:
        guard let picture = files.first else { throw ChannelError.malformed }
        let question = try MessageText.decode(PixelQuestion.self, from: job.options)
        let pixels = try decodePixels(of: picture, over: question.background)
        (answer, results) = (.pixels(pixels.layout), [PictureBytes(pixels.bytes)])
      case .encode:
        guard let pixels = files.first else { throw ChannelError.malformed }
        let question = try MessageText.decode(EncodingQuestion.self, from: job.options)
        let picture = try encodePixels(RawPixels(pixels.array, question.layout), as: question.encoding)
        (answer, results) = (.picture, [picture])
      case .simulate:
        let edit = try MessageText.decode(SimulatedEdit.self, from: job.options)
        (answer, results) = (.picture, [try simulateEdit(edit, on: files.first)])
      case .decoders: answer = .decoders(try installedDecoders())
      case .prepare, .finish, .mask: throw ChannelError.malformed
      }
    } catch let error as ImagingError {
      answer = .failed(error)
    } catch let error as ChannelError {
      throw error
    } catch {
      throw .malformed
    }
    return (try MessageText.encode(answer), results)
  }

  private static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}
