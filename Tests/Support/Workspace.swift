package import Core

extension TemporaryFolder {
  /// A folder with JPEG files of soft colors.
  package convenience init(
    pictures: String..., size: PixelSize = PixelSize(width: 48, height: 36)
  ) throws {
    try self.init()
    for name in pictures { try write(Synthetic.jpeg(size), as: name) }
  }

  /// Writes `m.jsonl`, a manifest with these lines.
  package func writeManifest(_ lines: [String]) throws {
    try write(Array(lines.joined(separator: "\n").utf8), as: "m.jsonl")
  }

  /// Writes `m.jsonl`, a manifest that edits `a.jpg` several times, each time with another prompt and output.
  ///
  /// - Parameters:
  ///   - format: the extension of the outputs.
  ///   - hasIDs: whether the jobs are called `job-0`, `job-1`, and so on.
  package func writeManifest(jobs count: Int, format: String = "jpg", hasIDs: Bool = false) throws {
    try writeManifest(
      (0..<count).map { number in
        let id = hasIDs ? #", "id": "job-\#(number)""# : ""
        return
          #"{"references": ["a.jpg"], "prompt": "x \#(number)", "output": "\#(number).\#(format)"\#(id)}"#
      })
  }
}
