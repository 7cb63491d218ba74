package import Foundation

/// The programs that the build puts beside the tests.
package enum Products {
  private final class Anchor {}

  /// On Linux the products are in the test bundle's own folder; elsewhere in the folder that contains the
  /// bundle.
  package static let folder: URL = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
  }()

  /// The folder of the command under test. `Tests/extended` sets another one to test the release binary.
  package static let commandFolder: URL =
    ProcessInfo.processInfo.environment["PLANTAIN_BUILT"].map { URL(filePath: $0) } ?? folder

  package static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }
}
