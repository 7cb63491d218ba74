import Options
public import ArgumentParser
public import Core
public import Editing
public import Gateways
public import PictureFormats
public import Preparation
import Batch

/// Parsing of the library's values from the command line. When a value cannot be parsed, ArgumentParser
/// quotes it and adds the option's help as what was expected.
extension ByteCount: ExpressibleByArgument {
  /// Parses a size such as `7MB`, `500KiB`, or a number of bytes.
  public init?(argument: String) { self.init(parsing: argument) }
}

extension Money {
  /// Parses an amount for `@Option(transform:)`. The error says what is wrong with it.
  static func read(argument: String) throws -> Money {
    switch read(argument) {
    case .success(let money): return money
    case .failure(.empty):
      throw ValidationError(
        "The amount is empty. A shell expands $5 as a variable: quote it, '$5', or write 5USD.")
    case .failure(.noCurrency):
      throw ValidationError("\(argument) has no currency. Write \(argument)USD, or '$\(argument)' in quotes.")
    case .failure(.malformed):
      throw ValidationError("\(argument) is not an amount. Write 5USD, '$5', or '0.05 EUR'.")
    }
  }
}

extension Timestamp: ExpressibleByArgument {
  /// Parses a time such as `2h`, `7d`, `today`, `yesterday`, or `2026-11-01`.
  public init?(argument: String) { self.init(since: argument) }
}

extension VisibleArea: ExpressibleByArgument {
  /// Parses `x,y,w,h`.
  public init?(argument: String) { self.init(parsing: argument) }
}

extension Region: ExpressibleByArgument {
  /// Parses `x,y,w,h` or `wxh+x+y`, in pixels or percent.
  public init?(argument: String) { self.init(parsing: argument) }
}

extension RGBColor: ExpressibleByArgument {
  /// Parses a CSS color name or `#rrggbb`.
  public init?(argument: String) { self.init(css: argument) }
}

extension Tier: ExpressibleByArgument {
  /// Parses the name of a tier, such as `2K`, in any case.
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension Fit: ExpressibleByArgument {}

extension ThinkingLevel: ExpressibleByArgument {}

extension MaskEdits: ExpressibleByArgument {}

extension Settlement: ExpressibleByArgument {}

/// The reference that an argument stands for. An argument that is not UTF-8 was changed when it was decoded,
/// so no file is opened by that name. After `--`, a file name may begin with `data:`, as it may begin with a
/// dash.
func reference(for argument: String) -> Reference {
  if PlantainCommand.mangled.contains(argument) { return .mangled(argument) }
  let reference = Reference(argument: argument)
  guard case .dataURI = reference, PlantainCommand.plainNames.contains(argument) else { return reference }
  return argument.contains(";base64,") ? reference : .file(argument)
}

func requireOneStandardInput(in pictures: [String]) throws {
  guard pictures.filter({ $0 == "-" }).count <= 1 else {
    throw ValidationError("Standard input (-) can be only one of the pictures.")
  }
}

/// The value of `--aspect`: `source`, `auto`, or a ratio.
struct AspectArgument {
  let value: EditOptions.Aspect

  init(reading argument: String) throws {
    guard let value = EditOptions.Aspect(parsing: argument) else {
      let remedy = EditOptions.Aspect.remedy(for: argument).map { " \($0)" } ?? ""
      throw ValidationError("expected source, auto, or a ratio such as 16:9.\(remedy)")
    }
    self.value = value
  }
}

/// A maximum drift, or `none` for no maximum.
struct DriftArgument: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    guard argument != "none" else {
      value = .infinity
      return
    }
    guard let value = Double(argument), value >= 0 else { return nil }
    self.value = value
  }
}

/// A maximum edge in pixels, or `none` for no maximum.
struct EdgeArgument: ExpressibleByArgument {
  let value: PreparationSettings.EdgeLimit

  init?(argument: String) {
    guard let value = PreparationSettings.EdgeLimit(parsing: argument) else { return nil }
    self.value = value
  }
}

enum AllowArgument: String, ExpressibleByArgument, CaseIterable {
  case svg, jxl, jp2
}

enum KeepArgument: String, ExpressibleByArgument, CaseIterable {
  case copyright, none
}

enum OutputFormatArgument: String, ExpressibleByArgument, CaseIterable {
  case jpeg, png, webp

  var mediaType: MediaType { MediaType("image/\(rawValue)") }
}

enum FormatArgument: String, ExpressibleByArgument, CaseIterable {
  case auto, jpeg, png, webp

  var mediaType: MediaType? { self == .auto ? nil : MediaType("image/\(rawValue)") }
}

/// An age in hours, days, or weeks: `48h`, `30d`, or `12w`.
struct AgeArgument: ExpressibleByArgument {
  let value: Duration

  init?(argument: String) {
    let number = argument.prefix(while: \.isNumber)
    let hours = ["h": 1, "d": 24, "w": 168]
    guard let amount = Int(number), let factor = hours[String(argument.dropFirst(number.count))], amount > 0,
      amount <= 100_000
    else { return nil }
    value = .seconds(amount * factor * 3_600)
  }
}

/// A duration: `90` or `90s`, `6m`, `1h`, or `500ms`.
struct DurationArgument: ExpressibleByArgument {
  let value: Duration

  init?(argument: String) {
    guard let value = Duration(parsing: argument) else { return nil }
    self.value = value
  }
}
