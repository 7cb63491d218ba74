import CImaging
import PictureFormats

extension PictureWindow {
  /// The window as a reader for a decoder. It is borrowed: the window must outlive the decoder.
  var reader: CImagingReader {
    CImagingReader(
      context: Unmanaged.passUnretained(self).toOpaque(),
      read: { context, offset, room, count in
        guard let context, let room else { return -1 }
        let window = Unmanaged<PictureWindow>.fromOpaque(context).takeUnretainedValue()
        let part = window.bytes(at: Int(offset)).prefix(Int(count))
        guard window.failure == nil else { return -1 }
        UnsafeMutableRawBufferPointer(start: room, count: part.count)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        return Int64(part.count)
      }, length: Int64(byteCount))
  }
}
