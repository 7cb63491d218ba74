/// The flat JSON of APIMart and its white labels. References as data URIs and references as URLs are one
/// list, and `size` is an aspect ratio:
///
///     {"model": "…", "prompt": "…", "image_urls": ["data:image/jpeg;base64,…", "https://…"],
///      "size": "16:9", "resolution": "2K", "n": 4}
enum TaskFormat: WireFormat {
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode {
    FlatRequest.document(request, gateway)
  }
}
