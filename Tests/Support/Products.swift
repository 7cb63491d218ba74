package import Foundation

/// The programs that the build put beside the tests.
package enum Products {
  private final class Anchor {}

  /// On Linux the test bundle's folder itself is where the build puts everything; elsewhere the one around it.
  package static let folder: URL = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
  }()

  /// The folder of the command that is tested: another one's for `Tests/extended`, which tests the release binary.
  package static let commandFolder: URL =
    ProcessInfo.processInfo.environment["PLANTAIN_BUILT"].map { URL(filePath: $0) } ?? folder

  package static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }
}
