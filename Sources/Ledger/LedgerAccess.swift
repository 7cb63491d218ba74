#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who can read a ledger besides its owner. It holds prompts, so nobody should, except colleagues who share its folder.
package struct LedgerAccess: Sendable, Equatable {
  /// Rights of others were found on files of this user, and taken away.
  package var tookAway = false
  /// The group keeps its rights, because the folder is the group's to write.
  package var group: String?
  /// The user whose files they are, where these are not this user's, and others have rights to them.
  package var stranger: String?
  /// Others have rights that the file system does not let go.
  package var isStuck = false

  package init() {}
}

/// The files of one ledger: the database with what SQLite puts beside it, and the replies.
struct LedgerFiles {
  private let database: String
  private let replies: String
  /// The permissions that may stay.
  private let allowed: mode_t

  init(_ path: String) {
    database = realPath(path) ?? path
    replies = path + ".replies"
    var folder = stat()
    let isShared = stat(parent(of: database), &folder) == 0 && folder.st_mode & S_IWGRP != 0
    allowed = isShared ? 0o770 : 0o700
  }

  /// Makes an empty database that only its owner can read, from its first byte on; SQLite gives the files beside it the same
  /// permissions. One that exists is not opened: closing it would drop the locks that this process has on it.
  static func make(_ path: String) {
    var status = stat()
    guard stat(path, &status) != 0 else { return }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Opens a new folder of replies to those with whom the database is shared already.
  static func share(_ replies: String) {
    var (database, folder) = (stat(), stat())
    guard stat(String(replies.dropLast(".replies".count)), &database) == 0, stat(replies, &folder) == 0,
      database.st_mode & S_IWGRP != 0, database.st_gid == folder.st_gid
    else { return }
    chmod(replies, 0o770)
  }

  /// Takes the rights of others away, as far as the files are this user's.
  func protect() -> LedgerAccess {
    var access = LedgerAccess()
    for path in ["", "-wal", "-shm", "-journal"].map({ database + $0 }) + [replies] {
      protect(path, &access)
    }
    // Nobody else reaches what lies in a folder that is closed to them.
    if access.tookAway { for path in names(in: replies) { protect(path, &access) } }
    return access
  }

  private func protect(_ path: String, _ access: inout LedgerAccess) {
    guard let status = status(path) else { return }
    if status.st_mode & 0o070 & allowed != 0 { access.group = groupName(status.st_gid) }
    guard status.st_mode & 0o077 & ~allowed != 0 else { return }
    guard status.st_uid == geteuid() else {
      access.stranger = userName(status.st_uid)
      return
    }
    let rights = status.st_mode & 0o7777 & (allowed | 0o7000)
    // Some file systems have no permissions of their own, and say that they have changed them.
    if chmod(path, rights) == 0, self.status(path).map({ $0.st_mode & 0o077 & ~allowed == 0 }) == true {
      access.tookAway = true
    } else {
      access.isStuck = true
    }
  }

  /// `nil` for what is neither a file nor a folder.
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
      if name.hasSuffix(".reply") { names.append("\(folder)/\(name)") }
    }
    return names
  }
}

private func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

private func parent(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

private func userName(_ id: uid_t) -> String {
  getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "user \(id)"
}

private func groupName(_ id: gid_t) -> String {
  getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
}
