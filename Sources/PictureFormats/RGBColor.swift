/// An opaque 8-bit sRGB color.
public struct RGBColor: Hashable, Sendable, Codable {
  /// The red component, 0…255.
  public let red: UInt8
  /// The green component, 0…255.
  public let green: UInt8
  /// The blue component, 0…255.
  public let blue: UInt8

  /// Creates a color from its 8-bit components.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// White, `#ffffff`.
  public static let white = RGBColor(red: 255, green: 255, blue: 255)

  /// Parses a CSS color: `#rgb`, `#rrggbb`, or one of the sixteen color names of HTML 4.01. Case-insensitive.
  /// `nil` for anything else.
  package init?(css text: String) {
    let text = text.lowercased()
    if let value = Self.names[text] {
      self.init(hex: value)
      return
    }
    guard text.hasPrefix("#"), text.dropFirst().allSatisfy(\.isHexDigit),
      let value = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    switch text.count {
    case 4: self.init(hex: (value >> 8 & 15) * 0x110000 | (value >> 4 & 15) * 0x1100 | (value & 15) * 0x11)
    case 7: self.init(hex: value)
    default: return nil
    }
  }

  private init(hex: UInt32) {
    self.init(red: UInt8(hex >> 16 & 255), green: UInt8(hex >> 8 & 255), blue: UInt8(hex & 255))
  }

  private static let names: [String: UInt32] = [
    "black": 0x000000, "silver": 0xC0C0C0, "gray": 0x808080, "white": 0xFFFFFF, "maroon": 0x800000,
    "red": 0xFF0000, "purple": 0x800080, "fuchsia": 0xFF00FF, "green": 0x008000, "lime": 0x00FF00,
    "olive": 0x808000, "yellow": 0xFFFF00, "navy": 0x000080, "blue": 0x0000FF, "teal": 0x008080,
    "aqua": 0x00FFFF,
  ]
}

extension RGBColor: CustomStringConvertible {
  /// The color as `#rrggbb`.
  public var description: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
