#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens a new private file, which colleagues can read and write, too, where they can write its folder.
///
/// - Returns: the descriptor; below 0 where `open` failed, with the reason in `errno`.
package func openPrivate(_ path: String, _ flags: Int32) -> Int32 {
  let descriptor = open(path, flags | O_CREAT | O_CLOEXEC, 0o600)
  let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
  let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  var (own, around) = (stat(), stat())
  guard descriptor >= 0, stat(folder, &around) == 0, around.st_mode & S_IWGRP != 0,
    fstat(descriptor, &own) == 0, own.st_uid == geteuid(), own.st_mode & 0o077 == 0
  else { return descriptor }
  // The user's umask would have taken these away from what `open` makes. A folder may give its files another group.
  if own.st_gid == around.st_gid || fchown(descriptor, uid_t.max, around.st_gid) == 0 {
    fchmod(descriptor, 0o660)
  }
  return descriptor
}
