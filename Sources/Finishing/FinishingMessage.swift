import Core
import PictureFormats

/// The message to a worker: the fields of the settings and of the options beside one another.
extension FinishingOptions: Codable {
  private enum CodingKeys: CodingKey {
    case reading, wanted, maximumBytes, metadata, shown, region, usesMask, measuresDrift, compares,
      comparisonEdge
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(wanted: try values.decodeIfPresent(PictureFormat.self, forKey: .wanted))
    settings = try FinishingSettings(from: decoder)
    reading = try values.decode(ReadingOptions.self, forKey: .reading)
    maximumBytes = try values.decodeIfPresent(Int.self, forKey: .maximumBytes)
    metadata = try values.decodeIfPresent(MetadataWishes.self, forKey: .metadata)
    shown = try values.decodeIfPresent(VisibleArea.self, forKey: .shown)
    region = try values.decodeIfPresent(PixelArea.self, forKey: .region)
    usesMask = try values.decode(Bool.self, forKey: .usesMask)
    measuresDrift = try values.decode(Bool.self, forKey: .measuresDrift)
    compares = try values.decode(Bool.self, forKey: .compares)
    comparisonEdge = try values.decodeIfPresent(Int.self, forKey: .comparisonEdge)
  }

  package func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(reading, forKey: .reading)
    try values.encodeIfPresent(wanted, forKey: .wanted)
    try values.encodeIfPresent(maximumBytes, forKey: .maximumBytes)
    try values.encodeIfPresent(metadata, forKey: .metadata)
    try values.encodeIfPresent(shown, forKey: .shown)
    try values.encodeIfPresent(region, forKey: .region)
    try values.encode(usesMask, forKey: .usesMask)
    try values.encode(measuresDrift, forKey: .measuresDrift)
    try values.encode(compares, forKey: .compares)
    try values.encodeIfPresent(comparisonEdge, forKey: .comparisonEdge)
  }
}
