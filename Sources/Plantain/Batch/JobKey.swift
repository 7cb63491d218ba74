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
    (options.parent, options.recordsPrompt) = (places.parent, places.recordsPrompt)
    (options.jobKey, options.run) = (places.jobKey, places.run)
    options.finish.comparison = nil
    // The mask is known by its bytes.
    options.finish.mask = options.finish.mask == nil ? nil : .standardInput
    let allowed = options.allowed.sorted()
    options.allowed = []
    let parts =
      ["2", route.gateway.dialect.rawValue, route.gateway.id, prompt, allowed.joined(separator: ",")]
      + Self.differences(options.finish, from: places.finish).map { "finish.\($0)" }
      + Self.differences(options, from: places) + digests
    let framed = parts.map { "\($0.utf8.count):\($0)" }.joined()
    text = PictureBytes(Array(framed.utf8)).sha256
  }

  /// Every option that is not as usual, by its name. So one that is new changes the keys of those jobs only that use it: what an
  /// earlier version has done and paid for stays done.
  private static func differences<Options>(_ options: Options, from usual: Options) -> [String] {
    zip(Mirror(reflecting: options).children, Mirror(reflecting: usual).children).compactMap { own, usual in
      if own.value is FinishOptions { return nil }
      let text = String(describing: own.value)
      return text == String(describing: usual.value) ? nil : "\(own.label ?? "")=\(text)"
    }
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
