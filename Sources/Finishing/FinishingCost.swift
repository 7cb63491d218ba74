package import PictureFormats
package import Core

/// Estimates of what finishing costs, from the headers of the pictures.
extension ResultInspection {
  package var cost: WorkCost { WorkCost(memory: memory, cpuSeconds: cpuSeconds) }

  /// The maximum memory.
  private var memory: ByteCount {
    let decoded = structure.size.pixelCount
    guard let original, options.looksAtOriginal else {
      // The decoder's whole canvas, the picture, and a rotated copy of it, with four 16-bit channels, and
      // what an encoder holds.
      return ByteCount(Self.program + decoded * 20)
    }
    let size = original.structure.uprightSize
    let warped =
      options.hasOriginalsSize ? OriginalCrop(options.shown, of: size).area.size.pixelCount : decoded
    // The result as it arrived, color-converted, and reduced; then composited over its original.
    let result = decoded * 12 + warped * (numbers.isDeep ? 12 : 8)
    // Each file as it arrived, and without the parts that its decoder is not given.
    let files = 2 * (bytes.count + original.bytes.count + (mask?.bytes.count ?? 0))
    let masks = (mask?.structure.size.pixelCount ?? 0) * 6
    return ByteCount(Self.program + result + originalImage(original) + output(size) + masks + files)
  }

  /// In bytes of pixels.
  private static let maximumHeld = 128_000_000

  /// Whether an original is held whole in memory while a result is restored onto it.
  package static func isHeld(_ structure: PictureStructure, isDeep: Bool) -> Bool {
    structure.orientation != 1 || structure.size.pixelCount * (isDeep ? 8 : 4) <= maximumHeld
  }

  /// The program, its libraries, and everything small.
  private static let program = 110_000_000

  private func originalImage(_ original: Original) -> Int {
    let structure = original.structure
    let pixels = structure.decodedSize.pixelCount
    let held = Self.isHeld(structure, isDeep: numbers.isDeep) ? pixels * (numbers.isDeep ? 8 : 4) : 0
    let turned = structure.orientation == 1 ? 0 : pixels * 8
    // Such files are decoded as a whole, however small the part that is needed.
    let isWhole =
      structure.isProgressive || structure.isInterlaced
      || ![.jpeg, .png, .tiff].contains(structure.format.codec)
    return held + turned + (isWhole ? pixels * 8 : 0)
  }

  /// The finished file, and the whole picture if its encoder needs it.
  private func output(_ original: PixelSize) -> Int {
    let pixels = max(canvas.pixelCount, structure.size.pixelCount)
    let encoder = options.maximumBytes != nil ? 14 : wanted.codec == .webp ? 8 : 0
    return pixels * (encoder + (numbers.isDeep ? 6 : 3))
  }

  /// The maximum CPU time, in seconds. Measured: decoding and encoding once stay under 0.3 s per megapixel;
  /// compositing over an original and writing as WebP, under 0.9 s.
  private var cpuSeconds: Int {
    let pixels = structure.size.pixelCount + (original?.structure.size.pixelCount ?? 0)
    // The search for a file size encodes up to nine pictures in all.
    let search = options.maximumBytes == nil ? 0 : 10 + pixels * 20 / 10_000_000
    return search
      + (options.looksAtOriginal ? 20 + pixels * 12 / 10_000_000 : 10 + pixels * 3 / 10_000_000)
  }
}
