import Finishing
import Imaging
import PictureFormats
import Core

/// A result warped onto its original, both reduced: measurements of the whole picture are made on these.
struct ComparedPair: ~Copyable {
  /// Fine enough to tell a changed object from its surroundings, coarse enough that grain and compression do
  /// not count.
  private static let longestEdge = 256
  /// A CIEDE2000 difference that is visible at a glance, for the changed share.
  private static let visible = 6.0
  private static let maximumColors = 4_000

  let size: PixelSize
  private let result: Image
  private let original: Image
  private let warped: [UInt8]
  private let originalImage: [UInt8]
  /// The pixels that both pictures show.
  private let shared: [Int]
  /// The CIEDE2000 difference of each pixel from the original's, with the colors matched so far.
  private var differences: [Float]

  /// - Parameter original: without transparency, in memory.
  init(_ result: borrowing Image, _ original: borrowing Image, _ map: AffineTransform) throws(ImagingError) {
    let size =
      original.size.longestEdge > Self.longestEdge
      ? original.size.scaled(toLongestEdge: Self.longestEdge) : original.size
    let toSize = map.then(.stretch(original.size, to: size))
    let small = try InProcess.warp(result, by: toSize, into: size).opaque()
    let originalImage = try original.shared().resized(to: size)
    let (warped, groundPixels) = (try small.pixels(), try originalImage.pixels())
    let differences = try originalImage.differences(from: small)
    // Nothing that can fail may follow the first of these assignments.
    self.size = size
    self.warped = warped
    self.originalImage = groundPixels
    self.result = small
    self.original = originalImage
    self.differences = differences
    let shown = toSize.shows(result.size, over: size)
    shared = (0..<size.pixelCount).filter { shown[$0] }
  }

  /// Pairs of colors of the result and of the original, in linear light.
  ///
  /// - Parameter editable: the area that the result may change. Pixels beyond it show a tint best, if there
  ///   are enough of them.
  func colors(beside editable: [UInt8]?) -> [ColorFit.Pair] {
    let beside = shared.filter { editable?[$0] == 0 }
    let places = beside.count * 10 >= shared.count ? beside : shared
    // An odd step: one that divides the width would sample only a few columns.
    let step = (places.count / Self.maximumColors) | 1
    return stride(from: 0, to: places.count, by: step).map { position in
      let place = 3 * places[position]
      return ColorFit.Pair(from: Self.color(warped, place), to: Self.color(originalImage, place))
    }
  }

  private static func color(_ pixels: [UInt8], _ place: Int) -> ColorFit.Color {
    ColorFit.Color(
      linearLight[Int(pixels[place])], linearLight[Int(pixels[place + 1])],
      linearLight[Int(pixels[place + 2])])
  }

  /// The median difference before and after, over the pixels that differ least afterwards: three fifths of
  /// them, because the others may be changed.
  func change(by fit: ColorFit) throws(ImagingError) -> Findings.ColorChange {
    let after = try differences(after: fit)
    let unchanged = leastDifferent(shared, after)
    func middle(_ differences: [Float]) -> Double {
      let sorted = unchanged.map { differences[$0] }.sorted()
      return sorted.isEmpty ? 0 : Double(sorted[sorted.count / 2])
    }
    return Findings.ColorChange(before: middle(differences), after: middle(after))
  }

  /// Applies a color fit to the result.
  mutating func take(_ fit: ColorFit) throws(ImagingError) {
    differences = try differences(after: fit)
  }

  /// Records the changed share and the drift.
  ///
  /// - Parameters:
  ///   - editable: the area that the result may change; `nil`: all of it.
  ///   - share: the compared part as a share of the original.
  func judge(_ editable: [UInt8]?, share: Double, _ findings: inout Findings) {
    guard !shared.isEmpty else { return }
    let changed = shared.count { differences[$0] > Float(Self.visible) && editable?[$0] != 0 }
    findings.changed = share * Double(changed) / Double(size.pixelCount)
    let outside = editable.map { levels in shared.filter { levels[$0] == 0 } }
    // Where everything may change, the rest of the pixels may be the requested edit.
    findings.drift = mean(of: outside ?? leastDifferent(shared, differences), differences)
  }

  /// Measures how far a finished file is from the original.
  ///
  /// - Parameters:
  ///   - part: the part of the file that this pair shows.
  ///   - kept: where to measure; `nil`: in the three fifths that differ least.
  /// - Returns: the mean CIEDE2000; `nil` when there is nothing to measure.
  func drift(of part: consuming Image, at kept: [Bool]?) throws(ImagingError) -> Double? {
    let differences = try original.differences(from: part.resized(to: size).opaque())
    let places =
      kept.map { kept in differences.indices.filter { kept[$0] } }
      ?? leastDifferent(Array(differences.indices), differences)
    return mean(of: places, differences)
  }

  private func mean(of places: [Int], _ differences: [Float]) -> Double? {
    guard !places.isEmpty else { return nil }
    return places.reduce(0) { $0 + Double(differences[$1]) } / Double(places.count)
  }

  private func leastDifferent(_ places: [Int], _ differences: [Float]) -> [Int] {
    Array(places.sorted { differences[$0] < differences[$1] }.prefix(max(1, places.count * 3 / 5)))
  }

  private func differences(after fit: ColorFit) throws(ImagingError) -> [Float] {
    let matched = try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).copiedToMemory()
    return try original.differences(from: matched)
  }
}
