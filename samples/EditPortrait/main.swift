// The main job as a library call:
//   APIYI_API_KEY=… swift run edit-portrait "make it evening" samples/portrait.jpg evening.png
import Plantain

func editPortrait(_ prompt: String, _ picture: String, _ output: String) async throws {
  var options = EditOptions()
  options.output = .file(output)
  let editor = try Editor(gateway: .apiyi, key: .environment("APIYI_API_KEY"))
  do {
    let result = try await editor.edit(prompt, references: [.file(picture)], options: options)
    print("\(output): \(result.image.size) \(result.image.mediaType)")
  } catch {
    print(error)
  }
  await editor.close()
}

let words = CommandLine.arguments.dropFirst()
if words.count == 3 {
  try await editPortrait(words[1], words[2], words[3])
} else {
  print("usage: edit-portrait PROMPT PICTURE OUT")
}
