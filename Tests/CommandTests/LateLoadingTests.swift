#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  @Suite("The programs start without libvips", .endsInTime)
  struct LateLoadingTests {
    @Test("the programs start without libvips", arguments: ["plantain", "plantain-worker"])
    func notLinked(_ name: String) async throws {
      let program = Products.commandFolder.appending(path: name).path(percentEncoded: false)
      let outcome = try await Command().run(shell: "LD_TRACE_LOADED_OBJECTS=1 '\(program)'")
      #expect(outcome.text.contains("libc.so"), "\(outcome.text)")
      for library in ["libvips", "libgobject", "libglib"] {
        #expect(!outcome.text.contains(library), "\(library)")
      }
    }

    @Test("without a usable libvips a compliant picture still passes, and others say what to install")
    func unusable() async throws {
      let folder = try TemporaryFolder()
      try folder.write(Array("not a library".utf8), as: "libvips.so.42")
      var command = Command(folder: folder.path)
      command.environment["LD_LIBRARY_PATH"] = folder.path
      let passing = try await command.run("prepare", Samples.coffee, "--json", "-o", "out")
      #expect(passing.status == 0, "\(passing.errors)")
      let decoding = try await command.run("prepare", Samples.coffee, "--max-edge", "100", "-o", "out")
      #expect(decoding.status == 70)
      #expect(decoding.errors.contains("libvips cannot be used"), "\(decoding.errors)")
      #expect(decoding.errors.contains("CShims/install-libraries"))
      let looking = try await command.run("doctor")
      #expect(looking.status == 70 && looking.text.contains("libvips cannot be used"), "\(looking.text)")
    }
  }
#endif
