import Core

/// Reads one directory, which is one page, of a TIFF (Adobe, TIFF Revision 6.0; Aware Systems, BigTIFF).
extension PictureStructure {
  /// - Parameter page: counted from 1; `nil` for the first page that is not a preview.
  static func readTIFF(_ bytes: RawSpan, page: Int?) throws(ImagingError) -> PictureStructure {
    let layout = TIFFLayout(bytes)
    let pages = try layout.directories(bytes)
    let picture = pages.prefix(TIFFLayout.maximumPreviews).firstIndex { !layout.isPreview(bytes, $0) } ?? 0
    let number = page ?? picture + 1
    let directory = try TIFFDirectory(bytes, at: pages[min(number, pages.count) - 1], layout)
    var structure = PictureStructure(format: .tiff)
    try structure.take(directory)
    structure.skipsPreview = page == nil && picture > 0
    structure.pageCount = pages.count
    (structure.page, structure.pageInCleaned) = (number, number)
    structure.exif = layout.isBig ? nil : 0..<bytes.byteCount
    structure.attribution = directory.attribution(bytes)
    structure.dropUnusableProfile()
    structure.isAdobeRGBByEXIF = !layout.isBig && EXIF(bytes, at: 0, end: bytes.byteCount).isAdobeRGB
    structure.applyEXIFColors()
    structure.keep(0..<bytes.byteCount)
    structure.isComplete = true
    return structure
  }

  private mutating func take(_ directory: TIFFDirectory) throws(ImagingError) {
    guard let width = directory.number(256), let height = directory.number(257), width > 0, height > 0 else {
      throw .damaged("the TIFF page declares no size")
    }
    size = PixelSize(width: width, height: height)
    orientation = directory.number(274).flatMap { (1...8).contains($0) ? $0 : nil } ?? 1
    bitsPerChannel = directory.number(258) ?? 1
    switch directory.number(262) ?? 1 {
    case 0, 1: color = .gray
    case 3: color = .palette
    case 5: color = .cmyk
    case 8, 9: color = .lab
    default: color = .rgb
    }
    let expected = [.gray: 1, .palette: 1, .cmyk: 4][color, default: 3]
    hasAlpha = directory.number(277) ?? 1 > expected
    if let variant = directory.unsupportedVariant(color) { throw .unsupportedVariant(.tiff, variant) }
    profile = directory.profile
    for (tag, kind) in [(34_665, MetadataKind.exif), (34_853, .gps), (700, .xmp), (33_723, .iptc)]
    where directory.has(tag) { found(kind) }
  }
}
