import Foundation

/// Whether the long versions of tests run, as in `Tests/extended`.
package let isExtendedRun = ProcessInfo.processInfo.environment["PLANTAIN_EXTENDED"] != nil

/// Whether tests that compute or wait for seconds are skipped, as in `Tests/run fast`.
package let isFastRun = ProcessInfo.processInfo.environment["PLANTAIN_FAST"] != nil
