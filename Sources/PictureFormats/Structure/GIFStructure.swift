import Core

/// Reads a GIF (CompuServe, GIF89a specification) as far as it is complete.
extension PictureStructure {
  static func readGIF(_ bytes: RawSpan, page: Int) throws(ImagingError) -> PictureStructure {
    let blocks = try GIFBlocks(bytes)
    guard let first = blocks.frames.first else {
      throw blocks.failure ?? .damaged("the GIF contains no picture")
    }
    guard let canvas = GIFCanvas(screen: blocks.screen, first: first) else {
      throw .damaged("the GIF header declares \(blocks.screen.width)×\(blocks.screen.height) pixels")
    }
    var structure = PictureStructure(format: .gif)
    structure.size = canvas.size
    structure.color = .palette
    structure.pageCount = blocks.count
    structure.page = page
    if blocks.hasComment { structure.found(.comment) }
    if blocks.failure != nil { structure.repaired(.end) }
    structure.isComplete = true
    structure.keepGIF(bytes, blocks, canvas)
    return structure
  }

  /// Keeps the frames up to the requested one, in a form that libnsgif renders as browsers do. On its own,
  /// libnsgif enlarges some screens and shrinks others to the first frame. It creates an alpha channel only
  /// if a frame declares a transparent color. It erases a frame without one with the background color. It
  /// mixes up the rows of an interlaced frame that it clips at the bottom.
  private mutating func keepGIF(_ bytes: RawSpan, _ blocks: GIFBlocks, _ canvas: GIFCanvas) {
    let frames = blocks.frames.prefix(page)
    let lowest = canvas.lowestInterlacedRow(frames)
    if lowest > size.height { self.canvas = PixelSize(width: size.width, height: lowest) }
    let showsGround = !canvas.isFilled || frames.dropLast().contains(where: \.isRemoved)
    hasAlpha = showsGround || frames.contains(where: \.hasTransparency)
    keep(0..<6)
    replace(6..<10, by: Self.littleEndian(canvas.size), if: canvas.replacesScreen)
    keep(10..<blocks.start)
    pageInCleaned = page
    if showsGround || decodedSize != size {
      cleaned.append(.bytes(Self.ground(decodedSize)))
      pageInCleaned += 1
    }
    for (position, frame) in frames.enumerated() {
      keepControl(of: frame, bytes, isLast: position == frames.count - 1)
      keepPixels(of: frame, atOrigin: position == 0 && canvas.replacesScreen)
    }
    if let end = blocks.end, case .range(let last)? = cleaned.last, last.upperBound == end {
      keep(end..<end + 1)
    } else {
      cleaned.append(.bytes([GIFBlocks.trailer]))
    }
  }

  private mutating func keepControl(of frame: GIFFrame, _ bytes: RawSpan, isLast: Bool) {
    if !isLast, frame.isPaintedOver, let free = frame.unusedColor(bytes) {
      cleaned.append(.bytes(Self.control(disposal: 2, transparentColor: free)))
    } else if let control = frame.control {
      keep(control)
    }
  }

  private mutating func replace(_ range: Range<Int>, by bytes: [UInt8], if isReplaced: Bool) {
    if isReplaced { cleaned.append(.bytes(bytes)) } else { keep(range) }
  }

  /// Keeps a frame and completes it if it is cut: its last block gets its true length, and the end of its
  /// blocks is added. A byte without pixels comes before the end, because libnsgif requires data after the
  /// last pixel.
  private mutating func keepPixels(of frame: GIFFrame, atOrigin: Bool) {
    let corner = frame.start + 1..<frame.start + 5
    keep(frame.start..<corner.lowerBound)
    replace(corner, by: [0, 0, 0, 0], if: atOrigin)
    guard let cut = frame.cutBlock else { return keep(corner.upperBound..<frame.end) }
    keep(corner.upperBound..<cut)
    if cut + 1 < frame.end {
      cleaned.append(.bytes([UInt8(truncatingIfNeeded: frame.end - cut - 1)]))
      keep(cut + 1..<frame.end)
    }
    cleaned.append(.bytes([1, 0, 0]))
  }

  /// A first frame without pixels, whose corner is at the canvas' lower right, so that it extends the canvas
  /// to there. It declares a transparent color.
  private static func ground(_ size: PixelSize) -> [UInt8] {
    let place = littleEndian(size) + [0, 0, 0, 0]
    // No local color table, a code size of two bits, and no block.
    return control(disposal: 1, transparentColor: 0) + [0x2C] + place + [0, 2, 0]
  }

  private static func control(disposal: UInt8, transparentColor: UInt8) -> [UInt8] {
    [0x21, 0xF9, 4, disposal << 2 | 1, 0, 0, transparentColor, 0]
  }

  private static func littleEndian(_ number: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
  }

  private static func littleEndian(_ size: PixelSize) -> [UInt8] {
    littleEndian(size.width) + littleEndian(size.height)
  }
}

/// The canvas on which the frames of a GIF are drawn.
private struct GIFCanvas {
  let size: PixelSize
  /// Whether the canvas is the first frame, with the same corner.
  let replacesScreen: Bool
  /// Whether the first frame covers the canvas.
  let isFilled: Bool

  /// Uses the screen as the canvas. If the first frame is larger than the screen, the frame becomes the
  /// canvas, as in browsers; likewise if it would not be visible at all.
  ///
  /// - Returns: `nil` if neither has pixels.
  init?(screen: (width: Int, height: Int), first: GIFFrame) {
    let hasScreen = screen.width > 0 && screen.height > 0
    guard let area = first.area else {
      guard hasScreen else { return nil }
      size = PixelSize(width: screen.width, height: screen.height)
      (replacesScreen, isFilled) = (false, false)
      return
    }
    let isLarger = area.size.width > screen.width || area.size.height > screen.height
    replacesScreen = isLarger || area.left >= screen.width || area.top >= screen.height
    size = replacesScreen ? area.size : PixelSize(width: screen.width, height: screen.height)
    isFilled = replacesScreen || area == PixelArea(size)
  }
  /// The row after the last one of any interlaced frame, on the canvas or below it.
  func lowestInterlacedRow(_ frames: some Collection<GIFFrame>) -> Int {
    let rows = frames.enumerated().map { position, frame in
      frame.isInterlaced && !(position == 0 && replacesScreen) ? frame.area?.bottom ?? 0 : 0
    }
    return rows.max() ?? 0
  }
}
