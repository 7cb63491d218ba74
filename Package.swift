// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let cSettings: [CSetting] = [
  .treatAllWarnings(as: .error),
  .enableWarning("all"),
  .enableWarning("extra"),
]

let package = Package(
  name: "plantain",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Plantain", targets: ["Plantain"]),
    .library(name: "Base64", targets: ["Base64"]),
    .library(name: "PlantainSimulator", targets: ["PlantainSimulator"]),
    .executable(name: "plantain", targets: ["PlantainCommand"]),
    .executable(name: "plantain-worker", targets: ["PlantainWorker"]),
  ],
  dependencies: [
    // An HTTP client with streamed bodies of known length and back-pressure, which URLSession on Linux lacks.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    // The event loops and the HTTP/1 codec of that client, also used by the simulator's server.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    // Options, help, completions, and the manual of the command.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Child processes without the pitfalls of fork. Without its traits, it does not need Foundation.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    // The paths and descriptors in the API of swift-subprocess.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    // SQLite with migrations, typed rows, and safe concurrency, for the ledger.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // YAML with the line of every value, so that an error in a configuration names its line.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // CSV with quoted cells, line breaks in cells, and the separators that spreadsheets choose by country.
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    // Templates that escape their values: the report of a batch is a page with prompts and file names.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    // The TLS of the HTTP client, for custom certificate authorities.
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    // The logging API of the Swift server ecosystem. The embedding program chooses the log handler.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CVips", path: "CShims/CVips", pkgConfig: "vips",
      providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .target(
      name: "CImaging", dependencies: ["CVips"], path: "CShims/CImaging", cSettings: cSettings,
      // GLib's own, which loads a module of libvips.
      linkerSettings: [.linkedLibrary("gmodule-2.0", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "CJPEG", path: "CShims/CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", path: "CShims/CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .target(
      name: "CLossless", dependencies: ["CJPEG", "CPNG"], path: "CShims/CLossless", cSettings: cSettings,
      linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CIsolation", path: "CShims/CIsolation", cSettings: cSettings),
    .target(
      name: "CZlib", path: "CShims/CZlib", cSettings: cSettings, linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CBase64", path: "CShims/CBase64", cSettings: cSettings),
    .target(name: "CSHA256", path: "CShims/CSHA256", cSettings: cSettings),
    .target(name: "CNoLocales", path: "CShims/CNoLocales", cSettings: cSettings),

    .target(name: "Core", dependencies: ["CSHA256"], swiftSettings: swiftSettings),
    .target(name: "Base64", dependencies: ["CBase64", "Core"], swiftSettings: swiftSettings),
    // Reads the structure of picture files, without a decoder.
    .target(name: "PictureFormats", dependencies: ["CZlib", "Core"], swiftSettings: swiftSettings),
    // What can be done to pixels, as a protocol, which Imaging implements; no libvips.
    .target(name: "Raster", dependencies: ["Core", "PictureFormats"], swiftSettings: swiftSettings),
    .target(
      name: "Imaging",
      dependencies: [
        "CImaging", "CLossless", "Core", "PictureFormats", "Raster",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Preparation", dependencies: ["Core", "PictureFormats", "Raster"], swiftSettings: swiftSettings),
    .target(
      name: "Gateways", dependencies: ["Base64", "Core"], swiftSettings: swiftSettings),
    .target(
      name: "Submission",
      dependencies: [
        "Base64", "CZlib", "Core", "Gateways",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: swiftSettings),
    .target(name: "Finishing", dependencies: ["Core", "PictureFormats"], swiftSettings: swiftSettings),
    // Jobs on pixels and their results as values, and who may run them when; no libvips.
    .target(
      name: "PictureWork", dependencies: ["Core", "Finishing", "PictureFormats", "Preparation"],
      swiftSettings: swiftSettings),
    // Does the jobs here, by libvips.
    .target(
      name: "InProcess",
      dependencies: ["Core", "Finishing", "Imaging", "PictureFormats", "PictureWork", "Preparation"],
      swiftSettings: swiftSettings),
    // Does the jobs in child processes.
    .target(
      name: "Isolation",
      dependencies: [
        "CIsolation", "Core", "Finishing", "PictureFormats", "PictureWork", "Preparation",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ], swiftSettings: swiftSettings),
    .executableTarget(
      name: "PlantainWorker",
      dependencies: [
        "Core", "Finishing", "Imaging", "InProcess", "Isolation", "PictureFormats", "PictureWork",
        "Preparation",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Ledger",
      dependencies: ["Core", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .target(
      name: "Editing",
      dependencies: [
        "Base64", "Core", "Finishing", "Gateways", "Ledger", "PictureFormats", "PictureWork",
        "Preparation", "Submission", .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ], swiftSettings: swiftSettings),
    // Every option once: name, help, commands, and what it sets.
    .target(
      name: "Options",
      dependencies: ["Core", "Editing", "Finishing", "Gateways", "PictureFormats", "Preparation"],
      swiftSettings: swiftSettings),
    .target(
      name: "Batch",
      dependencies: [
        "Core", "Editing", "Finishing", "Gateways", "Ledger", "Options", "PictureFormats", "Preparation",
        "Submission", .product(name: "SwiftCSV", package: "SwiftCSV"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Reports",
      dependencies: [
        "Base64", "Batch", "Core", "Editing", "Finishing", "Gateways", "Ledger", "Options",
        "PictureFormats", "PictureWork", "Preparation", .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Page/report.mustache")], swiftSettings: swiftSettings),
    // Not named Configuration, which is the module of swift-configuration, a dependency of the HTTP client.
    .target(
      name: "UserConfiguration",
      dependencies: [
        "Base64", "Core", "Editing", "Finishing", "Gateways", "Isolation", "Ledger", "Options",
        "PictureFormats", "PictureWork", "Preparation", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swiftSettings),
    // The module that programs import: re-exports the others, and works in the process by default.
    .target(
      name: "Plantain",
      dependencies: [
        "Base64", "Batch", "Core", "Editing", "Finishing", "Gateways", "InProcess", "Isolation", "Options",
        "PictureFormats", "PictureWork", "Preparation", "Reports", "UserConfiguration",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "PlantainSimulator",
      dependencies: [
        "Core", "Gateways", "PictureFormats", "PictureWork",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: swiftSettings),
    // Links no libvips: every pixel is made by a worker.
    .executableTarget(
      name: "PlantainCommand",
      dependencies: [
        "Base64", "Batch", "Core", "Editing", "Finishing", "Gateways", "Isolation",
        "Options", "PictureFormats", "PictureWork", "PlantainSimulator", "Preparation", "Reports",
        "UserConfiguration", .target(name: "CNoLocales", condition: .when(platforms: [.linux])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "edit-portrait", dependencies: ["Plantain"], path: "samples/EditPortrait",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "library-tour", dependencies: ["Plantain", "PlantainSimulator"], path: "samples/LibraryTour",
      swiftSettings: swiftSettings),

    .executableTarget(
      name: "sanitizer-check",
      dependencies: ["Base64", "Core", "Finishing", "Imaging", "InProcess", "PictureFormats", "Preparation"],
      path: "Tests/Sanitizers", exclude: ["thread.supp"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "fuzzer",
      dependencies: ["Base64", "Core", "Gateways", "Imaging", "PictureFormats", "Preparation"],
      path: "Tests/Fuzzers", swiftSettings: swiftSettings),
    .executableTarget(
      name: "reply-reading", dependencies: ["Core", "Gateways", "Imaging", "PictureFormats"],
      path: "Tests/Performance/ReplyReading",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "requests", dependencies: ["Core", "Ledger", "Plantain"], path: "Tests/Performance/Requests",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "drifts",
      dependencies: ["Core", "Finishing", "Imaging", "InProcess", "PictureFormats", "TestSupport"],
      path: "Tests/Performance/Drifts", swiftSettings: swiftSettings),
    .target(
      name: "TestSupport",
      dependencies: [
        "Core", "Gateways", "Imaging", "InProcess", "PictureFormats", "PictureWork",
        "PlantainSimulator", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/Support", swiftSettings: swiftSettings),
    .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "Base64Tests", dependencies: ["Base64", "Core", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ImagingTests", dependencies: ["Core", "Imaging", "PictureFormats", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PreparationTests",
      dependencies: [
        "Core", "Imaging", "InProcess", "PictureFormats", "Preparation", "Raster", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "IsolationTests",
      dependencies: [
        "Batch", "CIsolation", "Core", "Editing", "Finishing", "Imaging", "InProcess", "Isolation",
        "PictureFormats", "PictureWork", "Plantain", "PlantainWorker", "Preparation", "Reports",
        "TestSupport", "UserConfiguration",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "GatewaysTests", dependencies: ["Base64", "Core", "Gateways", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "SubmissionTests", dependencies: ["Core", "Gateways", "Submission", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FinishingTests",
      dependencies: ["Core", "Finishing", "Imaging", "InProcess", "PictureFormats", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PlantainTests",
      dependencies: [
        "Batch", "Core", "Editing", "Finishing", "Gateways", "Imaging", "InProcess", "Isolation",
        "Ledger", "Options", "PictureFormats", "Plantain", "PlantainCommand", "PlantainSimulator",
        "Preparation", "Reports", "Submission", "TestSupport", "UserConfiguration",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Core", "Gateways", "Imaging", "PictureFormats", "Plantain", "PlantainCommand",
        "PlantainSimulator", "PlantainWorker", "TestSupport", "edit-portrait",
      ],
      swiftSettings: swiftSettings),
  ]
)
