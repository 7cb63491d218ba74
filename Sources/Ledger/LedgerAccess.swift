import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who can read a ledger besides its owner. It holds prompts, so no other user should, except a group that
/// shares its folder.
package struct LedgerAccess: Sendable, Equatable {
  /// Permissions of other users were found on files of this user, and removed.
  package var removedPermissions = false
  /// The group that keeps its permissions, because the folder is writable for it.
  package var group: String?
  /// The owner of the files, if that is not this user and other users have permissions on them.
  package var foreignOwner: String?
  /// Other users have permissions that the file system does not let this process remove.
  package var hasFixedPermissions = false

  package init() {}
}

/// The files of one ledger: the database, the files that SQLite puts beside it, and the replies.
struct LedgerFiles {
  private let database: String
  private let replies: String
  /// The permissions that are kept: the owner's, and the group's if the folder is shared.
  private let allowed: mode_t

  init(_ path: String) {
    database = Path(path).real?.string ?? path
    replies = path + ".replies"
    var folder = stat()
    let isShared = stat(Path(database).parent.string, &folder) == 0 && folder.st_mode & S_IWGRP != 0
    allowed = isShared ? 0o770 : 0o700
  }

  /// Creates an empty database that only its owner can read from its first byte on. SQLite gives the files
  /// beside it the same permissions. An existing database is not opened, because closing it would drop the
  /// locks that this process holds on it.
  static func make(_ path: String) {
    var status = stat()
    guard stat(path, &status) != 0 else { return }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Shares a new folder of replies with the group that the database is already shared with.
  static func share(_ replies: String) {
    var (database, folder) = (stat(), stat())
    guard stat(String(replies.dropLast(".replies".count)), &database) == 0, stat(replies, &folder) == 0,
      database.st_mode & S_IWGRP != 0, database.st_gid == folder.st_gid
    else { return }
    chmod(replies, 0o770)
  }

  /// Removes the permissions of other users from the files that belong to this user.
  func protect() -> LedgerAccess {
    var access = LedgerAccess()
    for path in ["", "-wal", "-shm", "-journal"].map({ database + $0 }) + [replies] {
      protect(path, &access)
    }
    // The files in a folder that was closed all along could not be reached by other users.
    if access.removedPermissions { for path in names(in: replies) { protect(path, &access) } }
    return access
  }

  private func protect(_ path: String, _ access: inout LedgerAccess) {
    guard let status = status(path) else { return }
    if status.st_mode & 0o070 & allowed != 0 { access.group = groupName(status.st_gid) }
    guard status.st_mode & 0o077 & ~allowed != 0 else { return }
    guard status.st_uid == geteuid() else {
      access.foreignOwner = userName(status.st_uid)
      return
    }
    let rights = status.st_mode & 0o7777 & (allowed | 0o7000)
    // File systems without permissions report success without changing anything.
    if chmod(path, rights) == 0, self.status(path).map({ $0.st_mode & 0o077 & ~allowed == 0 }) == true {
      access.removedPermissions = true
    } else {
      access.hasFixedPermissions = true
    }
  }

  /// The status of a file or folder; `nil` for anything else.
  private func status(_ path: String) -> stat? {
    var status = stat()
    guard stat(path, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return nil }
    return status
  }

  private func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name.hasSuffix(".reply") { names.append(Path(folder).appending(name).string) }
    }
    return names
  }
}

private func userName(_ id: uid_t) -> String {
  getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "user \(id)"
}

private func groupName(_ id: gid_t) -> String {
  getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
}
