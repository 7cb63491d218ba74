import Foundation

/// Whether the long versions of tests are to run: `Tests/extended` says so.
package let isExtendedRun = ProcessInfo.processInfo.environment["PLANTAIN_EXTENDED"] != nil
