package import Core

/// The state of one attempt to send a request, and with it what is known about billing. This state machine is
/// the only code that decides what may be sent again.
///
/// sending → (accepted | unbilled | ambiguous) → stored → done
package enum AttemptState: String, Sendable, CaseIterable {
  /// The edit is recorded, and no attempt has begun. Nothing was sent.
  case prepared
  /// The request is being sent. The state is recorded before the first byte is sent, so an attempt of a dead
  /// process in this state has an unknown outcome.
  case sending
  /// The gateway has begun a successful reply, or has returned a task id. The request is billed, and its
  /// result must be fetched.
  case accepted
  /// Certainly nothing was billed.
  case unbilled
  /// The outcome is unknown, or the request is billed and its result is lost. It is never sent again
  /// automatically.
  case ambiguous
  /// The whole reply is on the disk, and can be read again free of charge.
  case stored
  /// The gateway's final reply has no picture.
  case withoutPicture = "without-picture"
  /// The whole reply is on the disk and billed, and its picture cannot be read, by its own bytes.
  case unusable
  /// The pictures are written to their files.
  case done
  /// The user has settled the attempt as billed, without a result.
  case lost
  /// The user has settled the attempt as billed, and the request may be sent again.
  case writtenOff = "written-off"
}

extension AttemptState {
  /// An event that can change the state of an attempt.
  package enum Event: Sendable, CaseIterable {
    /// The connection failed, or was closed by us, before the last byte was sent.
    case notSent
    /// A reply arrived that is documented as free of charge.
    case refused
    /// The connection was lost or timed out after the last byte, or the reply leaves the outcome open.
    case lost
    /// The head of a successful reply arrived.
    case begin
    /// A successful reply ended early.
    case cut
    /// The whole reply is on the disk.
    case store
    /// The reply was read and has no picture.
    case findNothing
    /// The reply was read, and the bytes of its picture are not a readable picture.
    case findUnusable
    /// The pictures are written to their files.
    case finish
    /// The process that worked on the attempt is gone.
    case abandon
    /// The user settles an unknown outcome: as billed, as not billed, or as billed and to send again.
    case settleBilled, settleUnbilled, settleResend
    /// A retry with the same idempotency key was answered, so both requests are billed once.
    case repeatAnswered
  }

  /// The state after an event; `nil` if the event cannot happen in this state.
  package func after(_ event: Event) -> AttemptState? {
    switch (self, event) {
    case (.sending, .notSent), (.sending, .refused), (.ambiguous, .repeatAnswered): .unbilled
    case (.sending, .lost), (.sending, .abandon), (.sending, .cut), (.accepted, .cut): .ambiguous
    case (.sending, .begin): .accepted
    // A refusal with a successful status.
    case (.accepted, .refused), (.stored, .refused): .unbilled
    case (.accepted, .lost), (.stored, .lost): .ambiguous
    case (.accepted, .store), (.sending, .store), (.stored, .store): .stored
    case (.accepted, .findNothing), (.stored, .findNothing): .withoutPicture
    case (.accepted, .findUnusable), (.stored, .findUnusable): .unusable
    // A kept reply can be read again, by a later version or after a mistake. It may contain the paid picture.
    case (.withoutPicture, .store), (.unusable, .store), (.ambiguous, .store): .stored
    case (.withoutPicture, .begin), (.unusable, .begin), (.ambiguous, .begin): .accepted
    case (.accepted, .finish), (.stored, .finish), (.done, .finish): .done
    case (.withoutPicture, .finish), (.unusable, .finish), (.ambiguous, .finish): .done
    // An attempt that the user has settled may have succeeded after all, so its result can still be fetched.
    case (.lost, .store), (.writtenOff, .store), (.unbilled, .store): .stored
    case (.lost, .finish), (.writtenOff, .finish), (.unbilled, .finish): .done
    // An accepted task and a stored reply survive the process.
    case (.accepted, .abandon): .accepted
    case (.stored, .abandon): .stored
    case (let state, .settleBilled) where state.permitsSettling: .lost
    case (let state, .settleUnbilled) where state.permitsSettling: .unbilled
    case (let state, .settleResend) where state.permitsSettling: .writtenOff
    default: nil
    }
  }

  /// The state of several attempts together: the one that matters most, open ones first.
  package static func combined(_ states: [AttemptState]) -> AttemptState {
    let order: [AttemptState] = [
      .sending, .accepted, .stored, .ambiguous, .done, .lost, .writtenOff, .unusable, .withoutPicture,
      .prepared, .unbilled,
    ]
    return order.first(where: states.contains) ?? .prepared
  }

  /// Whether the attempt has not ended, or its outcome is unknown.
  package var isOpen: Bool { [.sending, .accepted, .ambiguous, .stored].contains(self) }

  /// Whether the user can settle the attempt: it is open, it has no usable picture, or the user has settled
  /// it before. An attempt that its gateway did not bill has the same state as one that was settled so; the
  /// ledger tells them apart.
  package var permitsSettling: Bool {
    isOpen || [.withoutPicture, .unusable, .lost, .writtenOff, .unbilled].contains(self)
  }

  /// Whether the user or the gateway has decided about billing.
  package var isVerdict: Bool { [.lost, .writtenOff, .unbilled].contains(self) }

  /// Whether the same request may be sent again without asking the user.
  package var permitsSendingAgain: Bool { self == .prepared || self == .unbilled }

  /// What this state says about billing.
  package var billing: Billing {
    switch self {
    case .prepared, .unbilled: .no
    case .sending, .ambiguous, .withoutPicture: .unknown
    case .accepted, .stored, .unusable, .done, .lost, .writtenOff: .yes
    }
  }
}
