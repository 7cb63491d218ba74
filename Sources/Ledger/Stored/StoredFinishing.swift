/// The stored form of finishing options in the ledger, from which a later process or version finishes in the
/// same way.
///
/// The names are fixed, independent of the names in the finishing code. Entries from 2026-11 have these names
/// and no version. A missing field has the value that applied before the field existed, so a new field needs
/// a default here.
package struct StoredFinishing: Codable, Sendable, Equatable {
  /// The current version, raised when the meaning of a field changes. Entries without a version are version
  /// 1.
  package static let currentVersion = 1

  package var version = currentVersion
  /// The name of the output format, such as `PNG`; `nil` for the format that was received.
  package var format: String?
  package var maximumBytes: Int?
  package var metadata: Metadata?
  /// The area of the original that the result shows; `nil` for all of it.
  package var shown: Shown?
  package var fitsSource = false
  /// `nil`: only if some of the original's pixels are kept.
  package var aligns: Bool?
  /// `nil`: only if some of the original's pixels are kept.
  package var matchesColor: Bool?
  package var region: Region?
  package var usesMask = false
  /// `white` or `transparent`; `nil` for white, as before there was a choice.
  package var maskEdits: String?
  /// The width of the feather, in pixels of the original.
  package var feather: Int?
  package var keepsUnchanged = false
  package var restoresAlpha = false
  package var measuresDrift = false
  package var compares = false
  package var comparisonEdge: Int?
  package var reading = Reading()

  package init() {}

  package struct Metadata: Codable, Sendable, Equatable {
    package var keepsPlace: Bool

    package init(keepsPlace: Bool) {
      self.keepsPlace = keepsPlace
    }

    package init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      keepsPlace = try values.decodeIfPresent(Bool.self, forKey: .keepsPlace) ?? false
    }
  }

  /// A rectangle in pixels of the original. It can have fractions and extend beyond the original.
  package struct Shown: Codable, Sendable, Equatable {
    package var left, top, width, height: Double

    package init(left: Double, top: Double, width: Double, height: Double) {
      (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }
  }

  /// A rectangle in whole pixels of the original.
  package struct Region: Codable, Sendable, Equatable {
    package var left, top: Int
    package var size: Size

    package struct Size: Codable, Sendable, Equatable {
      package var width, height: Int
    }

    package init(left: Int, top: Int, width: Int, height: Int) {
      (self.left, self.top, size) = (left, top, Size(width: width, height: height))
    }
  }

  /// How the file of the original is read.
  package struct Reading: Codable, Sendable, Equatable {
    package var page = 1
    /// Formats whose decoders are not tested against hostile files.
    package var allowed: [String] = []
    package var allowsTruncated = false

    package init() {}

    package init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      page = try values.decodeIfPresent(Int.self, forKey: .page) ?? 1
      allowed = try values.decodeIfPresent([String].self, forKey: .allowed) ?? []
      allowsTruncated = try values.decodeIfPresent(Bool.self, forKey: .allowsTruncated) ?? false
    }
  }

  private enum CodingKeys: String, CodingKey {
    case version
    case format = "wanted"
    case maximumBytes, metadata, shown, fitsSource, aligns
    case matchesColor = "matchesColour"
    case region, usesMask, feather, keepsUnchanged, restoresAlpha, measuresDrift, compares, comparisonEdge
    case reading, maskEdits
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys) throws -> Bool {
      try values.decodeIfPresent(Bool.self, forKey: key) ?? false
    }
    version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 1
    format = try values.decodeIfPresent(String.self, forKey: .format)
    maximumBytes = try values.decodeIfPresent(Int.self, forKey: .maximumBytes)
    metadata = try values.decodeIfPresent(Metadata.self, forKey: .metadata)
    shown = try values.decodeIfPresent(Shown.self, forKey: .shown)
    fitsSource = try flag(.fitsSource)
    aligns = try values.decodeIfPresent(Bool.self, forKey: .aligns)
    matchesColor = try values.decodeIfPresent(Bool.self, forKey: .matchesColor)
    region = try values.decodeIfPresent(Region.self, forKey: .region)
    usesMask = try flag(.usesMask)
    maskEdits = try values.decodeIfPresent(String.self, forKey: .maskEdits)
    feather = try values.decodeIfPresent(Int.self, forKey: .feather)
    keepsUnchanged = try flag(.keepsUnchanged)
    restoresAlpha = try flag(.restoresAlpha)
    measuresDrift = try flag(.measuresDrift)
    compares = try flag(.compares)
    comparisonEdge = try values.decodeIfPresent(Int.self, forKey: .comparisonEdge)
    reading = try values.decodeIfPresent(Reading.self, forKey: .reading) ?? Reading()
  }
}
