public import Core

/// How a result is finished, whatever its original is.
public struct FinishingSettings: Sendable, Codable, Equatable {
  /// Scales the result to the upright original's exact width and height. Default: `false`.
  public var fitsSource = false
  /// Measures the result's shift, scale, and rotation against the original, and corrects them to a fraction
  /// of a pixel. Default: `nil`, which means `true` if some of the original's pixels stay: with a region, a
  /// mask, or `keepsUnchanged`.
  public var aligns: Bool?
  /// Removes the tint of what the model has not changed. It is measured beyond region and mask if there are
  /// any, otherwise on what most of the picture agrees on. Set `false` to give a region another mood.
  /// Default: `nil`, which means `true` if some of the original's pixels stay.
  public var matchesColor: Bool?
  /// What in the mask marks the area to edit: white, where gray means a partial change, or transparent.
  /// Default: `nil`, transparent if the mask has transparency and the rest is a picture or black; otherwise
  /// white.
  public var maskEdits: MaskEdits?
  /// The width of the feather around the region or the mask, over which the result fades into its
  /// surroundings, in pixels of the original, 0 or more. Default: `nil`, a sixteenth of the region's shorter
  /// edge, at most 64; 0 around a mask.
  public var feather: Int?
  /// Restores the original where the model has not changed it, unless most of the picture is changed.
  /// Default: `false`.
  public var keepsUnchanged = false
  /// Restores the original's alpha channel. Default: `false`.
  public var restoresAlpha = false

  /// Creates settings that do nothing.
  public init() {}
}
