import Imaging
import PictureFormats
import TestSupport
import Testing
import Core

@Suite struct `Colors survive another RGB space` {
  /// Checked with libvips and Little CMS, which do not use the matrix code.
  @Test func `converted colors return unchanged through the space's profile`() throws {
    var pixels: [UInt8] = []
    for red in stride(from: 0, through: 255, by: 15) {
      for green in stride(from: 0, through: 255, by: 15) {
        for blue in stride(from: 0, through: 255, by: 15) {
          pixels += [UInt8(red), UInt8(green), UInt8(blue)]
        }
      }
    }
    let size = PixelSize(width: 18, height: 18 * 18)
    let colors = try Image.fromPixels(pixels, size: size, bands: 3)
    let space = try #require(MatrixShaper(ICCProfile(Profiles.displayP3)))
    let there = try colors.shared().fromSRGB(to: space).withProfile(Profiles.displayP3).copiedToMemory()
    #expect(try there.pixels() != pixels)
    let differences = try colors.differences(from: there.inSRGB(usingProfile: true).copiedToMemory())
    // Two roundings to 8 bits.
    #expect((differences.max() ?? 9) < 1.5)
    #expect(differences.reduce(0, +) / Float(differences.count) < 0.3)
  }

  @Test func `a profile that is not a matrix profile is not used`() throws {
    #expect(MatrixShaper(ICCProfile(Profiles.gray(gamma: 2.2))) == nil)
    #expect(MatrixShaper(ICCProfile([1, 2, 3])) == nil)
  }
}
