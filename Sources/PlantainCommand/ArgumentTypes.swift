public import ArgumentParser
public import Plantain

/// How the library's values are written on the command line. What cannot be read is quoted by the parser, which adds
/// what was expected from the option's help.
extension ByteCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}

extension Money {
  /// For `@Option(transform:)`: what is wrong with a sum is said.
  static func read(argument: String) throws -> Money {
    switch read(argument) {
    case .success(let money): return money
    case .failure(.empty):
      throw ValidationError(
        "The sum is empty. A shell takes $5 for a variable: quote it, '$5', or write 5USD.")
    case .failure(.noCurrency):
      throw ValidationError("\(argument) has no currency. Write \(argument)USD, or in quotes '$\(argument)'.")
    case .failure(.malformed):
      throw ValidationError("\(argument) is no sum. Write 5USD, '$5' or '0.05 EUR'.")
    }
  }
}

extension Timestamp: ExpressibleByArgument {
  public init?(argument: String) { self.init(since: argument) }
}

extension VisibleArea: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}

extension Region: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}

extension RGBColor: ExpressibleByArgument {
  public init?(argument: String) { self.init(css: argument) }
}

extension Tier: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension Fit: ExpressibleByArgument {}

extension ThinkingLevel: ExpressibleByArgument {}

extension MaskEdits: ExpressibleByArgument {}

extension Settlement: ExpressibleByArgument {}

/// What a word on the command line means. One that is not UTF-8 was mangled on its way here, and no file is looked for by
/// such a name. After `--` a name may begin with `data:`, as it may begin with a dash.
func reference(for argument: String) -> Reference {
  if PlantainCommand.mangled.contains(argument) { return .mangled(argument) }
  let reference = Reference(argument: argument)
  guard case .dataURI = reference, PlantainCommand.plainNames.contains(argument) else { return reference }
  return argument.contains(";base64,") ? reference : .file(argument)
}

func requireOneStandardInput(in pictures: [String]) throws {
  guard pictures.filter({ $0 == "-" }).count <= 1 else {
    throw ValidationError("Standard input can be only one of the pictures.")
  }
}

/// `source`, `auto`, or a ratio.
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

/// A drift, or none: any.
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

/// `none`, or pixels.
struct EdgeArgument: ExpressibleByArgument {
  let value: EditOptions.EdgeLimit

  init?(argument: String) {
    guard let value = EditOptions.EdgeLimit(parsing: argument) else { return nil }
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

/// `30d`, `12w` or `48h`.
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

/// `90`, `90s`, `6m`, `1h` or `500ms`.
struct DurationArgument: ExpressibleByArgument {
  let value: Duration

  init?(argument: String) {
    guard let value = Duration(parsing: argument) else { return nil }
    self.value = value
  }
}
