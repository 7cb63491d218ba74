/// The flat JSON of myrouter and its twins. References as base64 and references as URLs are two lists, and
/// options of searches are members of an object:
///
///     {"prompt": "…", "image_base64s": ["…"], "image_urls": ["https://…"], "size": "2K",
///      "google": {"web_search": true}}
enum V3Format: WireFormat {
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode {
    FlatRequest.document(request, gateway)
  }
}
