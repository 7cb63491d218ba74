import Core
import PictureFormats
package import PictureWork
package import Preparation

extension ImageProcessor {
  /// Reads and prepares a picture. A picture that can be sent unchanged needs no decoder, and so no worker.
  ///
  /// - Parameters:
  ///   - isShared: whether the same picture may be used again, such as a style, a logo or a mask in the next
  ///     edit. Such a picture is identified by a hash of its bytes, which takes time to compute. Default:
  ///     `true`.
  ///   - timeout: the timeout of the steps after decoding, in a worker; `nil`: none. Default: `nil`.
  package func prepare(
    _ source: Reference, _ options: PreparationOptions, isShared: Bool = true, timeout: Duration? = nil
  ) async throws(PlantainError) -> PreparedReference {
    let source = try await source.fetched()
    let share = WeightedSemaphore.Share(of: budget)
    defer { share.giveBack() }
    do {
      let opened = try await opening.take { try await open(source, options, share, isShared: isShared) }
      let reference: PreparedReference
      switch opened.next {
      case .ready(let ready): reference = ready
      case .toDecode(let picture):
        if let digest = picture.digest {
          let job = Preparation(digest: digest, options: options)
          reference = try await prepared.value(for: job) { try await decode(picture.inspection, timeout) }
        } else {
          reference = try await decode(picture.inspection, timeout)
        }
      }
      return opened.isMislabeled ? reference.warning(of: .labelWrong) : reference
    } catch let error as PlantainError {
      throw error
    } catch let error as PreparationError {
      throw .preparing(error, source.name, mayBeCut: source.mayBeCut(options))
    } catch let error as IsolationError {
      throw .isolating(error, source.name)
    } catch let error as ContentError {
      throw .losing(error)
    } catch {
      throw .interrupted(.preparation)
    }
  }

  /// A picture whose header was read, and its next step.
  private struct Opened: Sendable {
    let next: Next
    let isMislabeled: Bool

    enum Next {
      case ready(PreparedReference)
      case toDecode(Undecoded)
    }
  }

  /// A picture that must be decoded.
  private struct Undecoded: Sendable {
    let inspection: PictureInspection
    let digest: String?
  }

  /// Reads the header, reserves the memory that the picture may need, and prepares a picture that needs no
  /// decoder. Preparing it here keeps at most one such picture in memory at a time.
  private func open(
    _ source: Reference, _ options: PreparationOptions, _ share: WeightedSemaphore.Share, isShared: Bool
  ) async throws -> Opened {
    await share.grow(by: source.expectedSize.bytes)
    let (inspection, isMislabeled) = try await onPool { () throws(PlantainError) in
      let opened = try source.open()
      do throws(PreparationError) {
        let inspection = try inspectPicture(opened.content, options: options)
        return (inspection, opened.isMislabeled(inspection.structure.format))
      } catch {
        throw PlantainError.preparing(
          error, source.name, mayBeCut: options.mayCut(opened.content))
      }
    }
    let needed = memory(for: inspection)
    guard needed.bytes <= budget.total else {
      throw PlantainError.overMemory(ByteCount(needed.bytes + programsOwn.bytes), limit: total, source.name)
    }
    await share.become(needed.bytes)
    let next: Opened.Next = try await ThreadPool.shared.run { [store] in
      if inspection.needsDecoder {
        return .toDecode(
          Undecoded(inspection: inspection, digest: isShared ? try inspection.source.sha256() : nil))
      }
      return .ready(try store.keep(passedReference(inspection)))
    }
    return Opened(next: next, isMislabeled: isMislabeled)
  }

  private func decode(
    _ inspection: PictureInspection, _ timeout: Duration?
  ) async throws -> PreparedReference {
    let reference: PreparedReference
    do {
      reference = try await run { try await $0.prepare(inspection, timeout: timeout) }
    } catch let error as IsolationError {
      // A file that changed may have exceeded the limits that were computed for the earlier file.
      try inspection.source.requireUnchanged()
      throw error
    }
    let isIsolated = backend.isIsolated
    return try await ThreadPool.shared.run { [store] in
      guard isIsolated else { return try store.keep(reference) }
      do throws(ContentError) {
        return reference.moved(to: try store.keep(reference.content))
      } catch {
        // A worker returns its result in a file that it could still change.
        throw IsolationError.workerUnusable("\(error)")
      }
    }
  }

  /// The memory that a picture may need. It includes the source if that is not in a file, and either a copy
  /// without private blocks, or the memory for decoding. An isolated worker needs two more copies of such a
  /// source: its own, and one in transit.
  private func memory(for inspection: PictureInspection) -> ByteCount {
    let (source, isFile) = (inspection.source.count, inspection.source.isInFile)
    guard inspection.needsDecoder else { return ByteCount(isFile ? inspection.heldBytes : 2 * source) }
    let copies = backend.isIsolated && !isFile ? 3 : 1
    return ByteCount(inspection.cost.memory.bytes + (isFile ? inspection.heldBytes : copies * source))
  }
}

extension PreparationOptions {
  /// Whether a truncated picture of this format could be read in part with `allowsTruncated`, which is off.
  func mayCut(_ picture: PictureContent) -> Bool {
    guard !settings.allowsTruncated, let format = try? PictureStructure.format(of: picture) else {
      return false
    }
    return [.jpeg, .png].contains(format)
  }
}

extension Reference {
  /// Whether `mayCut` holds for the picture. Standard input cannot be opened again to find its format, so it
  /// is assumed to be readable in part.
  fileprivate func mayBeCut(_ options: PreparationOptions) -> Bool {
    if case .standardInput = self { return !options.allowsTruncated }
    return (try? open().content).map(options.mayCut) ?? false
  }
}

extension ContentStore {
  /// Stores a prepared picture until it is used. A picture in a file of its own stays there.
  fileprivate func keep(_ reference: PreparedReference) throws(ContentError) -> PreparedReference {
    reference.content.isInFile ? reference : reference.moved(to: try keep(reference.content))
  }
}

/// Runs work on a thread of the imaging pool.
package func onPool<Value: Sendable>(
  _ work: @escaping @Sendable () throws(PlantainError) -> Value
) async throws(PlantainError) -> Value {
  do {
    return try await ThreadPool.shared.run { try work() }
  } catch let error as PlantainError {
    throw error
  } catch {
    throw .interrupted(.preparation)
  }
}
