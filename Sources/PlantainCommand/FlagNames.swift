import Batch
import Editing
import Options

/// Errors of the library name options by their long names. On a command line these are flags.
extension PlantainError {
  var namingFlags: PlantainError { writingOptions { "--\($0)" } }
}

extension Batch.Outcome {
  var namingFlags: Batch.Outcome {
    switch self {
    case .ambiguous(let error): .ambiguous(error.namingFlags)
    case .failed(let error): .failed(error.namingFlags)
    case .done, .skipped, .elsewhere: self
    }
  }
}
