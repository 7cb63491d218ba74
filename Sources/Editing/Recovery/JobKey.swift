import Finishing
import Gateways
import PictureFormats
import Preparation
import Core

/// The identity of a job: the bytes of its pictures, its prompt, the requested options, and the gateway with
/// its dialect. The output, the timeout, and the price do not count.
package struct JobKey {
  private let parts: [String]

  /// - Parameter digests: the digests of the references, in their order, and of the mask.
  package init(_ digests: [String], _ prompt: String, _ options: EditOptions, _ route: Route) {
    parts = Self.parts(digests, prompt, options, route)
  }

  /// The key of the first variant, which is usually the only one.
  package var text: String { text(ofVariant: 1) }

  /// - Parameter number: the variant, counted from 1; later ones are further pictures of the same content,
  ///   each billed.
  package func text(ofVariant number: Int) -> String {
    Self.hash(number == 1 ? parts : parts + ["variant \(number)"])
  }

  static func hash(_ parts: [String]) -> String {
    let framed = parts.map { "\($0.utf8.count):\($0)" }.joined()
    return PictureBytes(Array(framed.utf8)).sha256
  }

  /// The hashed parts: the gateway, the prompt, and every option that differs from its default. So a new
  /// option changes only the keys of jobs that use it, and what an earlier version has done and paid for
  /// stays done.
  package static func parts(
    _ digests: [String], _ prompt: String, _ options: EditOptions, _ route: Route
  ) -> [String] {
    let gateway = route.gateway
    let allowed = options.preparation.allowed.sorted().joined(separator: ",")
    return ["2", gateway.dialect.rawValue, gateway.id, prompt, allowed] + StoredNames.texts(of: options)
      + digests
  }
}

extension Editor {
  /// The keys of a job: its own, and then those under which earlier versions may have done it.
  ///
  /// - Throws: `missing`, `notAFile` or `unreadable` when a picture cannot be read.
  package func keys(
    of prompt: String, _ references: [Reference], _ options: EditOptions
  ) async throws(PlantainError) -> [JobKey] {
    var known: [String: String] = [:]
    return try await keys(of: prompt, references, options, known: &known)
  }

  /// - Parameter known: the digests of files by their paths, which are not computed again.
  package func keys(
    of prompt: String, _ references: [Reference], _ options: EditOptions, known: inout [String: String]
  ) async throws(PlantainError) -> [JobKey] {
    var digests: [String] = []
    for reference in references + [options.finish.mask].compactMap(\.self) {
      if case .file(let path) = reference, let digest = known[path] {
        digests.append(digest)
        continue
      }
      let digest = try await digest(of: reference)
      if case .file(let path) = reference { known[path] = digest }
      digests.append(digest)
    }
    let (digestsOfAll, plain) = (digests, options.withoutDefaults(of: routes[0].gateway))
    let keys = { (options: EditOptions) in
      // Earlier versions sent a prompt file with its byte order mark.
      [prompt, "\u{FEFF}" + prompt].map { JobKey(digestsOfAll, $0, options, self.routes[0]) }
    }
    let own = keys(plain)
    // Earlier versions hashed a default that was spelled out.
    let spelled = keys(options).filter { key in !own.contains { $0.text == key.text } }
    return own + spelled
  }

  private func digest(of reference: Reference) async throws(PlantainError) -> String {
    switch reference {
    case .url(let address): return address
    case .dataURI(let text): return PictureBytes(Array(text.utf8)).sha256
    case .file, .standardInput, .mangled, .bytes:
      return try await processor.keep(reference).digest()
    }
  }
}

extension EditOptions {
  /// The same options, with those left out that only spell out a default, so that they have one job key.
  fileprivate func withoutDefaults(of gateway: Gateway) -> EditOptions {
    var plain = self
    if model == gateway.defaultModel.id { plain.model = nil }
    if tier == .one { plain.tier = nil }
    // For a result that is placed back into its original, the default is padding instead.
    if aspect == .source, !finish.returnsToOriginal { plain.aspect = nil }
    return plain
  }
}
