import Core

/// Encodes requests as one flat JSON object, for all flat dialects. The names of its members differ between
/// gateways.
enum FlatRequest {
  static func document(_ request: EditRequest, _ gateway: Gateway) -> RequestNode {
    let fields = gateway.fields
    var document = RequestNode.empty
    document.set(fields.model, .string(request.model))
    document.set(fields.prompt, .string(request.prompt))
    setReferences(of: request, gateway, in: &document)
    document.setShape(of: request, fields)
    // A number, not a string: one gateway rejects it in quotes. The default of every gateway is one picture.
    if request.count > 1 { document.set(fields.count, .number(request.count)) }
    if let format = request.outputFormat { document.set(fields.outputFormat, .string(format.name)) }
    if request.webSearch { document.set(fields.webSearch, .bool(true)) }
    if request.imageSearch { document.set(fields.imageSearch, .bool(true)) }
    if request.officialFallback { document.set(fields.officialFallback, .bool(true)) }
    return document
  }

  /// Puts references as bytes and as URLs into one list in their order, or into two lists if the gateway has
  /// two.
  private static func setReferences(
    of request: EditRequest, _ gateway: Gateway, in document: inout RequestNode
  ) {
    let fields = gateway.fields
    for name in [fields.references, fields.addresses].compactMap(\.self) {
      let items = request.references.compactMap { reference in
        switch reference {
        case .picture(let type, let content):
          name == fields.references ? picture(type, content, gateway.carrier) : nil
        case .address(let address): name == fields.addresses ? .string(address) : nil
        }
      }
      if !items.isEmpty { document.set(name, .array(items)) }
    }
  }

  private static func picture(
    _ type: MediaType, _ content: PictureContent, _ carrier: Gateway.Carrier
  ) -> RequestNode {
    .picture(content, head: carrier == .dataURI ? "data:\(type);base64," : "")
  }
}
