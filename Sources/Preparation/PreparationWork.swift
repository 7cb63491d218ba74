import Imaging
import Vocabulary

/// The steps of one preparation, and the log of what they did.
struct PreparationWork {
  let structure: PictureStructure
  let plan: PreparationPlan
  let options: PreparationOptions
  private(set) var steps: [PreparationStep]
  private(set) var warnings: [PreparationWarning]
  private(set) var encodes = 0

  init(structure: PictureStructure, plan: PreparationPlan, options: PreparationOptions) {
    self.structure = structure
    self.plan = plan
    self.options = options
    self.steps = plan.steps
    self.warnings = plan.warnings
  }

  /// A WebP's coding cannot be checked by walking it, so it is decoded once before it may pass. JPEG markers and PNG
  /// checksums were walked already.
  func verify(_ bytes: PictureBytes) throws(PreparationError) {
    guard structure.format == .webp else { return }
    _ = try onPicture { () throws(ImagingError) in
      try Image.decode(bytes, as: .webp).realised().size
    }
  }

  /// Opens the picture, already reduced where its decoder can; an alpha channel that hides nothing is dropped.
  func decode(_ bytes: PictureBytes) throws(PreparationError) -> Image {
    guard let codec = structure.format.codec else {
      throw .picture(.unsupportedFormat(structure.format))
    }
    return try onPicture { () throws(ImagingError) in
      let image = try Image.decode(
        bytes, as: codec, shrink: plan.fit.shrink, page: options.page, tolerance: options.tolerance)
      guard plan.fit.shrink > 1 || image.size == structure.size else {
        throw .damaged("its header says \(structure.size), its decoder \(image.size)")
      }
      guard image.hasAlpha else { return image }
      let realised = try image.realised()
      return try realised.isOpaque() ? realised.withoutAlpha() : realised
    }
  }

  func fit(_ image: consuming Image) throws(PreparationError) -> Image {
    guard image.size != plan.fit.size else { return image }
    do throws(ImagingError) {
      return try image.resized(to: plan.fit.size)
    } catch {
      throw .picture(error)
    }
  }

  func orient(_ image: consuming Image) throws(PreparationError) -> Image {
    guard structure.orientation != 1 else { return image }
    do throws(ImagingError) {
      return try image.realised().oriented(structure.orientation)
    } catch {
      throw .picture(error)
    }
  }

  mutating func colour(_ image: consuming Image) throws(PreparationError) -> Image {
    guard plan.needsColour || !image.isEightBitSRGB else { return image }
    do throws(ImagingError) {
      if plan.usesProfile {
        if let converted = try? image.inSRGB(usingProfile: true) { return converted }
        warnings.append(.profileIgnored)
      }
      return try image.inSRGB(usingProfile: false)
    } catch {
      throw .picture(error)
    }
  }

  /// Everything so far happens here, once; every encode then starts from the same pixels in memory.
  mutating func realise(_ image: consuming Image) throws(PreparationError) -> Image {
    let flattens = image.hasAlpha && !plan.format.hasAlpha
    if flattens {
      steps.append(
        PreparationStep(
          .flatten, "\(plan.format.name) has no transparency", after: options.background.description))
    }
    do throws(ImagingError) {
      guard flattens else { return try image.realised() }
      return try image.flattened(onto: options.background).realised()
    } catch {
      throw .picture(error)
    }
  }

  func finished(_ bytes: PictureBytes, as format: PictureFormat, size: PixelSize) -> PreparedReference {
    PreparedReference(
      bytes: bytes,
      facts: PreparedReference.Facts(
        mediaType: format.mediaType, size: size, isPassthrough: plan.isPassthrough, encodes: encodes,
        steps: steps,
        geometry: ReferenceGeometry(
          orientation: structure.orientation, source: structure.uprightSize, prepared: size),
        warnings: warnings))
  }
}

// MARK: - Encoding

/// A file within its limit.
struct EncodedPicture {
  let bytes: PictureBytes
  let format: PictureFormat
  let size: PixelSize
}

extension PreparationWork {
  /// Quality for a picture that is encoded for another reason than its bytes, and for one that is not.
  private static let usualQuality = 92
  private static let carefulQuality = 97
  /// Below this, fewer pixels look better than more of them coded worse: over five photographs at equal bytes the two
  /// cross between quality 70 and 40, at 60 in the middle (SSIMULACRA2, Tests/Performance/LOG.md).
  private static let qualityFloor = 60
  /// A picture is not made smaller than this many pixels along its longest edge.
  private static let smallestEdge = 16

