import ArgumentParser
import Core
import Editing
import Gateways
import Options
import UserConfiguration

/// `plantain completion SHELL`.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the script that completes commands in a shell.",
    discussion: """
      bash:  plantain completion bash > ~/.local/share/bash-completion/completions/plantain
      zsh:   plantain completion zsh > DIR/_plantain, with DIR in $fpath
      fish:  plantain completion fish > ~/.config/fish/completions/plantain.fish
      """)

  @Argument(help: "bash, zsh, or fish.") var shell: Shell

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var kind: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  func run() throws { Console.print(PlantainCommand.completionScript(for: shell.kind)) }
}

extension CompletionKind {
  /// What a shell offers as the value of an option.
  ///
  /// - Parameter name: the option's long name.
  static func row(_ name: String) -> CompletionKind {
    switch name {
    case "gateway": .gateways
    case "model": .models
    case "from": .edits
    case "run": .runs
    case "aspect": .list(["source", "auto"] + ratios)
    default: .file()
    }
  }

  private static var ratios: [String] {
    Set(Gateway.all.flatMap { $0.models }.flatMap { $0.ratios.map(\.description) }).sorted()
  }

  /// The ids of the gateways, with those of the configuration. After a comma, further ones.
  static let gateways = CompletionKind.custom { words, _, given in
    let known = ConfiguredGateways(words).all.map(\.id)
    guard let comma = given.lastIndex(of: ",") else { return known }
    return known.map { given[...comma] + $0 }
  }

  /// The ids of the models: of the chosen gateway, otherwise of all.
  static let models = CompletionKind.custom { words, _, _ in
    let chosen = value(of: "--gateway", in: words)?.split(separator: ",").map(String.init)
    let gateways = ConfiguredGateways(words).all.filter { chosen?.contains($0.id) != false }
    return Set(gateways.flatMap { $0.models }.map(\.id)).sorted()
  }

  /// The ids of the newest edits.
  static let edits = CompletionKind.custom { (words: [String], _: Int, _: String) async -> [String] in
    guard let history = try? history(words) else { return [] }
    return (try? await history.edits())?.map(\.id) ?? []
  }

  /// The ids of the newest runs.
  static let runs = CompletionKind.custom { (words: [String], _: Int, _: String) async -> [String] in
    guard let history = try? history(words) else { return [] }
    return (try? await history.runs())?.map(\.run) ?? []
  }

  private static func history(_ words: [String]) throws -> History {
    let configuration = try Configuration.read(value(of: "--config", in: words))
    return try History(ledger: configuration.ledger(named: value(of: "--ledger", in: words)))
  }

  /// The value of an option in an unfinished command line.
  fileprivate static func value(of option: String, in words: [String]) -> String? {
    if let joined = words.last(where: { $0.hasPrefix(option + "=") }) {
      return String(joined.dropFirst(option.count + 1))
    }
    guard let place = words.lastIndex(of: option), words.indices.contains(place + 1) else { return nil }
    return words[place + 1]
  }
}

/// The gateways that a command line can name. A configuration that cannot be read leaves the built-in ones.
private struct ConfiguredGateways {
  let all: [Gateway]

  init(_ words: [String]) {
    let configuration = try? Configuration.read(CompletionKind.value(of: "--config", in: words))
    all = configuration?.gateways ?? Gateway.all
  }
}
