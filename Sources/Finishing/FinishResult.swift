package import Imaging
package import Vocabulary

/// A returned picture, ready to be written.
package struct FinishedPicture: Sendable {
  package let bytes: PictureBytes
  private let facts: Facts

  package init(bytes: PictureBytes, facts: Facts) {
    self.bytes = bytes
    self.facts = facts
  }

  /// What is known of it beside its bytes.
  package struct Facts: Sendable, Codable {
    var format: PictureFormat
    var size: PixelSize
    var returned: PictureFormat
    var isConverted: Bool
  }

  package var format: PictureFormat { facts.format }
  package var size: PixelSize { facts.size }
  /// What came, by its bytes.
  package var returned: PictureFormat { facts.returned }
  /// The pixels were encoded anew; otherwise the bytes are the model's own.
  package var isConverted: Bool { facts.isConverted }

  /// A finishing's outcome without its bytes, which another process can send beside it.
  package enum Answer: Sendable, Codable {
    case finished(Facts)
    case failed(FinishingError)
  }

  /// The outcome of finishing `result`, as `finishResult` gives it.
  package static func answer(
    finishing result: PictureBytes, options: FinishingOptions
  ) -> (answer: Answer, bytes: PictureBytes?) {
    do throws(FinishingError) {
      let picture = try finishResult(result, options: options)
      return (.finished(picture.facts), picture.bytes)
    } catch {
      return (.failed(error), nil)
    }
  }
}

/// What a returned picture is to become.
package struct FinishingOptions: Sendable, Codable {
  /// What this kind of work is called between processes.
  package static let jobKind = "finish"

  /// The format to write; `nil` keeps whatever came.
  package var wanted: PictureFormat?

  package init(wanted: PictureFormat? = nil) {
    self.wanted = wanted
  }
}

/// Why a returned picture cannot be used.
package enum FinishingError: Error, Sendable, Codable {
  case picture(ImagingError)
}

/// Turns the bytes that a model returned into the file that was asked for. What they are is read from the bytes: the
/// labels of these APIs lie. The model's own bytes are kept whenever the formats agree, so that marks of provenance
/// stay valid.
package func finishResult(
  _ bytes: PictureBytes, options: FinishingOptions
) throws(FinishingError) -> FinishedPicture {
  try finishResult(inspectResult(bytes, options: options))
}

/// The same for a picture that was inspected already.
package func finishResult(_ inspection: ResultInspection) throws(FinishingError) -> FinishedPicture {
  let structure = inspection.structure
  guard inspection.needsDecoder, let wanted = inspection.wanted else {
    return FinishedPicture(
      bytes: inspection.bytes,
      facts: FinishedPicture.Facts(
        format: structure.format, size: structure.uprightSize, returned: structure.format, isConverted: false)
    )
  }
  do throws(ImagingError) {
    return try convert(inspection.bytes, structure, to: wanted)
  } catch {
    throw .picture(error)
  }
}

/// What is known of a returned picture before it is decoded.
package struct ResultInspection: Sendable {
  let bytes: PictureBytes
  let structure: PictureStructure
  let wanted: PictureFormat?

  /// Whether the pixels have to be seen; otherwise the bytes stay as they are.
  package var needsDecoder: Bool { wanted.map { $0 != structure.format } ?? false }

  /// What decoding and encoding it may take at most: the decoder's whole canvas, the picture and a turned copy of it,
  /// with four 16-bit channels, and what an encoder holds.
  package var memory: ByteCount { ByteCount(64_000_000 + structure.size.pixelCount * 20) }
  /// Measured: decoding and encoding once stay under 0.3 s a megapixel.
  package var cpuSeconds: Int { 10 + structure.size.pixelCount * 3 / 10_000_000 }
}

/// Reads what a returned picture says of itself.
package func inspectResult(
  _ bytes: PictureBytes, options: FinishingOptions
) throws(FinishingError) -> ResultInspection {
  do throws(ImagingError) {
    let structure = try PictureStructure.read(bytes)
    let inspection = ResultInspection(bytes: bytes, structure: structure, wanted: options.wanted)
    guard !inspection.needsDecoder || structure.size.pixelCount <= mostPixels else {
      throw .tooManyPixels(structure.size, limit: mostPixels)
    }
    return inspection
  } catch {
    throw .picture(error)
  }
}

/// A decoded 4K picture is 270 MB at most; anything far above is no answer of these models.
private let mostPixels = 200_000_000

private func convert(
  _ bytes: PictureBytes, _ structure: PictureStructure, to wanted: PictureFormat
) throws(ImagingError) -> FinishedPicture {
  guard let codec = structure.format.codec else { throw .unsupportedFormat(structure.format) }
  var image = try Image.decode(bytes, as: codec).realised()
  if structure.orientation != 1 { image = try image.oriented(structure.orientation) }
  let profile = structure.profile.map(ICCProfile.init)
  let usesProfile = profile?.isSRGB == false
  if usesProfile, let converted = try? image.inSRGB(usingProfile: true) {
    image = converted
  } else if usesProfile || structure.bitsPerChannel > 8 || structure.colour == .cmyk {
    image = try image.inSRGB(usingProfile: false)
  }
  if image.hasAlpha, !wanted.hasAlpha { image = try image.flattened(onto: .white) }
  let encoded = try image.encoded(as: encoding(for: wanted))
  return FinishedPicture(
    bytes: encoded,
    facts: FinishedPicture.Facts(
      format: wanted, size: structure.uprightSize, returned: structure.format, isConverted: true))
}

/// The model's picture is encoded once more, so finely that it does not show.
private func encoding(for format: PictureFormat) -> Image.Encoding {
  switch format.codec {
  case .png: .png
  case .webp: .webp(quality: 95)
  default: .jpeg(quality: 95, halvedChroma: false)
  }
}
