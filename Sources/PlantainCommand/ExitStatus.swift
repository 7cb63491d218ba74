import Batch
import Editing

/// The exit statuses of the command, mostly those of `sysexits.h`.
enum ExitStatus {
  static let success: Int32 = 0
  /// Several things went wrong, in different ways.
  static let mixed: Int32 = 1

  /// The status for an error.
  static func of(_ error: PlantainError) -> Int32 { of(error.code) }

  /// The status for a code.
  static func of(_ code: PlantainError.Code) -> Int32 {
    switch code {
    case .drifted: 1
    case .usage: 64
    case .notAPicture, .unsupportedFormat, .truncatedPicture, .damagedPicture, .tooManyPixels, .tooLarge,
      .capNotReachable, .overMemory, .tookTooLong, .unusableFile:
      65
    case .missing, .notAFile, .unreadable: 66
    case .unreachable: 69
    case .internalError: 70
    case .outputExists, .outputNotWritable, .ledgerUnusable: 73
    case .rateLimited, .overloaded: 75
    case .outcomeUnknown: 76
    case .keyMissing, .keyRejected, .outOfCredit, .needsBilling, .placeNotServed: 77
    case .configuration: 78
    case .refused: 79
    case .noPicture: 80
    case .overSpending: 81
    case .requestRejected, .unknownModel, .unsupportedOption: 82
    case .interrupted: 130
    }
  }

  /// The status for an edit whose pictures may be missing in part.
  static func of(_ result: EditResult) -> Int32 { common(result.failures) }

  /// The status for a run: that of the error that ended it, else the one that all failed items share.
  static func of(_ summary: BatchSummary) -> Int32 {
    if summary.wasStopped { return of(.interrupted) }
    if let halt = summary.halt { return of(halt) }
    return common(summary.elsewhere > 0 ? summary.failures.union([.rateLimited]) : summary.failures)
  }

  /// The status that all codes share: `success` if there are none, and `mixed` if they differ.
  private static func common(_ codes: Set<PlantainError.Code>) -> Int32 {
    let statuses = Set(codes.map { of($0) })
    return statuses.count > 1 ? mixed : statuses.first ?? success
  }
}
