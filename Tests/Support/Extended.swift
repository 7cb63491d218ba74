import Foundation

/// Whether the long versions of tests are to run: `Tests/extended` says so.
package let isExtendedRun = ProcessInfo.processInfo.environment["PLANTAIN_EXTENDED"] != nil

/// Whether tests that compute or wait for seconds are left out: `Tests/run fast` says so.
package let isFastRun = ProcessInfo.processInfo.environment["PLANTAIN_FAST"] != nil
