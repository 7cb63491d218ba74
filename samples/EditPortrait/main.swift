// An edit as a library call:
//   APIYI_API_KEY=… swift run edit-portrait "make it evening" samples/portrait.jpg evening.png
import Plantain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

guard CommandLine.arguments.count == 4 else {
  print("usage: edit-portrait PROMPT PICTURE OUT")
  exit(64)
}
let (prompt, picture, output) = (CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments[3])

do {
  try await withEditor(gateway: .apiyi, key: .environment("APIYI_API_KEY")) { editor in
    var options = EditOptions()
    options.output = .file(output)
    let result = try await editor.edit(prompt, references: [.file(picture)], options: options)
    print("\(output): \(result.image.size) \(result.image.mediaType)")
  }
} catch let error as PlantainError {
  print(error)
  exit(1)
}
