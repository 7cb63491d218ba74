import Raster

/// The operations of a raster, by libvips.
extension Image: Raster {}
