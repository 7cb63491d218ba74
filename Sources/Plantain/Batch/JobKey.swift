import Imaging
import Vocabulary

/// What makes two jobs the same: the bytes of their pictures, their words, what is asked for, and how it is said. Where the result
/// goes, how long it may take and what it may cost do not count.
struct JobKey {
  let text: String

  /// - Parameter digests: of the references, in their order, and of the mask.
  init(_ digests: [String], _ prompt: String, _ options: EditOptions, _ route: Route) {
    var options = options
    let places = EditOptions()
    (options.output, options.overwrites, options.timeout) = (places.output, places.overwrites, places.timeout)
    (options.price, options.spending) = (places.price, places.spending)
    (options.parent, options.recordsPrompt, options.jobKey) = (
      places.parent, places.recordsPrompt, places.jobKey
    )
    options.finish.comparison = nil
    // The mask is known by its bytes.
    options.finish.mask = options.finish.mask == nil ? nil : .standardInput
    let allowed = options.allowed.sorted()
    options.allowed = []
    let parts =
      ["1", route.gateway.dialect.rawValue, route.gateway.id, prompt, allowed.joined(separator: ",")]
      // Every option there is, also one that is new: a job is rather done twice than taken for another.
      + [String(describing: options)] + digests
    let framed = parts.map { "\($0.utf8.count):\($0)" }.joined()
    text = PictureBytes(Array(framed.utf8)).sha256
  }
}

extension Editor {
  /// - Throws: 66 when a picture cannot be read.
  func key(of item: Manifest.Item) async throws(PlantainError) -> JobKey {
    var digests: [String] = []
    for reference in item.references + [item.options.finish.mask].compactMap(\.self) {
      digests.append(try await digest(of: reference))
    }
    return JobKey(digests, item.prompt, item.options, routes[0])
  }

  private func digest(of reference: Reference) async throws(PlantainError) -> String {
    switch reference {
    case .url(let address): return address
    case .dataURI(let text): return PictureBytes(Array(text.utf8)).sha256
    case .file, .standardInput, .mangled, .bytes:
      let content = try await workers.keep(reference)
      return try await onPool { () throws(PlantainError) in
        do throws(ContentError) { return try content.sha256() } catch { throw .losing(error) }
      }
    }
  }
}
