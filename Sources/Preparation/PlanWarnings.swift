import PictureFormats

extension PreparationWarning {
  /// The warnings that follow from a picture's header.
  static func all(of structure: PictureStructure) -> [PreparationWarning] {
    pages(structure) + (structure.skipsPreview ? [.previewSkipped] : [])
      + (structure.isComplete ? [] : [.truncated])
      + (structure.repairs.contains(.end) ? [.endMissing] : [])
      + (structure.metadata.contains(.c2pa) ? [.credentialsRemoved] : [])
      + (structure.metadata.contains(.unusableProfile) ? [.profileIgnored] : [])
      + (structure.hasUnknownColors ? [.colorIgnored] : [])
      + (structure.outsideReferences.isEmpty ? [] : [.referencesLeftOut])
      + (structure.metadata.contains(.damaged) ? [.dataDamaged] : [])
  }

  private static func pages(_ structure: PictureStructure) -> [PreparationWarning] {
    if structure.pageCount > 1 { return [structure.format == .tiff ? .pagesDropped : .animationDropped] }
    return structure.metadata.contains(.animation) ? [.animationDropped] : []
  }
}
