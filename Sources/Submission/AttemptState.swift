/// How far one attempt to send a request has come, and with it what is known about money. This is the only place that
/// decides what may be sent again.
///
/// sending → (accepted | unbilled | ambiguous) → stored → done
package enum AttemptState: String, Sendable, CaseIterable {
  /// The edit is written down, and no attempt of it has begun: nothing has left.
  case prepared
  /// Bytes may be leaving; so it is written down, before the first can. Whoever finds this of a process that is gone knows
  /// nothing about the outcome.
  case sending
  /// The gateway has begun a good answer, or has given a task's id. It is billed, and is to be fetched.
  case accepted
  /// It is certain that nothing was billed.
  case unbilled
  /// Nobody knows, or it is billed and lost: it is never sent again on its own.
  case ambiguous
  /// The answer lies whole on the disk and can be read again at no cost.
  case stored
  /// The gateway has answered, finally, without a picture.
  case withoutPicture = "without-picture"
  /// The pictures are where they belong.
  case done
  /// Its user has settled that it was billed, and that no picture will come.
  case lost
  /// Its user has settled that it counts as billed, and may be sent once more.
  case writtenOff = "written-off"
}

extension AttemptState {
  /// What happens to an attempt.
  package enum Event: Sendable, CaseIterable {
    /// The connection failed, or was ended by us, before the last byte had left.
    case notSent
    /// An answer came that costs nothing by its documentation.
    case refused
    /// The connection or the time ended behind the last byte, or the answer leaves it open.
    case lost
    /// The head of a good answer came.
    case begin
    /// A good answer broke off.
    case cut
    /// The whole answer is on the disk.
    case store
    /// It was understood, and there is no picture in it.
    case findNothing
    /// The pictures are written.
    case finish
    /// The process that was at it is gone.
    case abandon
    /// The user says what became of what nobody knows: billed, not billed, or billed and to be sent once more.
    case settleBilled, settleUnbilled, settleResend
    /// The same request has brought its answer under the same idempotency key, which bills both once.
    case repeatAnswered
  }

  /// The state after an event; `nil` where it cannot happen.
  package func after(_ event: Event) -> AttemptState? {
    switch (self, event) {
    case (.sending, .notSent), (.sending, .refused), (.ambiguous, .repeatAnswered): .unbilled
    case (.sending, .lost), (.sending, .abandon), (.sending, .cut), (.accepted, .cut): .ambiguous
    case (.sending, .begin): .accepted
    // A gateway's answer that refuses under a good status.
    case (.accepted, .refused), (.stored, .refused): .unbilled
    case (.accepted, .lost), (.stored, .lost): .ambiguous
    case (.accepted, .store), (.sending, .store), (.stored, .store): .stored
    case (.accepted, .findNothing), (.stored, .findNothing): .withoutPicture
    // The kept reply is read once more, by a later version or after a mistake: it may have what was paid for.
    case (.withoutPicture, .store), (.ambiguous, .store): .stored
    case (.withoutPicture, .begin), (.ambiguous, .begin): .accepted
    case (.accepted, .finish), (.stored, .finish), (.done, .finish): .done
    case (.withoutPicture, .finish), (.ambiguous, .finish): .done
    // What its user has settled may have been done all the same, and be fetched at last.
    case (.lost, .store), (.writtenOff, .store), (.unbilled, .store): .stored
    case (.lost, .finish), (.writtenOff, .finish), (.unbilled, .finish): .done
    // What is accepted under a task's id, or stored, survives the process.
    case (.accepted, .abandon): .accepted
    case (.stored, .abandon): .stored
    case (let state, .settleBilled) where state.isOpen: .lost
    case (let state, .settleUnbilled) where state.isOpen: .unbilled
    case (let state, .settleResend) where state.isOpen: .writtenOff
    default: nil
    }
  }

  /// Whether nobody knows how it ended, or it has not ended.
  package var isOpen: Bool { [.sending, .accepted, .ambiguous, .stored].contains(self) }

  /// Whether the same request may be sent again without asking anybody.
  package var permitsSendingAgain: Bool { self == .prepared || self == .unbilled }

  package enum Billing: String, Sendable { case no, yes, unknown }

  package var billing: Billing {
    switch self {
    case .prepared, .unbilled: .no
    case .sending, .ambiguous, .withoutPicture: .unknown
    case .accepted, .stored, .done, .lost, .writtenOff: .yes
    }
  }
}
