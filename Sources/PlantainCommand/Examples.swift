/// The examples of help. `Tests/documentation` runs them in the order of the commands, with the pictures of
/// the documentation, except for those with an ID.
enum Examples {
  /// What `plantain` prints without arguments.
  static let overview = """
    Plantain edits local pictures by image-edit APIs: it prepares, sends, and
    finishes them.

      plantain edit photo.jpg -p "at dusk" -o dusk.png --gateway simulator
      plantain edit photo.jpg -p "a hat" --region 25%,0,50%,40% --gateway apiyi
      plantain batch photos -p "at dusk" -o out --gateway apiyi --max-cost 5USD

    The simulator needs no account and costs nothing. --dry-run shows the price.
    Commands: plantain help. Options: plantain help edit. Setup: plantain doctor.
    """

  /// The discussion of a command: a text, and the command's examples.
  static func of(_ command: String, after text: String? = nil) -> String {
    guard let lines = lines[command] else { preconditionFailure("\(command) has no examples") }
    let calls = lines.map { $0.isEmpty ? "  plantain \(command)" : "  plantain \(command) \($0)" }
    let examples = "Examples:\n" + calls.joined(separator: "\n")
    return [text, examples].compactMap(\.self).joined(separator: "\n\n")
  }

  private static let lines: [String: [String]] = [
    "edit": [
      #"photo.jpg -p "at dusk" -o dusk.png --gateway simulator"#,
      #"photo.jpg -p "a hat" --region 25%,0,50%,40% -o hat.png"#,
    ],
    "batch": [
      #"photos -p "at dusk" -o out --gateway apiyi --dry-run"#,
      #"photos -p "at dusk" -o out --max-cost 5USD --report page.html"#,
    ],
    "generate": [
      #"-p "a plantain on a plate" -o plate.png --gateway google"#,
      #"-p "a plantain on a plate" --count 2 -o plates.png"#,
    ],
    "prepare": [
      "photo.jpg -o small.jpg --max-edge 400",
      "photos --recursive -o prepared --max-bytes 7MB",
    ],
    "finish": [
      "dusk.png --source photo.jpg --fit-source --align -o fit.png",
      "dusk.png --source photo.jpg --keep-unchanged -o kept.png",
    ],
    "inspect": ["photo.jpg", "photos --gateway apiyi --json"],
    "history": ["--since 7d --failed", "--totals"],
    "recover": ["ID", "ID -o result.png"],
    "replay": ["ID", "ID --max-drift none"],
    "settle": ["ID --as billed", "ID --as resend"],
    "gateways": ["", "apiyi --json"],
    "probe": ["--gateway apiyi --dry-run", "--gateway apiyi --gateway google"],
    "doctor": ["", "--json"],
  ]
}
