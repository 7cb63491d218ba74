package import Core

/// Returns the bytes of a picture in memory.
///
/// - Throws: `unreadable`.
package func inMemory(_ content: PictureContent) throws(ImagingError) -> PictureBytes {
  do throws(ContentError) { return try content.read() } catch { throw .unreadable(error) }
}

/// Checks that a file has not changed since it was opened.
///
/// - Throws: `unreadable` if it has.
package func requireUnchanged(_ content: PictureContent) throws(ImagingError) {
  do throws(ContentError) { try content.requireUnchanged() } catch { throw .unreadable(error) }
}

/// Runs `work` on the bytes of a picture. A failure to read them takes precedence over an error from `work`,
/// which may only be its consequence.
///
/// - Throws: `unreadable`, and the errors of `work`.
package func reading<Value>(
  _ window: PictureWindow, _ work: (PictureWindow) throws(ImagingError) -> Value
) throws(ImagingError) -> Value {
  let result: Result<Value, ImagingError>
  do throws(ImagingError) { result = .success(try work(window)) } catch { result = .failure(error) }
  do throws(ContentError) { try window.requireWhole() } catch { throw .unreadable(error) }
  return try result.get()
}
