package import Core

/// The bytes of a picture in memory.
///
/// - Throws: `unreadable`.
package func inMemory(_ content: PictureContent) throws(ImagingError) -> PictureBytes {
  do throws(ContentError) { return try content.read() } catch { throw .unreadable(error) }
}

/// - Throws: `unreadable` when a file is not what it was when it was opened.
package func requireUnchanged(_ content: PictureContent) throws(ImagingError) {
  do throws(ContentError) { try content.requireUnchanged() } catch { throw .unreadable(error) }
}

/// Lets `work` read the bytes of a picture. That they could not be had is told before what `work` makes of their absence.
///
/// - Throws: `unreadable`, and what `work` throws.
package func reading<Value>(
  _ window: PictureWindow, _ work: (PictureWindow) throws(ImagingError) -> Value
) throws(ImagingError) -> Value {
  let result: Result<Value, ImagingError>
  do throws(ImagingError) { result = .success(try work(window)) } catch { result = .failure(error) }
  do throws(ContentError) { try window.requireWhole() } catch { throw .unreadable(error) }
  return try result.get()
}
