#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  @Suite("The command links no picture library", .endsInTime)
  struct LinkingTests {
    @Test("the command starts without libvips, which only its worker links")
    func notLinked() async throws {
      let command = try await Self.libraries(of: "plantain")
      #expect(command.contains("libc.so"), "\(command)")
      for library in ["libvips", "libgobject", "libglib", "libjpeg", "libpng"] {
        #expect(!command.contains(library), "\(library)")
      }
      #expect(try await Self.libraries(of: "plantain-worker").contains("libvips"))
    }

    private static func libraries(of name: String) async throws -> String {
      let program = Products.commandFolder.appending(path: name).path(percentEncoded: false)
      return try await Command().run(shell: "LD_TRACE_LOADED_OBJECTS=1 '\(program)'").text
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
