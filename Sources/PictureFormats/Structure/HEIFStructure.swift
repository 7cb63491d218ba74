import Core

/// Reads the primary picture's properties from a HEIC or AVIF file (ISO/IEC 23008-12, ISO/IEC 14496-12).
///
/// The decoder applies the file's own crop, rotation and mirror and ignores an EXIF orientation. The size
/// here is the size after them.
extension PictureStructure {
  static func readHEIF(_ bytes: RawSpan, as format: PictureFormat) throws(ImagingError) -> PictureStructure {
    var structure = PictureStructure(format: format)
    let top = try ISOBox.children(of: bytes, in: 0..<bytes.byteCount)
    guard let meta = top.first(where: { $0.type == "meta" }) else {
      throw .damaged("the \(format.name) file has no meta box")
    }
    let boxes = try ISOBox.children(of: bytes, in: meta.payload.dropFirst(4))
    guard let iprp = boxes.first(where: { $0.type == "iprp" }) else {
      throw .damaged("the \(format.name) file has no picture properties (iprp box)")
    }
    let properties = try HEIFProperties(bytes, iprp, primary: primaryItem(bytes, boxes))
    for property in properties.ofPrimary { try structure.apply(property, bytes) }
    guard structure.isComplete else { throw .damaged("the \(format.name) file declares no size") }
    structure.hasAlpha = properties.all.contains { $0.type == "auxC" && isAlpha(bytes, $0.payload) }
    if let items = boxes.first(where: { $0.type == "iinf" }) {
      if bytes.firstIndex(of: "Exif", in: items.payload) != nil { structure.found(.exif) }
      if bytes.firstIndex(of: "application/rdf+xml", in: items.payload) != nil { structure.found(.xmp) }
    }
    if let range = exif(bytes) {
      let exif = EXIF(bytes, at: range.lowerBound, end: range.upperBound)
      structure.exif = range
      structure.attribution = exif.attribution
      structure.isAdobeRGBByEXIF = exif.isAdobeRGB
    }
    if top.contains(where: { $0.type == "moov" }) { structure.found(.animation) }
    structure.dropUnusableProfile()
    if structure.profile == nil, structure.codePoints != nil {
      structure.applyCodePoints()
    } else {
      structure.applyEXIFColors()
    }
    structure.keep(0..<bytes.byteCount)
    return structure
  }

  private static func primaryItem(_ bytes: RawSpan, _ boxes: [ISOBox]) -> Int? {
    guard let pitm = boxes.first(where: { $0.type == "pitm" }) else { return nil }
    let start = pitm.payload.lowerBound
    return bytes.byte(start) == 0 ? bytes.bigEndian16(start + 4) : bytes.bigEndian32(start + 4)
  }

  /// The range of the EXIF item, which may be anywhere in the file's data. Its header is enough to find it.
  private static func exif(_ bytes: RawSpan) -> Range<Int>? {
    for head in ["Exif\0\0MM\0*", "Exif\0\0II*\0"] as [StaticString] {
      if let start = bytes.firstIndex(of: head, in: 0..<bytes.byteCount) {
        return start + 6..<bytes.byteCount
      }
    }
    return nil
  }

  private static func isAlpha(_ bytes: RawSpan, _ payload: Range<Int>) -> Bool {
    bytes.firstIndex(of: "alpha", in: payload) != nil
      || bytes.firstIndex(of: ":hevc:2015:auxid:1", in: payload) != nil
  }

  private mutating func apply(_ property: ISOBox, _ bytes: RawSpan) throws(ImagingError) {
    let at = property.payload.lowerBound
    switch property.type {
    case "ispe":
      guard let width = bytes.bigEndian32(at + 4), let height = bytes.bigEndian32(at + 8), width > 0,
        height > 0
      else {
        throw .damaged("a picture has no size")
      }
      size = PixelSize(width: width, height: height)
      isComplete = true
    case "clap":
      let values = (0..<4).compactMap { bytes.bigEndian32(at + 4 * $0) }
      guard values.count == 4, values[1] > 0, values[3] > 0 else { throw .damaged("a crop has no size") }
      size = PixelSize(
        width: min(size.width, values[0] / values[1]), height: min(size.height, values[2] / values[3]))
    case "irot":
      if let turns = bytes.byte(at), turns & 1 == 1 { size = size.transposed }
    case "pixi":
      if let channels = bytes.byte(at + 4), let bits = bytes.byte(at + 5) {
        bitsPerChannel = Int(bits)
        if channels == 1 { color = .gray }
      }
    case "colr":
      if bytes.has("prof", at: at) || bytes.has("rICC", at: at), profile == nil,
        property.payload.count <= ICCProfile.longest
      {
        profile = bytes.array(at + 4..<max(at + 4, property.payload.upperBound))
      } else if bytes.has("nclx", at: at), let primaries = bytes.bigEndian16(at + 4),
        let transfer = bytes.bigEndian16(at + 6)
      {
        codePoints = (primaries, transfer)
      }
    default: break
    }
  }
}

/// The item properties: all of them, and those of the primary picture, in order.
private struct HEIFProperties {
  let all: [ISOBox]
  let ofPrimary: [ISOBox]

  init(_ bytes: RawSpan, _ iprp: ISOBox, primary: Int?) throws(ImagingError) {
    let boxes = try ISOBox.children(of: bytes, in: iprp.payload)
    guard let container = boxes.first(where: { $0.type == "ipco" }) else {
      throw .damaged("the file has no picture properties (ipco box)")
    }
    let all = try ISOBox.children(of: bytes, in: container.payload)
    var indices: [Int] = []
    for box in boxes where box.type == "ipma" {
      indices += Self.associations(bytes, box.payload, of: primary)
    }
    self.all = all
    ofPrimary = indices.compactMap { all.indices.contains($0 - 1) ? all[$0 - 1] : nil }
  }

  /// The indices of an item's properties, counted from 1.
  private static func associations(_ bytes: RawSpan, _ payload: Range<Int>, of item: Int?) -> [Int] {
    let start = payload.lowerBound
    guard let version = bytes.byte(start), let flags = bytes.byte(start + 3),
      let count = bytes.bigEndian32(start + 4)
    else { return [] }
    let wide = flags & 1 == 1
    var at = start + 8
    for _ in 0..<count {
      let id = version < 1 ? bytes.bigEndian16(at) : bytes.bigEndian32(at)
      at += version < 1 ? 2 : 4
      guard let id, at < payload.upperBound, let number = bytes.byte(at) else { return [] }
      at += 1
      if item == nil || id == item {
        return (0..<Int(number)).compactMap { position in
          wide
            ? bytes.bigEndian16(at + 2 * position).map { $0 & 0x7FFF }
            : bytes.byte(at + position).map { Int($0 & 0x7F) }
        }
      }
      at += Int(number) * (wide ? 2 : 1)
    }
    return []
  }
}

extension RawSpan {
  /// The offset of the first occurrence of `text` that is entirely within the range.
  fileprivate func firstIndex(of text: StaticString, in range: Range<Int>) -> Int? {
    let end = range.upperBound - text.utf8CodeUnitCount
    return range.lowerBound > end ? nil : (range.lowerBound...end).first { has(text, at: $0) }
  }
}