  /// The finest encoding within the byte limit, measured; a lossless picture that is too large becomes a JPEG when
  /// the format was ours to choose and nothing shows through it.
  mutating func encodeUnderCap(_ image: borrowing Image) throws(PreparationError) -> EncodedPicture {
    let lossless = plan.format == .png
    let mayChange = options.format == nil && !image.hasAlpha && options.acceptedFormats.contains(.jpeg)
    if lossless, mayChange {
      let bytes = try encode(image, .png)
      if bytes.byteCount <= options.maximumBytes {
        return EncodedPicture(bytes: bytes, format: .png, size: image.size)
      }
      steps.append(
        PreparationStep(
          .format, "as PNG it has \(bytes.byteCount), over the limit of \(options.maximumBytes)",
          before: MediaType.png.name, after: MediaType.jpeg.name))
      return try searchUnderCap(image, format: .jpeg)
    }
    return try searchUnderCap(image, format: plan.format)
  }

  private mutating func searchUnderCap(
    _ image: borrowing Image, format: PictureFormat
  ) throws(PreparationError) -> EncodedPicture {
    let first =
      format == .png
      ? Self.qualityFloor
      : options.quality ?? (plan.isOnlyAboutBytes ? Self.carefulQuality : Self.usualQuality)
    var search = CapSearch(
      limit: options.maximumBytes.bytes, best: first, floor: Self.qualityFloor,
      lastEdgeStep: Self.edgeSteps(from: image.size.longestEdge))
    var best: (setting: CapSearch.Setting, file: EncodedPicture)?
    while let setting = search.next() {
      let file = try encode(image, setting, as: format)
      search.record(file.bytes.count, for: setting)
      if search.result == setting { best = (setting, file) }
    }
    guard let best else {
      throw .capNotReachable(smallest: ByteCount(search.smallest ?? 0), limit: options.maximumBytes)
    }
    note(best.setting, first: first, of: image.size, to: best.file.size)
    return best.file
  }

  /// How often 5 % can be taken off before an edge is `smallestEdge`.
  private static func edgeSteps(from edge: Int) -> Int {
    var (steps, length) = (0, Double(edge))
    while length * CapSearch.edgeFactor >= Double(smallestEdge) {
      length *= CapSearch.edgeFactor
      steps += 1
    }
    return steps
  }

  private mutating func encode(
    _ image: borrowing Image, _ setting: CapSearch.Setting, as format: PictureFormat
  ) throws(PreparationError) -> EncodedPicture {
    let encoding: Image.Encoding =
      switch format.codec {
      case .png: .png
      case .webp: .webp(quality: setting.quality)
      default: .jpeg(quality: setting.quality, halvedChroma: structure.hasReducedChroma)
      }
    guard setting.edgeSteps > 0 else {
      return EncodedPicture(bytes: try encode(image, encoding), format: format, size: image.size)
    }
    var edge = Double(image.size.longestEdge)
    for _ in 0..<setting.edgeSteps { edge *= CapSearch.edgeFactor }
    let size = image.size.scaled(toLongestEdge: max(1, Int(edge.rounded())))
    do throws(ImagingError) {
      let smaller = try image.shared().resized(to: size).realised()
      encodes += 1
      return EncodedPicture(bytes: try smaller.encoded(as: encoding), format: format, size: size)
    } catch {
      throw .picture(error)
    }
  }

  private mutating func encode(
    _ image: borrowing Image, _ encoding: Image.Encoding
  ) throws(PreparationError) -> PictureBytes {
    encodes += 1
    do throws(ImagingError) {
      return try image.encoded(as: encoding)
    } catch {
      throw .picture(error)
    }
  }

  /// Says what the search had to give up.
  private mutating func note(
    _ setting: CapSearch.Setting, first: Int, of size: PixelSize, to smaller: PixelSize
  ) {
    let reason = "at most \(options.maximumBytes)"
    steps.removeAll { $0.kind == .quality && $0.after == nil }
    if setting.quality < first || plan.isOnlyAboutBytes && plan.format != .png {
      let before = setting.quality < first ? "\(first)" : nil
      steps.append(PreparationStep(.quality, reason, before: before, after: "\(setting.quality)"))
    }
    if setting.edgeSteps > 0 {
      steps.append(PreparationStep(.downscale, reason, before: "\(size)", after: "\(smaller)"))
    }
  }
}
