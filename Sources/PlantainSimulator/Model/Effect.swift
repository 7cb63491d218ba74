import PictureWork

extension SimulatedEdit.Effect {
  /// The effect of the simulated model on a picture, chosen by words in the prompt; `duotone` for every other
  /// prompt.
  init(prompt: String) {
    let words = prompt.lowercased().split { !$0.isLetter }
    self =
      Self.allCases.first { effect in
        words.contains { word in effect.stems.contains { word.hasPrefix($0) } }
      } ?? .duotone
  }

  private var stems: [String] {
    switch self {
    case .grayscale: ["gray", "grey", "monochrome"]
    case .blur: ["blur"]
    case .warm: ["warm"]
    case .cool: ["cool", "cold"]
    case .night: ["night"]
    case .sketch: ["sketch", "draw"]
    case .addition: ["add", "put", "place", "insert"]
    case .duotone: []
    }
  }
}
