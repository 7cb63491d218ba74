package import Foundation

/// The programs that the build put beside the tests.
package enum Products {
  private final class Anchor {}

  /// On Linux the test bundle's folder itself is where the build puts everything; elsewhere the one around it.
  package static let folder: URL = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
  }()

  package static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }
}
