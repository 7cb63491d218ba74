/// The flat JSON of gateways modeled on OpenAI's images API. References as data URIs and references as URLs
/// are one list:
///
///     {"model": "…", "prompt": "…", "image_urls": ["data:image/jpeg;base64,…", "https://…"],
///      "resolution": "2K"}
enum ImagesFormat: WireFormat {
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode {
    FlatRequest.document(request, gateway)
  }
}
