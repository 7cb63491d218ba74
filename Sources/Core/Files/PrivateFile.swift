#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens a private file, and creates it if necessary. A new file is accessible to its user only, or also to
/// the group if the group can write to the folder.
///
/// - Returns: the descriptor, or a negative number when `open` failed, with the reason in `errno`.
package func openPrivate(_ path: String, _ flags: Int32) -> Int32 {
  let descriptor = open(path, flags | O_CREAT | O_CLOEXEC, 0o600)
  var (own, around) = (stat(), stat())
  guard descriptor >= 0, stat(Path(path).parent.string, &around) == 0, around.st_mode & S_IWGRP != 0,
    fstat(descriptor, &own) == 0, own.st_uid == geteuid(), own.st_mode & 0o077 == 0
  else { return descriptor }
  // Set the mode afterwards: the umask could remove these bits from the mode given to `open`. The folder may
  // give its files another group.
  if own.st_gid == around.st_gid || fchown(descriptor, uid_t.max, around.st_gid) == 0 {
    fchmod(descriptor, 0o660)
  }
  return descriptor
}
