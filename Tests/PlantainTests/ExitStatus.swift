import Plantain

@testable import PlantainCommand

// The statuses that the command gives to results of the library.
extension PlantainError {
  var exitStatus: Int32 { ExitStatus.of(self) }
}

extension BatchSummary {
  var exitStatus: Int32 { ExitStatus.of(self) }
}

extension EditResult {
  var exitStatus: Int32 { ExitStatus.of(self) }
}
